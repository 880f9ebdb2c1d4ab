"""What matters: guess first, then see what was found."""
