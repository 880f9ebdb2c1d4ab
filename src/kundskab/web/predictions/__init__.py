"""Predictions: how often we were right first, then what is to come, then who."""
