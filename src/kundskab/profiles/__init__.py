"""What is understood of one person: what we know already, what she stands out by."""
