"""Effort by flow and by week: what the engine sums up per person, and the doubt of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import nan
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from kundskab.consent.view import View
from kundskab.metrics.distance.doubt import Sums, clustered_share
from kundskab.metrics.effort.answer import Efforts, FlowEffort, Met, WeekEffort
from kundskab.metrics.effort.moments import kinds_seen, passes, steps
from kundskab.metrics.effort.signs import KINDS
from kundskab.metrics.periods import midnight, number, periods
from kundskab.metrics.readings import FEWEST, LEVEL, Reading, compound, too_small, wilson

UNIT = "points"
WEEKS = 13
_UTC = ZoneInfo("UTC")
_A_SIGN = 2.0  # points of a usual sign: what might still be met where nobody met anything
_MOST_PLACES = 5


def effort_by_flow(view: View, *, since: datetime | None = None) -> Efforts:
    """How hard each flow is, the hardest first.

    since: passes before this time are left out.  Flows that fewer than five persons went through are hidden.
    What no event tells of is said in `unseen`, and is no zero.
    """
    walked = steps(view.events, since=since).cache()
    each = passes(walked).group_by("kind", "flow", "person")
    own = each.agg(passes=lambda t: t.count(), points=lambda t: t.points.sum(), hard=lambda t: (t.signs > 0).sum())
    sums = {(row["kind"], row["flow"]): _Sums.of(row) for row in _summed(own, ["kind", "flow"])}
    hidden = too_small({key: each.persons for key, each in sums.items()})
    met, where = _met(walked, ["sign"]), _met(walked, ["sign", "detail"])
    outstanding = _outstanding({key: one for key, one in sums.items() if key not in hidden})
    flows = [
        FlowEffort(
            kind=kind,
            flow=flow,
            effort=one.reading(view.snapshot, flow),
            hard=one.share(view.snapshot, flow),
            passes=one.passes,
            met=tuple(met[kind, flow]),
            where=tuple(place for place in where[kind, flow] if place.detail and not place.hidden)[:_MOST_PLACES],
            stands_out=(kind, flow) in outstanding,
        )
        for (kind, flow), one in sums.items()
        if (kind, flow) not in hidden
    ]
    flows.sort(key=lambda each: (-each.effort.low, -each.effort.value, each.kind, each.flow))
    everybody = _summed(
        own.group_by("person").agg(passes=own.passes.sum(), points=own.points.sum(), hard=own.hard.sum())
    )
    return Efforts(
        flows=(*flows, *(_withheld(kind, flow, view.snapshot) for kind, flow in sorted(hidden))),
        everybody=_everybody(everybody, view.snapshot),
        since=since,
        until=view.at or view.opened_at,
        unseen=unseen(view.events),
        snapshot=view.snapshot,
    )


def effort_by_week(view: View, *, zone: ZoneInfo = _UTC, weeks: int = WEEKS) -> tuple[WeekEffort, ...]:
    """Points a pass in each of the last weeks of the view, the oldest first; empty when there is no flow at all.

    Weeks with 1 to 4 persons are hidden; a week without any has no value.  zone: the workspace's clock.
    """
    until = view.at or view.opened_at
    newest = view.events.occurred_at.max().to_pyarrow().as_py()
    if newest is None:
        return ()
    last = min(newest, until).astimezone(zone).date()
    within = periods(last - timedelta(weeks=weeks - 1), last, "week")
    start, end = midnight(within[0].start, zone), midnight(within[-1].end, zone)
    began = passes(steps(view.events, since=start, until=end))
    if not began.count().to_pyarrow().as_py():
        return ()
    began = began.mutate(week=number(began.began, within, "week", zone))
    own = began.group_by("week", "person").agg(
        passes=began.count(), points=began.points.sum(), hard=(began.signs > 0).sum()
    )
    sums = {row["week"]: _Sums.of(row) for row in _summed(own, ["week"])}
    return tuple(
        WeekEffort(
            period, _week(sums.get(place), f"{period.start}", view.snapshot), midnight(period.end, zone) <= until
        )
        for place, period in enumerate(within)
    )


def unseen(events: ibis.Table) -> tuple[str, ...]:
    """A sentence for each kind of flow of which no event came in, and for what flows that came in do not tell."""
    seen = kinds_seen(events)
    said = []
    for kind in KINDS:
        if not seen & set(kind.proof or kind.actions):
            wanted = " or ".join(f"“{action.title()}”" for action in (kind.proof or kind.actions)[:2])
            said.append(f"Of {kind.said} we cannot say anything: no event such as {wanted} came in.")
    if seen & set(KINDS[0].opens) and "form error" not in seen:
        said.append("Forms send no “Form Error”, so errors in them stay unseen.")
    return tuple(said)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Over persons, of one flow: with x points and h hard ones in y passes each."""

    persons: int
    passes: int
    points: float
    hard: int
    xx: float
    xy: float
    yy: float
    hh: float
    hy: float
    largest: float

    @classmethod
    def of(cls, row: dict[str, Any]) -> _Sums:
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})

    @property
    def residuals(self) -> float:
        """Sum over persons of (x - rate * y) squared: what is left when everybody has the same rate."""
        rate = self.points / self.passes
        return max(self.xx - 2 * rate * self.xy + rate * rate * self.yy, 1e-9)

    def less(self, other: _Sums) -> _Sums:
        """The sums of the other flows of a kind: these are of all, `other` of one."""
        left = {name: getattr(self, name) - getattr(other, name) for name in self.__dataclass_fields__}
        return _Sums(**{**left, "largest": self.largest})

    def plus(self, other: _Sums) -> _Sums:
        both = {name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__}
        return _Sums(**{**both, "largest": max(self.largest, other.largest)})

    def ends(self, level: float) -> tuple[float, float]:
        """The interval of points a pass: a gamma law, since points are never negative and few people have many."""
        if not self.points:
            return 0.0, wilson(0, self.persons, level=level)[1] * _A_SIGN
        low, high = compound(self.points, self.residuals, self.largest, level=level)
        return low / self.passes, high / self.passes

    def reading(self, snapshot: int, group: str | None, level: float = LEVEL) -> Reading:
        low, high = self.ends(level)
        return Reading(self.points / self.passes, low, high, self.persons, UNIT, snapshot, group, level=level)

    def share(self, snapshot: int, group: str | None) -> Reading:
        sums = Sums(self.persons, self.passes, self.hard, self.yy, self.hh, self.hy)
        return clustered_share(sums, snapshot=snapshot, group=group)


def _summed(own: ibis.Table, keys: Iterable[str] = ()) -> list[dict[str, Any]]:
    """own: one row per person (and key) with passes, points and hard -> the fields of _Sums, a row per key."""
    x, y, h = own.points, own.passes.cast("float64"), own.hard.cast("float64")
    numbers = {
        "persons": own.count(), "passes": own.passes.sum(), "points": x.sum(), "hard": own.hard.sum(),
        "xx": (x * x).sum(), "xy": (x * y).sum(), "yy": (y * y).sum(), "hh": (h * h).sum(), "hy": (h * y).sum(),
        "largest": x.max(),
    }  # fmt: skip
    keys = list(keys)
    summed = own.group_by(*keys).agg(**numbers) if keys else own.agg(**numbers)
    rows: list[dict[str, Any]] = summed.to_pyarrow().to_pylist()
    return rows


def _met(walked: ibis.Table, by: list[str]) -> dict[tuple[str, str], list[Met]]:
    """(kind, flow) -> what people met there, that which gave most points first."""
    hard = walked.filter(walked.sign.notnull())
    counted = hard.group_by("kind", "flow", *by).agg(
        times=hard.count(), persons=hard.person.nunique(), points=hard.points.sum()
    )
    found: dict[tuple[str, str], list[Met]] = defaultdict(list)
    for row in counted.order_by(ibis.desc("points"), *by).to_pyarrow().to_pylist():
        small = row["persons"] < FEWEST
        one = Met(row["sign"], 0, 0, row.get("detail"), True) if small else None
        found[row["kind"], row["flow"]].append(one or Met(row["sign"], row["times"], row["persons"], row.get("detail")))
    return found


def _outstanding(sums: dict[tuple[str, str], _Sums]) -> set[tuple[str, str]]:
    """The flows surely harder than the others of their kind together, so surely that among all of them, when none
    is harder, one is called so in fewer than one of twenty looks (Bonferroni)."""
    of_kind: dict[str, _Sums] = {}
    for (kind, _), one in sums.items():
        of_kind[kind] = of_kind[kind].plus(one) if kind in of_kind else one
    compared = {key: of_kind[key[0]].less(one) for key, one in sums.items() if of_kind[key[0]] is not one}
    level = 1 - (1 - LEVEL) / max(len(compared), 1)
    return {key for key, rest in compared.items() if sums[key].ends(level)[0] > rest.ends(level)[1]}


def _everybody(rows: list[dict[str, Any]], snapshot: int) -> Reading:
    if not rows or not rows[0]["persons"]:
        return Reading(nan, nan, nan, 0, UNIT, snapshot)
    if rows[0]["persons"] < FEWEST:
        return Reading.withheld(UNIT, snapshot=snapshot)
    return _Sums.of(rows[0]).reading(snapshot, None)


def _week(sums: _Sums | None, name: str, snapshot: int) -> Reading:
    if sums is None:
        return Reading(nan, nan, nan, 0, UNIT, snapshot, name)
    if sums.persons < FEWEST:
        return Reading.withheld(UNIT, snapshot=snapshot, group=name)
    return sums.reading(snapshot, name)


def _withheld(kind: str, flow: str, snapshot: int) -> FlowEffort:
    hidden = Reading.withheld("share", snapshot=snapshot, group=flow)
    return FlowEffort(kind, flow, Reading.withheld(UNIT, snapshot=snapshot, group=flow), hidden, 0)
