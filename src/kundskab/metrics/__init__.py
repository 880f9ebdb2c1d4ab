"""Defined numbers and their readings, each with its doubt."""
