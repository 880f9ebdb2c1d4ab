"""Living segments: patterns of behaviour that people belong to by degrees, and that keep their names over time."""
