"""The pages of metrics: distance and ease."""
