"""What people ask of us about themselves, and what came of it."""
