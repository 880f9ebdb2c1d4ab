"""Hand-written segments: a closed grammar of conditions, who meets them, and when and why each person came and went."""

from kundskab.segments.written.grammar import (
    AllOf,
    AnyOf,
    Bought,
    Condition,
    Definition,
    Did,
    Not,
    Seen,
    Told,
    condition,
    definition,
    definitions,
    in_words,
    said,
)
from kundskab.segments.written.log import SCHEMA, fingerprint, updated
from kundskab.segments.written.members import Members, members

__all__ = [
    "SCHEMA",
    "AllOf",
    "AnyOf",
    "Bought",
    "Condition",
    "Definition",
    "Did",
    "Members",
    "Not",
    "Seen",
    "Told",
    "condition",
    "definition",
    "definitions",
    "fingerprint",
    "in_words",
    "members",
    "said",
    "updated",
]
