"""Events: what is happening now, and what could not be read?"""
