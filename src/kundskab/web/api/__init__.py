"""The HTTP API: what a company's own servers ask and tell, with a read key."""
