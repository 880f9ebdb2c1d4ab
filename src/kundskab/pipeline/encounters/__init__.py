"""Encounters: logged meetings with customers. Journal -> digest -> lake for that we met, the vault for what was said.

desk.encounters.log(Meeting(whom=desk.encounters.whom("ann@example.com"), kind="visit", staff="Bo", at=now,
                            words="It is too heavy.", reading="tired", research="yes"), who="bo@shop.example")
desk.encounters.of_person(person, purpose="necessary", who="bo@shop.example")
"""

from kundskab.pipeline.encounters.declared import SOURCE, UNKNOWN
from kundskab.pipeline.encounters.desk import PURPOSE, Encounters, Logged
from kundskab.pipeline.encounters.meeting import ACTION, CHANNELS, LONGEST_TEXT, NOBODY, Meeting, Whom
from kundskab.pipeline.encounters.reading import Encounter, Met

__all__ = [
    "ACTION",
    "CHANNELS",
    "LONGEST_TEXT",
    "NOBODY",
    "PURPOSE",
    "SOURCE",
    "UNKNOWN",
    "Encounter",
    "Encounters",
    "Logged",
    "Meeting",
    "Met",
    "Whom",
]
