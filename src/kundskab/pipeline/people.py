"""From identifiers to persons: look-ups through the vault, audited; what was typed is never logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kundskab.events import identifier_value
from kundskab.pipeline.answers import PersonPage
from kundskab.pipeline.home import Home
from kundskab.pipeline.reading import person as read_person
from kundskab.pipeline.registry import look_up
from kundskab.pipeline.views import Views
from kundskab.pipeline.writing import writing
from kundskab.types import utc_now


@dataclass(frozen=True, slots=True)
class Profile:
    """One person, as far as a purpose allows."""

    person: str  # token
    purpose: str
    page: PersonPage

    @property
    def facts(self) -> dict[str, Any]:
        """The newest value of each known fact."""
        return {fact.name: fact.value for fact in self.page.facts}

    @property
    def allowed(self) -> dict[str, bool]:
        """Purpose -> may the person's data be used for it now."""
        return {row.purpose: row.allowed for row in self.page.consents}


def find(home: Home, identifier: str, *, purpose: str, who: str) -> Profile | None:
    """The person behind an identifier of any kind, or None."""
    person = look_up(home, identifier, who=who, purpose=purpose, at=utc_now())
    if person is None:
        return None
    page = read_person(home, Views(home).open(purpose), person, purpose=purpose, who=who, at=utc_now())
    return None if page is None else Profile(person, purpose, page)


def resolve(home: Home, identifiers: Sequence[str], *, kind: str, who: str) -> list[str | None]:
    """Person tokens of identifiers, same order, None where unknown; one audit row for all of them."""
    actors = home.vault.find_many(kind, [identifier_value(each) or "" for each in identifiers])
    with writing(home, "resolve") as tx:
        subject = f"{len(identifiers)} identifiers"
        home.vault.audit(tx, who=who, action="resolve", subject=subject, reason=f"kind {kind}", at=utc_now())
        known = [actor for actor in actors if actor is not None]
        person_of = {row.actor: row.person for row in home.vault.map_rows(tx, known)}
    return [None if actor is None else person_of[actor] for actor in actors]
