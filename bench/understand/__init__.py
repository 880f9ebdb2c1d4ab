"""What understanding costs and how well it foretells, beside peers in the same run."""
