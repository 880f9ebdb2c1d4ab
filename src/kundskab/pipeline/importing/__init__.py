"""Imports: files of events, of people, of objects and of encounters come in through one door, exactly once."""

from kundskab.pipeline.importing.encounters import import_encounters
from kundskab.pipeline.importing.events import import_events
from kundskab.pipeline.importing.guess import guess_for
from kundskab.pipeline.importing.objects import import_objects
from kundskab.pipeline.importing.people import import_people

__all__ = ["guess_for", "import_encounters", "import_events", "import_objects", "import_people"]
