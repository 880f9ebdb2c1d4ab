"""The event contract: what clients send (Segment's spec) becomes a checked, canonical event. Pure: no IO, no clock."""

from kundskab.events.check import check, expand, map_event
from kundskab.events.door import REASONS, TYPES, admit, door_check
from kundskab.events.identity import identifier_value
from kundskab.events.parse import parse
from kundskab.events.plan import PlanError, TrackingPlan
from kundskab.events.signal import EVERYTHING, read_signal
from kundskab.events.types import (
    Admitted,
    Event,
    Identifier,
    Item,
    Parsed,
    Quarantine,
    RawRequest,
    Signal,
    TooLarge,
    Unreadable,
)

__all__ = [
    "EVERYTHING",
    "REASONS",
    "TYPES",
    "Admitted",
    "Event",
    "Identifier",
    "Item",
    "Parsed",
    "PlanError",
    "Quarantine",
    "RawRequest",
    "Signal",
    "TooLarge",
    "TrackingPlan",
    "Unreadable",
    "admit",
    "check",
    "door_check",
    "expand",
    "identifier_value",
    "map_event",
    "parse",
    "read_signal",
]
