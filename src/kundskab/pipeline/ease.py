"""The desk's ease: where we make it hard for people, over views opened here, lately and by the workspace's clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from kundskab.consent.view import View
from kundskab.metrics.effort import (
    Efforts,
    PersonEffort,
    WeekEffort,
    effort_by_flow,
    effort_by_week,
    effort_in_flow,
    effort_of,
    usual_of,
)
from kundskab.metrics.readings import FEWEST
from kundskab.pipeline.catalogue import Catalogue
from kundskab.pipeline.home import Home
from kundskab.pipeline.views import Views
from kundskab.pipeline.writing import writing
from kundskab.types import KundskabError

LATELY = timedelta(days=90)
_OLD = timedelta(days=365)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InFlow:
    """One person in one flow: how often they went through it, and what it cost them."""

    person: str
    passes: int
    points: float
    signs: int
    last: datetime


@dataclass(frozen=True, slots=True)
class WhoWent:
    """A page of the people who went through a flow, those whom it cost most first."""

    kind: str
    flow: str
    rows: list[InFlow]
    total: int
    page: int
    size: int


class Ease:
    """Hangs on the desk as `desk.ease`."""

    def __init__(self, home: Home, views: Views, catalogue: Catalogue, now: Callable[[], datetime]) -> None:
        self._home = home
        self._views = views
        self._catalogue = catalogue
        self._now = now
        self._answers: WeakKeyDictionary[View, dict[object, Any]] = WeakKeyDictionary()

    def read(self, *, purpose: str = "analytics") -> Efforts:
        """How hard each flow was in the last 90 days; of old data, in their last 90 days."""
        with self._views.kept(purpose) as view:
            return self._once(view, "flows", lambda: effort_by_flow(view, since=self._since(view)))

    def weeks(self, *, purpose: str = "analytics") -> tuple[WeekEffort, ...]:
        """Points a pass in each of the last 13 weeks."""
        with self._views.kept(purpose) as view:
            return self._once(view, "weeks", lambda: effort_by_week(view, zone=self._home.zone))

    def of_person(self, person: str, *, purpose: str = "analytics", who: str) -> PersonEffort:
        """What was hard for one person, ever, beside what is usual; audited."""
        person = self._home.vault.person_of(person)
        with writing(self._home, "audit") as tx:
            self._home.vault.audit(tx, who=who, action="read effort", subject=person, purpose=purpose, at=self._now())
        with self._views.kept(purpose) as view:
            usual = self._once(view, "usual", lambda: usual_of(view))
            return effort_of(view, person, known=usual)

    def name_of(self, flow: str) -> str:
        """What the catalogue calls a flow; its own name where it calls it nothing."""
        return self._catalogue.current().name_of(flow, self._now()) or flow

    def people(self, kind: str, flow: str, *, purpose: str = "analytics", page: int = 1, size: int = 50) -> WhoWent:
        """Who went through a flow lately. Raises KundskabError when fewer than five did: then nobody is named."""
        with self._views.kept(purpose) as view:
            table = effort_in_flow(view, kind, flow, since=self._since(view))
        if table.num_rows < FEWEST:
            raise KundskabError("Fewer than five people went through this flow lately, so they are not shown.")
        rows = table.slice((page - 1) * size, size).to_pylist()
        return WhoWent(kind, flow, [InFlow(**row) for row in rows], table.num_rows, page, size)

    def _since(self, view: View) -> datetime | None:
        """From when on is lately: before today, or before the newest event when the data are old."""
        newest = self._once(view, "newest", lambda: view.events.occurred_at.max().to_pyarrow().as_py())
        if newest is None:
            return None
        end: datetime = newest if newest < view.opened_at - _OLD else view.opened_at
        return end - LATELY

    def _once(self, view: View, key: object, ask: Callable[[], T]) -> T:
        answers = self._answers.setdefault(view, {})
        if key not in answers:
            answers[key] = ask()
        answer: T = answers[key]
        return answer
