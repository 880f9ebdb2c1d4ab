"""The customer's own page: what we know of her and why, and what she wants of us. A signed link is her key."""

from kundskab.pipeline.own.answers import Known, OwnPage, Recorded, Use
from kundskab.pipeline.own.door import Visitor
from kundskab.pipeline.own.own import OwnPages

__all__ = ["Known", "OwnPage", "OwnPages", "Recorded", "Use", "Visitor"]
