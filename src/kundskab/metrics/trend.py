"""How often something happened, by whom and for how much, period by period, with its doubt.

Chance is taken to send persons, not events (`readings.compound`): ten events of one person tell less than one event
of each of ten.  Small groups and small points are hidden together with what would give them away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import nan
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from kundskab.consent.view import View
from kundskab.metrics.acts import ANYTHING, Act, does
from kundskab.metrics.dimensions import value_of
from kundskab.metrics.periods import Period, edges, midnight, number, periods
from kundskab.metrics.readings import FEWEST, Reading, compound, signed, too_small
from kundskab.metrics.seen import seen
from kundskab.types import KundskabError

MEASURES = ("events", "persons", "value")
SERIES = 6  # more lines than this cannot be told apart; the rest are drawn as one
REST = "all others"
MISSING = "not said"
_OLD = timedelta(days=90)
_NOBODY: dict[str, Any] = {"persons": 0}
_ONE: Any = ibis.literal(1).cast("float64")  # some engines read 1.0 as a decimal number
_WIDE = 100  # more than series in a picture, so that a period and a series make one number


@dataclass(frozen=True, slots=True)
class TrendQuery:
    """What to count. action None: any.  by None: unsplit.  until is the last day asked for, included.

    where: what else must be true of an event, as an act says it.
    """

    since: date
    until: date
    action: str | None = None
    measure: str = "events"
    by: str | None = None
    step: str = "day"
    currency: str | None = None  # of value; None: the workspace's own
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def act(self) -> Act:
        return Act(self.action, self.where)


@dataclass(frozen=True, slots=True)
class Point:
    """One period of one series. Where the period is not over yet, its reading will still grow."""

    period: Period
    reading: Reading
    finished: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the picture. group None: unsplit.  together: all points that are shown, persons counted once.

    called: what an object is called in the catalogue; the group's own value where it has no name.
    """

    group: str | None
    points: tuple[Point, ...]
    together: Reading
    called: str | None = None

    @property
    def name(self) -> str:
        return self.called or self.group or ""


@dataclass(frozen=True, slots=True)
class Trend:
    """The answer: a series per group, the largest first. pooled: how many groups are in REST."""

    query: TrendQuery
    periods: tuple[Period, ...]
    series: tuple[Series, ...]
    together: Reading  # all groups, persons counted once; periods that are hidden when unsplit are left out
    pooled: int
    unit: str
    snapshot: int

    @property
    def hidden(self) -> int:
        """How many points are not shown."""
        return sum(point.reading.hidden for series in self.series for point in series.points)

    @property
    def overshadowing(self) -> Series | None:
        """The pooled rest, where it is so large that the lines of the groups would lie flat beneath it."""
        if len(self.series) < 3 or self.series[-1].group != REST:
            return None
        most = [max((p.reading.value for p in s.points if not p.reading.hidden), default=0.0) for s in self.series]
        return self.series[-1] if most[-1] > 2 * max(most[:-1]) else None

    @property
    def is_empty(self) -> bool:
        return not self.series or not any(point.reading.n or point.reading.hidden for point in self.series[0].points)


def trend(view: View, query: TrendQuery, *, zone: ZoneInfo, currency: str) -> Trend:
    """Read a trend from the view.

    zone: the workspace's clock.  currency: the workspace's, which amounts without one are in.
    Raises KundskabError for a measure, step, span or dimension that there is not.
    """
    if query.measure not in MEASURES:
        raise KundskabError(f"There is no measure {query.measure!r}; choose {', '.join(MEASURES)}.")
    within = periods(query.since, query.until, query.step)
    unit = (query.currency or currency) if query.measure == "value" else query.measure
    each = _per_person(view, query, within, zone, currency).cache()
    names, groups = _largest(each, query)
    shown = _pool(each, names, groups)
    cells = {(row["period"], row["series"]): row for row in _summed(shown, ["period", "series"], query)}
    hidden = _hidden(cells)
    # A sum beside its parts would tell the part that is left out, so it is left out of the sum as well.
    left = shown
    if hidden:
        left = shown.filter(~(shown.period * _WIDE + shown.series).isin([at * _WIDE + n for at, n in hidden]))
    sums = {row["series"]: row for row in _summed(left, ["series"], query)}
    whole = sums.get(0, _NOBODY) if query.by is None else _whole(shown, query, has_gaps=bool(hidden))
    until = _known_until(view, within, zone)

    def read(row: dict[str, Any] | None, group: str | None, *, hide: bool = False) -> Reading:
        if hide:
            return Reading.withheld(unit, snapshot=view.snapshot, group=group)
        return _reading(row, unit, view.snapshot, group)

    small = too_small({key: row["persons"] for key, row in sums.items()})
    series = tuple(
        Series(
            group=name,
            points=tuple(
                Point(
                    period,
                    read(cells.get((at, key)), name, hide=(at, key) in hidden),
                    midnight(period.end, zone) <= until,
                )
                for at, period in enumerate(within)
            ),
            together=read(sums.get(key), name, hide=key in small or (key not in sums and bool(hidden))),
        )
        for key, name in _labels(names, cells, query)
    )
    nobody_shown = not whole["persons"] and bool(hidden)
    together = read(whole if whole["persons"] else None, None, hide=nobody_shown or 0 < whole["persons"] < FEWEST)
    pooled = 0 if query.by is None else groups - len(names)
    return Trend(query, within, series, together, pooled, unit, view.snapshot)


def _known_until(view: View, within: tuple[Period, ...], zone: ZoneInfo) -> datetime:
    """Up to when we know what happened: now; of old data the newest event, since its last period was cut short there.

    Old is what ended longer ago than is ever looked ahead; a live source that falls silent is to be seen as zeros.
    """
    now = view.at or view.opened_at
    if now - midnight(within[-1].end, zone) <= _OLD:
        return now
    known = seen(view)
    return now if known is None or now - known.as_of <= _OLD else known.as_of


def chosen(view: View, query: TrendQuery, *, zone: ZoneInfo, currency: str, period: Period | None = None) -> ibis.Table:
    """The events that a trend counts, many per person, with the column `group` where it is split."""
    within = (period,) if period else periods(query.since, query.until, query.step)
    first, last = edges(within, zone)
    events = view.events
    events = events.filter(events.occurred_at >= ibis.literal(first), events.occurred_at < ibis.literal(last))
    if query.act != ANYTHING:
        events = events.filter(does(events, query.act))
    if query.measure == "value":
        paid_in = ibis.coalesce(events.currency, currency)
        events = events.filter(events.value.notnull(), paid_in == (query.currency or currency))
    if query.by is None:
        return events.mutate(group=ibis.literal(None, "string"))
    return events.mutate(group=ibis.coalesce(value_of(events, query.by), MISSING))


def _per_person(view: View, query: TrendQuery, within: tuple[Period, ...], zone: ZoneInfo, currency: str) -> ibis.Table:
    """One row per period, group and person: amount."""
    events = chosen(view, query, zone=zone, currency=currency)
    # A hash is a number and groups twice as quick as a token; of ten million persons two collide once in 300,000 views.
    rows = events.select(
        period=number(events.occurred_at, within, query.step, zone),
        group=events.group,
        who=events.person.hash(),
        amount=events.value.cast("float64") if query.measure == "value" else _ONE,
    )
    return rows.group_by("period", "group", "who").agg(amount=rows.amount.sum())


def _largest(each: ibis.Table, query: TrendQuery) -> tuple[list[str], int]:
    """The groups that get a line of their own, the largest first, and how many groups there are.

    A line is for groups that would not be gaps for the most part.
    """
    if query.by is None:
        return [], 1
    # Persons are ranked by the periods they came in: counting each once would take as long as all the rest.
    size: Any = each.count() if query.measure == "persons" else each.amount.sum()
    ranked = each.group_by("group").agg(usual=each.count() / each.period.nunique(), size=size)
    ranked = ranked.mutate(groups=ranked.count().over(ibis.window())).filter(ranked.usual >= FEWEST)
    rows = ranked.order_by(ibis.desc("size"), "group").limit(SERIES + 1).to_pyarrow().to_pylist()
    names = [row["group"] for row in rows]
    groups = rows[0]["groups"] if rows else int(each.group.nunique().execute())
    return (names if groups == len(names) <= SERIES else names[: SERIES - 1]), groups


def _pool(each: ibis.Table, names: list[str], groups: int) -> ibis.Table:
    """One row per period, series and person; series is the place of the group in names, or behind them all."""
    named = ((each.group == name, at) for at, name in enumerate(names))
    rows = each.mutate(series=ibis.cases(*named, else_=len(names)) if names else 0)
    if groups <= max(len(names), 1):  # each group is a series: nothing to add up
        return rows
    return rows.group_by("period", "series", "who").agg(amount=rows.amount.sum()).cache()


def _summed(shown: ibis.Table, keys: list[str], query: TrendQuery) -> list[dict[str, Any]]:
    """One row per key: persons, total, squares and the extremes of the amounts of persons."""
    own = shown if len(keys) == 2 else shown.group_by(*keys, "who").agg(amount=shown.amount.sum())
    amount: Any = _ONE if query.measure == "persons" else own.amount
    own = own.mutate(amount=amount)
    numbers = {
        "persons": own.count(),
        "total": own.amount.sum(),
        "squares": (own.amount * own.amount).sum(),
        "largest": own.amount.max(),
        "smallest": own.amount.min(),
    }
    summed = own.group_by(*keys).agg(**numbers) if keys else own.agg(**numbers)
    rows: list[dict[str, Any]] = summed.to_pyarrow().to_pylist()
    return rows


def _whole(shown: ibis.Table, query: TrendQuery, *, has_gaps: bool) -> dict[str, Any]:
    """All groups together, without periods of fewer than FEWEST persons: who subtracts the groups would have these."""
    if has_gaps:
        small = [row["period"] for row in _summed(shown, ["period"], query) if row["persons"] < FEWEST]
        shown = shown.filter(shown.period.notin(small)) if small else shown
    return _summed(shown, [], query)[0]


def _hidden(cells: Mapping[tuple[int, int], Mapping[str, Any]]) -> frozenset[tuple[int, int]]:
    """The (period, series) that are not shown: small ones, and in the same period what would give them away."""
    at: dict[int, dict[int, int]] = defaultdict(dict)
    for (period, series), row in cells.items():
        at[period][series] = row["persons"]
    return frozenset((period, series) for period, persons in at.items() for series in too_small(persons))


def _reading(row: dict[str, Any] | None, unit: str, snapshot: int, group: str | None) -> Reading:
    if row is None:  # nobody: a day without orders is a day of none, not of unknown many
        low, high = compound(0, 0, 0) if unit in MEASURES else (nan, nan)
        return Reading(0.0, low, high, 0, unit, snapshot, group)
    if row["smallest"] < 0:
        low, high = signed(row["total"], row["squares"])
    else:
        low, high = compound(row["total"], row["squares"], row["largest"])
    return Reading(row["total"], low, high, row["persons"], unit, snapshot, group)


def _labels(
    names: list[str], cells: Mapping[tuple[int, int], Mapping[str, Any]], query: TrendQuery
) -> list[tuple[int, str | None]]:
    if query.by is None:
        return [(0, None)]
    rest = [(len(names), REST)] if any(series == len(names) for _, series in cells) else []
    return [*enumerate(names), *rest]
