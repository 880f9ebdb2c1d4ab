"""The customer's own page: what we know of her and why, and what she wants of us. A signed link is her key."""
