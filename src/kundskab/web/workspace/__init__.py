"""Settings of the workspace itself: its name and choices, its purposes and the notices people read."""
