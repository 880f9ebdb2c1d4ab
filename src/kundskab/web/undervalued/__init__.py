"""The undervalued: of whom more is to be expected than everybody sees."""
