"""Encounters: logging whom we met, in under a minute on a phone, and the list of them."""
