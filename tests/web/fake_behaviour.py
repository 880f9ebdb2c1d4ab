"""Invented answers of `desk.behaviour`: 100 begin, half of them go on at each step, 3 still have time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import nan
from typing import Any

from kundskab.metrics.acts import Act
from kundskab.metrics.declared import Declared
from kundskab.metrics.funnel import Course, Funnel, Step
from kundskab.metrics.passages import FunnelQuery
from kundskab.metrics.paths import NOTHING, OTHER, Leg, Paths, Way
from kundskab.metrics.periods import Period, periods
from kundskab.metrics.readings import Reading, share
from kundskab.metrics.retention import Cell, Cohort, Retention, spans_of
from kundskab.metrics.walks import PathsQuery
from kundskab.pipeline.behind import Persons, Someone
from kundskab.types import KundskabError

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@dataclass
class FakeBehaviour:
    """Keeps what it was asked; refuses to split by "person", and to list the group "tiny"."""

    asked: list[Any] = field(default_factory=list)

    def answer(self, query: Any, *, purpose: str = "analytics") -> Any:
        self.asked.append(query)
        if getattr(query, "by", None) == "person":
            raise KundskabError("Events cannot be split by 'person'; choose one of channel, category.")
        if isinstance(query, FunnelQuery):
            return a_funnel(query)
        return the_paths(query) if isinstance(query, PathsQuery) else a_retention(query)

    @property
    def declared(self) -> dict[str, Declared]:
        return {"visits_a_week": Declared("visits_a_week", "count", Act("Product Viewed"))}

    def declare(self, name: str, said: dict[str, Any]) -> None:
        if name == "bad":
            raise KundskabError("'bad' makes no sense.")
        self.asked.append(("declare", name, said))

    def reading(self, name: str, *, by: str | None = None, purpose: str = "analytics") -> list[Reading]:
        self.asked.append((name, by))
        if by == "segment" and name == "buyers":
            raise KundskabError("memberships are not computed yet; run `kundskab refresh`.")
        if by is None:
            return [replace(share(31, 128), value=0.31, low=0.25, high=0.39)]
        groups = [replace(share(31, 128, group="s7"), value=0.31, low=0.25, high=0.39)]
        return [*groups, Reading.withheld("share", group="tiny")]

    def who(self, query: Any, *, page: int = 1, size: int = 50, purpose: str = "analytics", **which: Any) -> Persons:
        self.asked.append((query, which))
        if which.get("group") == "tiny":
            raise KundskabError("Fewer than 5 persons are behind this number; so few are not listed.")
        return Persons([Someone("4k2m8xq1zz0p", NOON), Someone("9r7t3b5n1c6v", NOON)], 40, page, size)


def a_funnel(query: FunnelQuery) -> Funnel:
    if len(query.steps) < 2:
        raise KundskabError("A funnel has 2 to 12 steps, not 1.")
    groups = (course("web", 60, query), course("tiny", 0, query, hide=True)) if query.by else ()
    return Funnel(query, course(None, 100, query), groups, NOON, 7)


def course(name: str | None, began: int, query: FunnelQuery, *, hide: bool = False) -> Course:
    if hide:
        gone = Reading.withheld("share", group=name)
        steps = tuple(Step(str(step), gone, gone, gone) for step in query.steps)
        return Course(name, Reading.withheld("persons", group=name), steps, 0)
    steps = []
    for n, step in enumerate(query.steps):
        came = began // 2**n
        whole, before = share(came, began, group=name), share(came, came * 2 or came or 1, group=name)
        after = Reading(n * 3.5, n * 2.0, n * 5.0, came, "hours") if n else Reading(nan, nan, nan, 0, "hours")
        steps.append(Step(str(step), whole if n else Reading(1.0, 1.0, 1.0, began, "share"), before, after))
    return Course(name, Reading(float(began), began * 0.8, began * 1.2, began, "persons"), tuple(steps), 3)


def a_retention(query: Any) -> Retention:
    spans = spans_of(query)
    whole = cohort(None, None, 300, spans)
    if query.by:
        rows = (cohort("web", None, 200, spans), cohort("tiny", None, 0, spans, hide=True))
    else:
        within = periods(query.since, query.until, query.step)
        rows = tuple(cohort(str(each.start), each, 40, spans, over=len(within) - n) for n, each in enumerate(within))
    return Retention(query, spans, rows, whole, NOON, 7)


def cohort(
    name: str | None, period: Period | None, size: int, spans: Any, *, over: int = 99, hide: bool = False
) -> Cohort:
    if hide:
        cells = tuple(Cell(span, Reading.withheld("share", group=name), 0) for span in spans)
        return Cohort(name, period, Reading.withheld("persons", group=name), cells)
    cells = tuple(
        Cell(span, share(size // (n + 2), size, group=name), 0)
        if n < over
        else Cell(span, share(0, 0, group=name), size)
        for n, span in enumerate(spans)
    )
    return Cohort(name, period, Reading(float(size), size * 0.8, size * 1.2, size, "persons", 7, name), cells, over > 1)


def the_paths(query: PathsQuery) -> Paths:
    first = (way("Product Added", 50), way(NOTHING, 40), way(OTHER, 10))
    second = (way(NOTHING, 70), way("Order Completed", 30))
    stages = tuple((first, second, (way(NOTHING, 100),))[: query.steps])
    legs = (leg("Product Added", "Order Completed", 30), leg("Product Added", NOTHING, 20), leg(NOTHING, NOTHING, 40))
    walks = (Way(("Product Added", "Order Completed", NOTHING), share(30, 100)),)
    people = Reading(100.0, 80.0, 120.0, 100, "persons", 7)
    return Paths(query, people, stages, (legs, ())[: query.steps - 1], walks, share(70, 100, group=OTHER), 2, NOON, 7)


def way(name: str, people: int) -> Way:
    return Way((name,), share(people, 100, group=name))


def leg(start: str, end: str, people: int) -> Leg:
    return Leg(start, end, share(people, 100))
