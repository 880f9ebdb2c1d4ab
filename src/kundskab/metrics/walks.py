"""What each person did next to an act of theirs, step by step: one row per person. All in the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from kundskab.consent.view import View
from kundskab.metrics.acts import Act, does
from kundskab.metrics.periods import epoch_us, midnight

_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PathsQuery:
    """What people did within `within` after (or before) their first act `around` in the days from since to until.

    steps: how many are told.  most: how many actions a step tells apart; the others are told together.
    """

    around: Act
    since: date
    until: date
    direction: str = "after"
    steps: int = 3
    within: timedelta = timedelta(days=1)
    most: int = 8


def walks(view: View, query: PathsQuery, *, zone: ZoneInfo) -> ibis.Table:
    """One row per person: person, at (of the act, us since 1970), step_1, step_2, ... (actions; null: nothing more).

    Loops are folded: an action done several times running is one step, and what repeats the act itself is none.
    Of two events at one moment the one that came in first is the earlier.
    """
    rows = view.events.select(
        "person",
        "action",
        us=epoch_us(view.events.occurred_at),
        seq=view.events.ingested_seq,
        around=does(view.events, query.around),
    )
    began = _began(rows, query, zone)
    folded = _folded(_near(began, rows, query), query)
    steps = {f"step_{n}": folded.action.max(where=folded.step == n) for n in range(1, query.steps + 1)}
    told = folded.group_by("who").agg(**steps)
    return began.left_join(told, [began.person == told.who]).select("person", "at", *steps)


def _began(rows: ibis.Table, query: PathsQuery, zone: ZoneInfo) -> ibis.Table:
    """One row per person: person, at and place (in the order of coming in) of their first such act in the span."""
    first, last = _moment(query.since, zone), _moment(query.until + timedelta(days=1), zone)
    acts = rows.filter(rows.around, rows.us >= first, rows.us < last)
    at = acts.group_by("person").agg(at=acts.us.min()).rename(who="person")
    tied = acts.inner_join(at, [acts.person == at.who, acts.us == at.at])
    return tied.group_by("person").agg(at=tied.at.min(), place=tied.seq.min())


def _near(began: ibis.Table, rows: ibis.Table, query: PathsQuery) -> ibis.Table:
    """The act and the events beside it, many per person: who, action, far and further (order), is_act."""
    window = query.within // _US
    some = rows.select(who="person", action="action", us="us", seq="seq")
    sign = 1 if query.direction == "after" else -1
    far, further = (some.us - began.at) * sign, (some.seq - began.place) * sign
    beside = (far > 0) | ((far == 0) & (further >= 0))
    joined = began.inner_join(some, [began.person == some.who, beside, far <= window])
    return joined.select(
        "who",
        "action",
        far=(joined.us - joined.at) * sign,
        further=(joined.seq - joined.place) * sign,
        is_act=joined.seq == joined.place,
    )


def _folded(near: ibis.Table, query: PathsQuery) -> ibis.Table:
    """who, action and step, from 1: without the act itself and without what only repeats the event before."""
    own = ibis.window(group_by="who", order_by=[near.far, near.further])
    rows = near.mutate(previous=near.action.lag(1).over(own))
    rows = rows.filter(~rows.is_act, rows.action != rows.previous)
    own = ibis.window(group_by="who", order_by=[rows.far, rows.further])
    rows = rows.mutate(step=ibis.row_number().over(own) + 1)
    return rows.filter(rows.step <= query.steps)


def _moment(day: date, zone: ZoneInfo) -> Any:
    since: timedelta = midnight(day, zone) - datetime.fromisoformat("1970-01-01T00:00Z")
    return since // _US
