"""Retention: of those who did something for the first time, who came back, when, and how surely we know.

A period of a person is counted from the day of their own first act by the workspace's clock: week 1 is the eighth to
the fourteenth day, month 1 begins on the same day of the next month. Calendar weeks would give who began on a Sunday
a week 0 of one day. A period that is not over yet for somebody leaves that person out, above and below the line, so
that no share grows merely because time passes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from math import nan
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from kundskab.consent.view import View
from kundskab.metrics.acts import ANYTHING, Act, does
from kundskab.metrics.dimensions import value_of
from kundskab.metrics.groups import largest
from kundskab.metrics.periods import Period, edges, epoch_us, local_day, midnight, number, periods
from kundskab.metrics.readings import Reading, poisson, share, too_small
from kundskab.metrics.seen import seen
from kundskab.metrics.trend import MISSING, REST
from kundskab.types import KundskabError

KINDS = ("on", "rolling", "bracket")
MOST_SPANS = 60
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class RetentionQuery:
    """Who began from `since` to `until` (whole periods of `step`) by `first`, and came back by `back`.

    kind "on": in period n itself (n-day retention).  "rolling": in period n or any later one.
    "bracket": in any period of a bracket; `brackets` are their first periods, the last being the end: (1, 4, 8) is
    1-3 and 4-7.  periods: how many periods of "on" and "rolling", from 0.
    by None: cohorts by the period in which they began; else by a dimension of the first act.
    """

    since: date
    until: date
    first: Act = ANYTHING
    back: Act = ANYTHING
    step: str = "week"
    kind: str = "on"
    periods: int = 9
    brackets: tuple[int, ...] = (0, 1, 4, 8)
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Periods since the first act: from `start` up to, not including, `end`; None: for ever."""

    start: int
    end: int | None

    @property
    def over_after(self) -> int:
        """How many whole periods must have passed for it to be read."""
        return self.start + 1 if self.end is None else self.end

    def __str__(self) -> str:
        if self.end is None:
            return f"{self.start} or later"
        return str(self.start) if self.end == self.start + 1 else f"{self.start}-{self.end - 1}"


@dataclass(frozen=True, slots=True)
class Cell:
    """Of those for whom the span is over, how many came back; n counts them. waiting: for whom it is not over yet."""

    span: Span
    reading: Reading
    waiting: int

    @property
    def finished(self) -> bool:
        return self.waiting == 0 and not self.reading.hidden


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who began together. name None: all of them.  period: when, where cohorts are periods."""

    name: str | None
    period: Period | None
    size: Reading  # persons
    cells: tuple[Cell, ...]
    finished: bool = True  # False: more may still begin


@dataclass(frozen=True, slots=True)
class Retention:
    """The cohorts table: a row per cohort, the oldest or the largest first, and `together` beneath it."""

    query: RetentionQuery
    spans: tuple[Span, ...]
    cohorts: tuple[Cohort, ...]
    together: Cohort
    as_of: datetime | None  # what was due later is not over yet; None where there is no event
    snapshot: int

    @property
    def is_empty(self) -> bool:
        return not self.cohorts


def retention(view: View, query: RetentionQuery, *, zone: ZoneInfo) -> Retention:
    """Read retention from the view; zone is the workspace's clock.

    The first act is the first in all the view, so nobody begins twice; who began before the data did seems to begin
    with it.  Raises KundskabError for a kind, step, bracket, span or dimension that there is not.
    """
    spans = spans_of(query)
    within = periods(query.since, query.until, query.step)
    known = seen(view)
    if known is None:
        return Retention(query, spans, (), _cohort(None, None, {}, spans, view.snapshot), None, view.snapshot)
    rows = {row["cohort"]: row for row in _counted(returns(view, query, zone=zone), spans).to_pyarrow().to_pylist()}
    if query.by is not None:
        rows = _folded(rows, spans)
    hidden = _hidden(rows, spans)
    ordered = sorted(rows) if query.by is None else list(rows)
    together = _sum(rows.values(), spans) if rows else {}
    cohorts = []
    for at in ordered:
        period = within[at] if query.by is None else None
        name = str(period.start) if period else at
        done = period is None or midnight(period.end, zone) <= known.as_of
        cohorts.append(_cohort(name, period, rows[at], spans, view.snapshot, hide=hidden[at], finished=done))
    every = too_small({None: together.get("size", 0)})
    hide_all = frozenset((None, *spans)) if every else _hidden({None: together}, spans)[None] if rows else frozenset()
    whole = _cohort(None, None, together, spans, view.snapshot, hide=hide_all)
    return Retention(query, spans, tuple(cohorts), whole, known.as_of, view.snapshot)


def returns(view: View, query: RetentionQuery, *, zone: ZoneInfo) -> ibis.Table:
    """One row per person who began in the span: person, at (of the first act), cohort (the period's place, or the
    dimension's value), over (whole periods passed since), back_0, back_1, ... (whether they came back in that span).

    To come back is an act at a later moment than the first one: at the same moment is the same coming, whatever the
    order in which events of one second were written down.
    """
    spans, known = spans_of(query), seen(view)
    assert known is not None, "asked only where there are events"
    within = periods(query.since, query.until, query.step)
    between = (known.first, max(known.as_of, view.at or view.opened_at))
    began = _began(view.events, query, within, zone, between)
    back = view.events.filter(does(view.events, query.back))
    back = back.select(who=back.person, at=back.occurred_at, day=local_day(back.occurred_at, between, zone))
    joined = began.left_join(back, [began.person == back.who, back.at > began.at])
    after = _units(joined.first_day, joined.day, query.step)
    # One number per person for the periods of their return would do for 64 periods; one column each does for any.
    came = {
        f"back_{n}": ibis.coalesce(((after >= span.start) & (after < span.end if span.end else True)).any(), False)
        for n, span in enumerate(spans)
    }
    today = ibis.literal((known.as_of.astimezone(zone).date() - _EPOCH).days, "int64")
    each = joined.group_by("person", "cohort", "first_day", "at").agg(**came)
    return each.mutate(over=_units(each.first_day, today, query.step)).drop("first_day")


def chosen(
    view: View,
    query: RetentionQuery,
    *,
    zone: ZoneInfo,
    span: int | None = None,
    came: bool = True,
    cohort: str | None = None,
) -> ibis.Table:
    """Who began, or of these who came back in a span: one row per person, person and at (of their first act).

    span: its place; None: whoever began.  came False: those who did not come back in it, though it is over for them.
    cohort: the first day of its period, or the value of the dimension; None: all.
    """
    spans, within = spans_of(query), periods(query.since, query.until, query.step)
    if span is not None and not 0 <= span < len(spans):
        raise KundskabError(f"There are {len(spans)} spans here; {span + 1} is none of them.")
    if seen(view) is None:
        raise KundskabError("Nothing has happened yet that may be used, so nobody began.")
    each = returns(view, query, zone=zone)
    if cohort is not None:
        place = {str(period.start): at for at, period in enumerate(within)}
        if query.by is None and cohort not in place:
            raise KundskabError(f"No cohort of these began on {cohort[:40]!r}.")
        each = each.filter(each.cohort == (cohort if query.by is not None else place[cohort]))
    if span is not None:
        back = each[f"back_{span}"]
        each = each.filter(each.over >= spans[span].over_after, back if came else ~back)
    return each.select("person", at=epoch_us(each.at))


def spans_of(query: RetentionQuery) -> tuple[Span, ...]:
    """The columns of the table.  Raises KundskabError where they cannot be."""
    if query.kind not in KINDS:
        raise KundskabError(f"There is no retention {query.kind!r}; choose {', '.join(KINDS)}.")
    if query.kind == "bracket":
        ends = query.brackets
        if len(ends) < 2 or ends[0] < 0 or any(b <= a for a, b in pairwise(ends)):
            raise KundskabError(f"Brackets rise from 0 or more, two at least, as (0, 1, 4, 8); not {ends}.")
        return tuple(Span(a, b) for a, b in pairwise(ends))
    if not 1 <= query.periods <= MOST_SPANS:
        raise KundskabError(f"{query.periods} periods cannot be shown; choose 1 to {MOST_SPANS}.")
    return tuple(Span(n, n + 1 if query.kind == "on" else None) for n in range(query.periods))


def _began(
    events: ibis.Table,
    query: RetentionQuery,
    within: tuple[Period, ...],
    zone: ZoneInfo,
    between: tuple[datetime, datetime],
) -> ibis.Table:
    """One row per person: person, at (of the first act), first_day, cohort."""
    acts = events.filter(does(events, query.first))
    found: dict[str, Any] = {"at": acts.occurred_at.min()}
    if query.by is not None:
        value = ibis.coalesce(value_of(acts, query.by), MISSING)
        found["cohort"] = value.argmin(ibis.struct({"at": acts.occurred_at, "seq": acts.ingested_seq}))
    first, last = (ibis.literal(edge.astimezone(UTC)) for edge in edges(within, zone))
    began = acts.group_by("person").agg(**found)
    began = began.filter(began.at >= first, began.at < last)
    began = began.mutate(first_day=local_day(began.at, between, zone))
    return began if query.by is not None else began.mutate(cohort=number(began.at, within, query.step, zone))


def _units(start: Any, end: Any, step: str) -> Any:
    """Ibis: whole periods from one day to another, both as days since 1970; null where either is."""
    if step != "month":
        return (end - start) // (1 if step == "day" else 7)
    first, last = (ibis.date(_EPOCH) + day.as_interval("D") for day in (start, end))
    months = (last.year() - first.year()) * 12 + last.month() - first.month()
    # From 31 January a month has passed on the last day of February, there being no 31st.
    ends = (ibis.date(_EPOCH) + (end + 1).as_interval("D")).day() == 1
    return months - ((last.day() < first.day()) & ~ends).cast("int64")


def _counted(each: ibis.Table, spans: tuple[Span, ...]) -> ibis.Table:
    """One row per cohort: size, and per span n (for whom it is over) and back (who of these came back)."""
    numbers = {"size": each.count()}
    for at, span in enumerate(spans):
        over = each.over >= span.over_after
        numbers[f"n_{at}"] = over.sum()
        numbers[f"back_{at}"] = (over & each[f"back_{at}"]).sum()
    return each.group_by("cohort").agg(**numbers)


def _folded(rows: Mapping[Any, Mapping[str, int]], spans: tuple[Span, ...]) -> dict[Any, Mapping[str, int]]:
    """The largest groups, the largest first, and what is left of them all as REST."""
    named = largest({name: row["size"] for name, row in rows.items()})
    rest = [row for name, row in rows.items() if name not in named]
    return {name: rows[name] for name in named} | ({REST: _sum(rest, spans)} if rest else {})


def _sum(rows: Collection[Mapping[str, int]], spans: tuple[Span, ...]) -> dict[str, int]:
    keys = ["size", *(f"{name}_{at}" for at in range(len(spans)) for name in ("n", "back"))]
    return {key: sum(row[key] for row in rows) for key in keys}


def _hidden(rows: Mapping[Any, Mapping[str, int]], spans: tuple[Span, ...]) -> dict[Any, frozenset[Span | None]]:
    """What of each cohort is not shown; None among the spans: its size, and all of it."""
    small = too_small({at: row["size"] for at, row in rows.items()})
    few = {span: too_small({at: row[f"n_{k}"] for at, row in rows.items()}) for k, span in enumerate(spans)}
    return {
        at: frozenset((None, *spans)) if at in small else frozenset(span for span in spans if at in few[span])
        for at in rows
    }


def _cohort(
    name: str | None,
    period: Period | None,
    row: Mapping[str, int],
    spans: tuple[Span, ...],
    snapshot: int,
    *,
    hide: frozenset[Span | None] = frozenset(),
    finished: bool = True,
) -> Cohort:
    size = row.get("size", 0)
    low, high = poisson(size) if size else (nan, nan)
    whole = Reading(float(size), low, high, size, "persons", snapshot, name)
    cells = []
    for at, span in enumerate(spans):
        if span in hide:
            waiting = 0 if None in hide else size - row[f"n_{at}"]
            cells.append(Cell(span, Reading.withheld("share", snapshot=snapshot, group=name), waiting))
            continue
        n, back = row.get(f"n_{at}", 0), row.get(f"back_{at}", 0)
        cells.append(Cell(span, share(back, n, snapshot=snapshot, group=name), size - n))
    if None in hide:
        whole = Reading.withheld("persons", snapshot=snapshot, group=name)
    return Cohort(name, period, whole, tuple(cells), finished)
