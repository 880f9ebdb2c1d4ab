"""The chapter of a person's page about what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundskab.pipeline.foretelling.answers import Next, NextMove
from kundskab.segments.names import said as spoken
from kundskab.web.base.templatetags.say import is_a_code
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
    needs: str
    changes: str
    as_of: str
    actions: tuple[tuple[str, Next], ...]  # in plain words
    objects: tuple[Next, ...]

    @property
    def codes(self) -> bool:
        """Whether some are shown by their codes."""
        return any(not one.name and is_a_code(one.what) for one in self.objects)


def next_move(desk: Desk, person: str, *, purpose: str) -> Chapter | None:
    """None where nothing is foretold of her."""
    found = desk.predictions.of_person(person, purpose=purpose)
    if found is None:
        return None
    # Where only one act is ever done, why it comes next needs no words.
    reasons = [found.actions[0].reason] if len(found.actions) > 1 and found.actions[0].reason else []
    if found.worth and found.worth.reasons:
        reasons.append(found.worth.reasons)
    return Chapter(
        found,
        telling.next_opening(found),
        telling.next_when(found),
        telling.next_worth(found),
        " ".join(f"{one[:1].upper()}{one[1:].removesuffix('.')}." for one in reasons),
        telling.next_needs(found),
        telling.next_changes(found),
        telling.next_as_of(found),
        tuple((spoken(one.what), one) for one in found.actions[:MOST]),
        found.objects[:MOST],
    )
