"""What the clock does: digest, resolve, refresh; each step can be run twice."""
