"""Reading a declared metric from a view: one row per group and person comes out of the engine, then doubt is added."""

from __future__ import annotations

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
from kundskab.metrics.acts import does
from kundskab.metrics.declared import Declared
from kundskab.metrics.dimensions import value_of
from kundskab.metrics.distance.doubt import median
from kundskab.metrics.groups import largest
from kundskab.metrics.known import COHORT, SEGMENT
from kundskab.metrics.periods import STEPS, Period, edges, local_day, midnight, number, periods
from kundskab.metrics.readings import Reading, compound, ratio, share, signed, too_small
from kundskab.metrics.seen import Seen, seen
from kundskab.metrics.trend import MISSING, REST
from kundskab.types import KundskabError

Numbers = npt.NDArray[np.float64]


def measure(view: View, metric: Declared, *, by: str | None = None, zone: ZoneInfo, currency: str) -> list[Reading]:
    """One reading, or one per group: the largest first, or the oldest.

    by: "day", "week" or "month", without those before the first event and those that are not over yet; "cohort", the
    month in which a person first did what the metric is about; "segment", each person by the degree to which they
    belong; or a dimension of events, where a person belongs to each group in which they did something.
    currency: the workspace's.  Raises KundskabError for a dimension that there is not, for a median by segment, and
    NotComputed (a KundskabError) by segment before the first refresh.
    """
    if by == SEGMENT and metric.kind == "median":
        raise KundskabError("A median is not read by segment: people belong by degree. Declare a mean beside it.")
    known = seen(view)
    if known is None:
        return []
    last = known.as_of.astimezone(zone).date()
    whole = Period(last - timedelta(days=metric.days - 1), last + timedelta(days=1))
    within = periods(whole.start, last, by) if by in STEPS else (whole,)
    each = _each(view.events, metric, by, within, zone, currency)
    if by == COHORT:
        each = _begun(each, view, metric, zone, known)
    elif by == SEGMENT:
        each = _by_degree(each, view)
    unit = _unit(metric, currency)
    if by is None:
        return [_read(each, metric, unit, view.snapshot, None, hide=bool(too_small({None: _persons(each, metric)})))]
    if by in STEPS:
        # Before the first event nobody counted, which is not the same as none.
        seen_whole = {
            at: str(period.start)
            for at, period in enumerate(within)
            if known.first < midnight(period.end, zone) <= known.as_of
        }
        labels = list(seen_whole.values())
        each = each.set_column(
            0, "group", pa.array([seen_whole.get(at) for at in each["group"].to_pylist()], pa.string())
        )
    elif by == COHORT:
        labels = sorted(set(each["group"].to_pylist()))
    elif by == SEGMENT:
        labels = _by_weight(each)
    else:
        each, labels = _folded(each)
    parts = {label: each.filter(pc.equal(each["group"], label)) for label in labels}
    small = too_small({label: _persons(part, metric) for label, part in parts.items()})
    return [_read(part, metric, unit, view.snapshot, name, hide=name in small) for name, part in parts.items()]


def _each(
    events: ibis.Table, metric: Declared, by: str | None, within: tuple[Period, ...], zone: ZoneInfo, currency: str
) -> pa.Table:
    """One row per group and person: group, who, x (amounts of `of`), n (events of `of`), y (events of `per`)."""
    first, last = edges(within, zone)
    events = events.filter(events.occurred_at >= ibis.literal(first), events.occurred_at < ibis.literal(last))
    did, per = does(events, metric.of), does(events, metric.per)
    amount: Any = ibis.literal(1.0)
    if metric.amount != "count":
        amount = events[metric.amount].cast("float64")
        did = did & amount.notnull()
    if metric.amount == "value":
        did = did & (ibis.coalesce(events.currency, currency) == (metric.currency or currency))
    group: Any = ibis.literal("")
    if by in STEPS:
        group = number(events.occurred_at, within, by, zone)
    elif by is not None and by not in (COHORT, SEGMENT):
        group = ibis.coalesce(value_of(events, by), MISSING)
    needs_per = metric.kind in ("rate", "ratio")
    rows = events.select(group=group, who=events.person.hash(), amount=amount, did=did, per=per & needs_per)
    rows = rows.filter(rows.did | rows.per)
    summed = rows.group_by("group", "who").agg(
        x=ibis.coalesce(rows.amount.sum(where=rows.did), 0.0),
        n=rows.did.sum().cast("float64"),
        y=rows.per.sum().cast("float64"),
    )
    return summed.select("group", "who", "x", "n", "y").to_pyarrow()


def _begun(each: pa.Table, view: View, metric: Declared, zone: ZoneInfo, known: Seen) -> pa.Table:
    """The same rows, each in the month in which this person first did what is counted, ever."""
    events = view.events
    about = does(events, metric.of)
    if metric.kind in ("rate", "ratio"):
        about = about | does(events, metric.per)
    between = (known.first, max(known.as_of, view.at or view.opened_at))
    day = local_day(events.occurred_at, between, zone)
    began = events.filter(about).select(who=events.person.hash(), day=day).group_by("who").agg(first=ibis._.day.min())
    found = each.drop_columns("group").join(began.to_pyarrow(), "who", join_type="inner")
    months = np.asarray(found["first"].to_numpy(), dtype="datetime64[D]").astype("datetime64[M]").astype(str)
    named = pa.array(months.tolist(), pa.string())
    return found.drop_columns("first").add_column(0, "group", named)


def _by_degree(each: pa.Table, view: View) -> pa.Table:
    """A row for each segment that a person is in, with `weight`, the degree."""
    belongs = view.derived("memberships")
    belongs = belongs.filter(belongs.weight > 0)
    of = belongs.select(who=belongs.person.hash(), group=belongs.segment, weight=belongs.weight.cast("float64"))
    return each.drop_columns("group").join(of.to_pyarrow(), "who", join_type="inner")


def _by_weight(each: pa.Table) -> list[str]:
    """The segments, the largest first."""
    summed = each.group_by("group").aggregate([("weight", "sum")]).to_pylist()
    return [row["group"] for row in sorted(summed, key=lambda row: (-row["weight_sum"], row["group"]))]


def _folded(each: pa.Table) -> tuple[pa.Table, list[str]]:
    """The largest groups under their names, all others as one, in which each person is one row again."""
    counts = each["group"].value_counts().to_pylist()
    named = list(largest({row["values"]: row["counts"] for row in counts}))
    if len(named) == len(counts):
        return each, named
    alone = pc.is_in(each["group"], pa.array(named, pa.string()))
    each = each.set_column(0, "group", pc.if_else(alone, each["group"], REST))
    summed = each.group_by(["group", "who"]).aggregate([("x", "sum"), ("n", "sum"), ("y", "sum")])
    return summed.rename_columns({"x_sum": "x", "n_sum": "n", "y_sum": "y"}), [*named, REST]


def _persons(part: pa.Table, metric: Declared) -> int:
    """How many persons a reading rests on."""
    column = "y" if metric.kind == "rate" else "n"
    asked = _column(part, column) > 0
    if metric.kind == "ratio":
        asked = asked | (_column(part, "y") > 0)
    return weighing.size(_weight(part)[asked])


def _read(part: pa.Table, metric: Declared, unit: str, snapshot: int, group: str | None, *, hide: bool) -> Reading:
    if hide:
        return Reading.withheld(unit, snapshot=snapshot, group=group)
    if "weight" in part.column_names:
        return _weighed(part, metric, unit, snapshot, group)
    x, n, y = (_column(part, name) for name in ("x", "n", "y"))
    if metric.kind == "rate":
        among = y > 0
        return share(int((among & (n >= metric.at_least)).sum()), int(among.sum()), snapshot=snapshot, group=group)
    if metric.kind == "ratio":
        return ratio(x, y, unit, snapshot=snapshot, group=group)
    did = n > 0
    if metric.kind == "mean":
        return ratio(x[did], n[did], unit, snapshot=snapshot, group=group)
    if metric.kind == "median":
        return median(x[did], unit, snapshot=snapshot, group=group)
    total, squares = float(x.sum()), float((x * x).sum())
    ends = signed(total, squares) if (x < 0).any() else compound(total, squares, float(x.max(initial=0)))
    return Reading(total, *ends, int(did.sum()), unit, snapshot, group)


def _weighed(part: pa.Table, metric: Declared, unit: str, snapshot: int, group: str | None) -> Reading:
    """The same of persons who belong to a degree."""
    x, n, y, weight = (_column(part, name) for name in ("x", "n", "y", "weight"))
    if metric.kind == "rate":
        among = y > 0
        return weighing.share_of(n[among] >= metric.at_least, weight[among], snapshot=snapshot, group=group)
    if metric.kind == "ratio":
        return weighing.per(x, y, weight, unit, snapshot=snapshot, group=group)
    did = n > 0
    if metric.kind == "mean":
        return weighing.per(x[did], n[did], weight[did], unit, snapshot=snapshot, group=group)
    return weighing.total(x[did], weight[did], unit, snapshot=snapshot, group=group)


def _weight(part: pa.Table) -> Numbers:
    return _column(part, "weight") if "weight" in part.column_names else np.ones(part.num_rows)


def _unit(metric: Declared, currency: str) -> str:
    if metric.kind == "rate":
        return "share"
    said = {"value": metric.currency or currency, "quantity": "pieces", "count": "events"}[metric.amount]
    return f"{said} per {metric.per}" if metric.kind == "ratio" else said


def _column(part: pa.Table, name: str) -> Numbers:
    return np.asarray(part[name].to_numpy(), dtype=np.float64)
