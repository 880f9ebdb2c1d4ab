"""The desk's distance: the metric over views opened here, with the workspace's own clock and human channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import orjson

from kundskab.consent.view import View
from kundskab.metrics.distance import Distance, PersonDistance, distance, distance_of
from kundskab.pipeline.encounters.desk import PURPOSE
from kundskab.pipeline.home import Home
from kundskab.pipeline.views import Views
from kundskab.pipeline.writing import writing

FACT = "fact:"
By = str | Mapping[str, str] | None


class Distances:
    """Hangs on the desk as `desk.distance`."""

    def __init__(self, home: Home, views: Views, now: Callable[[], datetime]) -> None:
        self._home = home
        self._views = views
        self._now = now
        self._answers: WeakKeyDictionary[View, dict[object, Distance]] = WeakKeyDictionary()

    def read(self, *, by: By = None, purpose: str = "analytics") -> Distance:
        """How far we are from everybody the purpose shows.

        by: a dimension of events, "fact:" and the name of a fact, or a mapping person -> group.
        """
        with self._views.kept(purpose) as view, self._views.kept(PURPOSE) as us:
            if by is not None and not isinstance(by, str):
                return self.over(view, by=by, us=us)
            answers = self._answers.setdefault(view, {})
            key = (by, us.snapshot, us.ledger_seq, self._home.settings.choices.human_channels)
            if key not in answers:
                answers[key] = self.over(view, by=by, us=us)
            return answers[key]

    def over(self, view: View, *, by: By = None, us: View | None = None) -> Distance:
        """The same over a view of the caller's."""
        if isinstance(by, str) and by.startswith(FACT):
            by = facts_of(view, by.removeprefix(FACT))
        settings = self._home.settings
        return distance(view, zone=self._home.zone, human=settings.choices.human_channels, by=by, us=us)

    def of_person(self, person: str, *, purpose: str = "analytics", who: str) -> PersonDistance:
        """How far we are from one person; audited."""
        person = self._home.vault.person_of(person)
        with writing(self._home, "audit") as tx:
            self._home.vault.audit(tx, who=who, action="read distance", subject=person, purpose=purpose, at=self._now())
        with self._views.kept(purpose) as view:
            return distance_of(view, person, zone=self._home.zone, human=self._home.settings.choices.human_channels)


def facts_of(view: View, name: str) -> dict[str, str]:
    """person -> what we know under this name, as text; those of whom we know nothing are left out."""
    facts = view.facts
    rows = facts.filter(facts.name == name).select("person", "value").to_pyarrow()
    pairs = zip(rows["person"].to_pylist(), rows["value"].to_pylist(), strict=True)
    return {person: text for person, value in pairs if (text := _text(orjson.loads(value)))}


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)
