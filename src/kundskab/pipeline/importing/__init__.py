"""Imports: files of events, of people and of objects come in through one door, exactly once."""

from kundskab.pipeline.importing.events import import_events

__all__ = ["import_events"]
