"""The chapter of a person's page about what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundskab.pipeline.foretelling.answers import Next, NextMove
from kundskab.web.predictions import telling

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

MOST = 5


@dataclass(frozen=True, slots=True)
class Chapter:
    """What the template says; empty texts are left out."""

    found: NextMove
    opening: str
    when: str
    worth: str
    reason: str
    as_of: str
    actions: tuple[Next, ...]
    objects: tuple[Next, ...]


def next_move(desk: Desk, person: str, *, purpose: str) -> Chapter | None:
    """None where nothing is foretold of her."""
    found = desk.predictions.of_person(person, purpose=purpose)
    if found is None:
        return None
    reasons = [one for one in (found.actions[0].reason if found.actions else "",) if one]
    if found.worth and found.worth.reasons:
        reasons.append(found.worth.reasons)
    return Chapter(
        found,
        telling.next_opening(found),
        telling.next_when(found),
        telling.next_worth(found),
        " ".join(reasons),
        telling.next_as_of(found),
        found.actions[:MOST],
        found.objects[:MOST],
    )
