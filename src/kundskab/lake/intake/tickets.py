"""The files that service desks export: which of their columns say who asked whom about what, and when."""

from __future__ import annotations

from kundskab.lake.intake.foreign import Staged
from kundskab.lake.intake.guessing import Guess, guess_named

ENCOUNTER_KEYS = (
    "actor", "email", "occurred_at", "solved_at", "channel", "staff", "case", "subject", "words", "automatic",
)  # fmt: skip

_SAYS_SO = "its name says so"
# A desk's own requester id names nobody outside the desk, so it is no actor.
_WANTED = (
    ("email", (r"(requester|contact|customer|client|user|sender)?_?e_?mail(_address)?",), _SAYS_SO),
    ("email", (r"requester|contact|customer|sender|from",), "its cells are e-mail addresses"),
    ("actor", (r"(customer|client|member)_?(id|no|nr|number)|external_id",), "its name says that it names people"),
    ("case", (r"(ticket|case|conversation)_?(id|no|nr|number|key)?", r"id|number|#"), "its name says which case it is"),
    ("occurred_at", (r"created(_(at|on|time|date))?|(opened|received|requested)(_(at|on|time))?", r".*_(at|time|date)"),
     "its cells read as times"),
    ("solved_at", (r"(solved|resolved|closed)(_(at|on|time|date))?",), "its cells read as times"),
    ("channel", (r"channel|via(_channel)?|ticket_source|source|medium",), _SAYS_SO),
    ("staff", (r"agent(_name)?|assignee(_name)?|assigned_to|owner|handled_by|staff|operator",), _SAYS_SO),
    ("automatic", (r"(is_)?(automatic|automated|bot)|auto_?reply|answered_by_bot",), _SAYS_SO),
    ("subject", (r"subject|title|topic|summary",), _SAYS_SO),
    ("words", (r"description|message|body|content|text|comment|words",), _SAYS_SO),
)  # fmt: skip

_NESTED = (
    ("email", r"requester|contact|customer|sender|from", "email"),
    ("channel", r"via", "channel"),
    ("staff", r"agent|assignee", "name"),
)


def guess_encounters(staged: Staged) -> Guess:
    """Guess the mapping of a service desk's file: who asked, when, by which channel, who of us answered, the words."""
    return guess_named(
        staged,
        _WANTED,
        nested=_NESTED,
        needed={
            "email": "No column holds the requester's e-mail address; map email, or actor to a customer number.",
            "occurred_at": "No column reads as the time when the case began; map occurred_at.",
        },
        instead={"email": "actor"},
    )
