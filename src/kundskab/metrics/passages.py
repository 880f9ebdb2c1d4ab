"""Each person's way through the steps of a funnel: one row per person who began. All in the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from kundskab.consent.view import View
from kundskab.metrics.acts import Act, does
from kundskab.metrics.dimensions import value_of
from kundskab.metrics.periods import epoch_us, midnight
from kundskab.metrics.trend import MISSING

_US = timedelta(microseconds=1)
_NEVER = 2**62  # microseconds: after the end of all calendars


@dataclass(frozen=True, slots=True)
class FunnelQuery:
    """Steps to be taken within `window` of the first one, which lies in the days from `since` to `until`.

    order "ordered": each after the one before, with anything between.  "strict": each is the very next event of the
    person.  "any": in any order, the window beginning with whichever comes first; step k is then "k of them".
    by: a dimension of the first event.
    """

    steps: tuple[Act, ...]
    since: date
    until: date
    window: timedelta = timedelta(days=7)
    order: str = "ordered"
    by: str | None = None


def passages(view: View, query: FunnelQuery, *, zone: ZoneInfo) -> ibis.Table:
    """One row per person who took the first step in the span: person, group, at_0, at_1, ... (of each step; us since
    1970, null where it was not taken in time).

    Of two events at one moment the one that came in first is the earlier. An event is one step only; in any order it
    may be several, if it fits them.
    """
    steps = len(query.steps)
    rows = _rows(view.events, query, zone).cache()
    began = _began(rows, query, zone)
    window = query.window // _US
    if query.order == "any":
        return _in_any_order(began, rows, steps, window)
    walked = began
    for n in range(1, steps):
        walked = _next(walked, rows, n, window, strict=query.order == "strict")
    return walked.drop("place")


def _rows(events: ibis.Table, query: FunnelQuery, zone: ZoneInfo) -> ibis.Table:
    """Events that matter, many per person: person, us, place (in the person's own order), step_0, ..., group."""
    first, last = _edges(query, zone)
    events = events.filter(events.occurred_at >= ibis.literal(first))
    events = events.filter(events.occurred_at <= ibis.literal(last + query.window))
    found = {f"step_{n}": does(events, step) for n, step in enumerate(query.steps)}
    group = ibis.literal(None, "string") if query.by is None else ibis.coalesce(value_of(events, query.by), MISSING)
    rows = events.select("person", us=epoch_us(events.occurred_at), seq=events.ingested_seq, group=group, **found)
    if query.order != "strict":  # there every event of a person matters, since one between breaks the chain
        rows = rows.filter(_any_step(rows, len(query.steps)))
    own = ibis.window(group_by="person", order_by=[rows.us, rows.seq])
    return rows.mutate(place=ibis.row_number().over(own)).drop("seq")


def _began(rows: ibis.Table, query: FunnelQuery, zone: ZoneInfo) -> ibis.Table:
    """One row per person: person, group, at_0 and the place of the first step."""
    opens = _any_step(rows, len(query.steps)) if query.order == "any" else rows.step_0
    some = rows.filter(opens)
    began = some.group_by("person").agg(group=some.group.argmin(some.place), at_0=some.us.min(), place=some.place.min())
    end = _edges(query, zone)[1]
    return began.filter(began.at_0 < int(end.timestamp() * 1_000_000))


def _next(walked: ibis.Table, rows: ibis.Table, n: int, window: int, *, strict: bool) -> ibis.Table:
    """The same people with the time of step n, and its place instead of the one before."""
    some = rows.filter(rows[f"step_{n}"]).select(who="person", us="us", then="place")
    follows = some.then == walked.place + 1 if strict else some.then > walked.place
    joined = walked.left_join(some, [walked.person == some.who, follows, some.us <= walked.at_0 + window])
    carried = {name: joined[name].arbitrary() for name in walked.columns if name not in ("person", "place")}
    return joined.group_by("person").agg(**carried, **{f"at_{n}": joined.us.min()}, place=joined.then.min())


def _in_any_order(began: ibis.Table, rows: ibis.Table, steps: int, window: int) -> ibis.Table:
    some = rows.drop("group").rename(who="person", then="place")
    joined = began.inner_join(some, [began.person == some.who])
    joined = joined.filter(joined.us <= joined.at_0 + window, joined.then >= joined.place)
    firsts = joined.group_by("person", "group").agg(
        **{f"first_{n}": joined.us.min(where=joined[f"step_{n}"]) for n in range(steps)}
    )
    # Sorted with the steps not taken last, the k-th is when k of them were taken.
    times: Any = ibis.array([ibis.coalesce(firsts[f"first_{n}"], _NEVER) for n in range(steps)])
    taken = firsts.mutate(times=times.sort())
    return taken.select("person", "group", **{f"at_{n}": taken.times[n].nullif(_NEVER) for n in range(steps)})


def _any_step(rows: ibis.Table, steps: int) -> Any:
    return reduce(or_, (rows[f"step_{n}"] for n in range(steps)))


def _edges(query: FunnelQuery, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of the first day, and the first one after the last."""
    return midnight(query.since, zone), midnight(query.until + timedelta(days=1), zone)
