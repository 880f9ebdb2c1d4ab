"""The next object: which product, page or form a person turns to next, ranked among the whole catalogue."""
