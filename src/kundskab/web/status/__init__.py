"""Status: is everything well? For humans and for Prometheus."""
