"""Drivers: behaviours that say something about a later outcome beyond the obvious. They go with it; no more is said."""
