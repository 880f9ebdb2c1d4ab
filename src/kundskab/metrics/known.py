"""Metrics that need no declaring: what the view itself says of coming, buying and coming again, by any split.

By a stretch of time, "again" means: on a later day than the first one ever. So nobody is new in every month, and read
over all time it means on two days or more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.view import View
from kundskab.metrics import weighing
from kundskab.metrics.dimensions import value_of
from kundskab.metrics.groups import largest
from kundskab.metrics.periods import STEPS, Period, edges, local_day, midnight, number, periods
from kundskab.metrics.purchases import buying, purchases
from kundskab.metrics.readings import Reading, too_small
from kundskab.metrics.seen import Seen, seen
from kundskab.metrics.trend import MISSING, REST
from kundskab.types import KundskabError

SEGMENT, COHORT = "segment", "cohort"
_LONGEST = {"day": timedelta(days=92), "week": timedelta(weeks=106), "month": timedelta(days=7300)}

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Each:
    """One place per person of one group. times: how often.  amount: of money.  again: on a later day than the first.

    weight: to which degree they belong to the group; 1 save by segment.
    """

    times: Numbers
    amount: Numbers
    again: npt.NDArray[np.bool_]
    weight: Numbers


@dataclass(frozen=True, slots=True)
class Known:
    """A metric by name. of: "events" or "purchases".  words: what it is, in a sentence."""

    name: str
    of: str
    words: str
    read: Callable[[Each, str, int, str | None], Reading]  # each, currency, snapshot, group


def _share(each: Each, _currency: str, snapshot: int, group: str | None) -> Reading:
    return weighing.share_of(each.again, each.weight, snapshot=snapshot, group=group)


def _persons(each: Each, _currency: str, snapshot: int, group: str | None) -> Reading:
    return weighing.persons(each.weight, snapshot=snapshot, group=group)


def _times(unit: str) -> Callable[[Each, str, int, str | None], Reading]:
    def read(each: Each, _currency: str, snapshot: int, group: str | None) -> Reading:
        return weighing.total(each.times, each.weight, unit, snapshot=snapshot, group=group)

    return read


def _money(each: Each, currency: str, snapshot: int, group: str | None) -> Reading:
    return weighing.total(each.amount, each.weight, currency, snapshot=snapshot, group=group)


def _money_each(each: Each, currency: str, snapshot: int, group: str | None) -> Reading:
    return weighing.per(each.amount, each.times, each.weight, currency, snapshot=snapshot, group=group)


def _often(each: Each, _currency: str, snapshot: int, group: str | None) -> Reading:
    one = np.ones(len(each.times))
    return weighing.per(each.times, one, each.weight, "purchases a buyer", snapshot=snapshot, group=group)


KNOWN = {
    known.name: known
    for known in (
        Known("active", "events", "How many people did anything.", _persons),
        Known("events", "events", "How much happened.", _times("events")),
        Known(
            "returning", "events", "Of the people who did anything, who came on a later day than their first.", _share
        ),
        Known("buyers", "purchases", "How many people bought.", _persons),
        Known("orders", "purchases", "How many purchases were made.", _times("purchases")),
        Known("revenue", "purchases", "What was paid, refunds taken off, in one currency.", _money),
        Known("order_value", "purchases", "What comes in with one purchase, in one currency.", _money_each),
        Known("orders_per_buyer", "purchases", "How many purchases come to one buyer.", _often),
        Known(
            "repeat_rate", "purchases", "Of the people who bought, who bought on a later day than their first.", _share
        ),
    )
}


def known(view: View, name: str, *, by: str | None = None, zone: ZoneInfo, currency: str) -> list[Reading]:
    """The readings of a metric of KNOWN: one, or one per group.

    by: "day", "week" or "month" (those before the first event or not over yet are left out; the newest quarter of
    days, two years of weeks); "cohort", the month of a person's first such act; "segment", each person by the degree
    to which they belong; or a dimension of events.  The oldest first, or the largest.
    Raises KundskabError where nothing is a purchase, or for a split that there is not.
    """
    metric, span = KNOWN[name], seen(view)
    if span is None:
        return []
    if metric.of == "purchases" and not buying(view):
        raise KundskabError("No action here is a purchase; declare a metric of your own action in metrics.yaml.")
    rows = _rows(view, metric, by, zone, currency, span)
    if by in STEPS:
        groups = _in_time(rows, by, zone, span)
    elif by == COHORT:
        groups = _cohorts(rows)
    else:
        groups = _groups(rows, by)
    small = too_small({group: weighing.size(each.weight) for group, each in groups.items()})
    return [
        Reading.withheld(metric.read(_NOBODY, currency, 0, None).unit, snapshot=view.snapshot, group=group)
        if group in small
        else metric.read(each, currency, view.snapshot, group)
        for group, each in groups.items()
    ]


def _rows(view: View, metric: Known, by: str | None, zone: ZoneInfo, currency: str, span: Seen) -> pa.Table:
    """One row per group and person: group, who, times, amount, first (day ever), last (day in the group), weight."""
    acts = _acts(view, metric, by, zone, span)
    money: Any = acts.value.cast("float64")
    acts = acts.mutate(amount=ibis.cases((ibis.coalesce(acts.currency, currency) == currency, money), else_=0.0))
    first = acts.group_by("person").agg(first=acts.day.min()).rename(who="person")
    group: Any = ibis.literal("")
    if by in STEPS:
        within = _within(by, zone, span)
        start, end = edges(within, zone)
        acts = acts.filter(acts.at >= ibis.literal(start), acts.at < ibis.literal(end))
        group = number(acts.at, within, by, zone).cast("string")
    elif by is not None and by not in (COHORT, SEGMENT):
        group = ibis.coalesce(acts.said, MISSING)
    each = acts.mutate(group=group)
    each = each.group_by("group", "person").agg(
        times=each.count().cast("float64"), amount=ibis.coalesce(each.amount.sum(), 0.0), last=each.day.max()
    )
    each = each.inner_join(first, each.person == first.who)
    each = each.select("group", "person", "times", "amount", "last", "first", weight=ibis.literal(1.0))
    if by == SEGMENT:
        belongs = view.derived("memberships")
        belongs = belongs.select(member=belongs.person, segment=belongs.segment, degree=belongs.weight)
        each = each.inner_join(belongs, each.person == belongs.member)
        each = each.mutate(group=each.segment, weight=each.degree.cast("float64")).filter(each.degree > 0)
    # A hash is a number and travels quicker than a token.
    return (
        each.mutate(who=each.person.hash())
        .select("group", "who", "times", "amount", "first", "last", "weight")
        .to_pyarrow()
    )


def _acts(view: View, metric: Known, by: str | None, zone: ZoneInfo, span: Seen) -> ibis.Table:
    """person, at, day (since 1970), value, currency; and said, where it is split by a dimension of events."""
    events = view.events
    between = (span.first, max(span.as_of, view.at or view.opened_at))
    split = by is not None and by not in (*STEPS, COHORT, SEGMENT)
    if metric.of == "events":
        said = {"said": value_of(events, by)} if split and by else {}
        day = local_day(events.occurred_at, between, zone)
        return events.select("person", "value", "currency", at=events.occurred_at, day=day, **said)
    bought = purchases(view, zone=zone)
    day = local_day(bought.occurred_at, between, zone)
    acts = bought.select("person", "value", "currency", at=bought.occurred_at, day=day)
    if not split or not by:
        return acts
    # A purchase has what the event that began it has.
    found = buying(view)
    some = events.filter(events.action.isin((*found.bought, *found.as_good_as)))
    value = value_of(some, by)
    some = some.group_by(who="person", then="occurred_at").agg(said=value.min())
    joined = acts.left_join(some, [acts.person == some.who, acts.at == some.then])
    return joined.select(*acts.columns, "said")


def _within(by: str | None, zone: ZoneInfo, span: Seen) -> tuple[Period, ...]:
    last = span.as_of.astimezone(zone).date()
    first = max(span.first.astimezone(zone).date(), last - _LONGEST[str(by)])
    return periods(first, last, str(by))


def _in_time(rows: pa.Table, by: str | None, zone: ZoneInfo, span: Seen) -> dict[str, Each]:
    """Whole periods that were seen, the oldest first, those of nobody too."""
    parts = _parts(rows)
    found: dict[str, Each] = {}
    for at, period in enumerate(_within(by, zone, span)):
        if span.first < midnight(period.end, zone) <= span.as_of:
            found[str(period.start)] = parts.get(str(at), _NOBODY)
    return found


def _cohorts(rows: pa.Table) -> dict[str, Each]:
    months = np.asarray(rows["first"].to_numpy(), dtype="datetime64[D]").astype("datetime64[M]").astype(str)
    parts = _parts(rows.set_column(0, "group", pa.array(months.tolist(), pa.string())))
    return dict(sorted(parts.items()))


def _groups(rows: pa.Table, by: str | None) -> dict[Any, Each]:
    """The largest first, all beyond them as one, in which each person is one row again; unsplit: one without a name."""
    if by is None:
        return {None: _each(rows)}
    parts = _parts(rows)
    ranked = sorted(parts, key=lambda name: (-parts[name].weight.sum(), name))
    if by == SEGMENT:
        return {name: parts[name] for name in ranked}
    named = list(largest({name: len(part.weight) for name, part in parts.items()}))
    if len(named) == len(parts):
        return {name: parts[name] for name in named}
    rest = rows.filter(pc.invert(pc.is_in(rows["group"], pa.array(named, pa.string()))))
    wanted = [("times", "sum"), ("amount", "sum"), ("first", "min"), ("last", "max"), ("weight", "max")]
    folded = rest.group_by("who").aggregate(wanted)
    folded = folded.rename_columns({f"{name}_{how}": name for name, how in wanted})
    return {**{name: parts[name] for name in named}, REST: _each(folded)}


def _parts(rows: pa.Table) -> dict[str, Each]:
    if not rows.num_rows:
        return {}
    coded = pc.dictionary_encode(rows["group"]).combine_chunks()
    index = coded.indices.to_numpy()
    order = np.argsort(index, kind="stable")
    ends = np.searchsorted(index[order], np.arange(len(coded.dictionary) + 1))
    rows = rows.take(pa.array(order))
    return {
        name: _each(rows.slice(start, end - start))
        for name, start, end in zip(coded.dictionary.to_pylist(), ends[:-1], ends[1:], strict=True)
    }


def _each(rows: pa.Table) -> Each:
    first, last = (rows[name].to_numpy() for name in ("first", "last"))
    return Each(_column(rows, "times"), _column(rows, "amount"), last > first, _column(rows, "weight"))


def _column(rows: pa.Table, name: str) -> Numbers:
    return np.asarray(rows[name].to_numpy(), dtype=np.float64)


_NONE = np.empty(0)
_NOBODY = Each(_NONE, _NONE, np.empty(0, dtype=np.bool_), _NONE)
