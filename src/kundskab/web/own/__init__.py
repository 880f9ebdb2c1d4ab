"""The customer's own page: no account, no script, a signed link."""
