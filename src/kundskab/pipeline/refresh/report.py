"""The stage of the report card: what was foretold earlier, held against what has come since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.view import View
from kundskab.lake import derived
from kundskab.metrics.periods import local_day
from kundskab.metrics.purchases import purchases
from kundskab.pipeline.refresh.work import Stage, Work
from kundskab.predictions.actions.histories import OTHER, acts
from kundskab.predictions.objects.turned import of_objects, that_count
from kundskab.predictions.report import card

NEWEST = 12  # moments that are scored; the card is of the last year, not of all time

_CAME = pa.schema(
    [
        ("kind", pa.string()),
        ("as_of", pa.timestamp("us", tz="UTC")),
        ("horizon_days", pa.int32()),
        ("person", pa.string()),
        ("claim", pa.string()),
        ("amount", pa.float64()),
    ]
)


def run(work: Work) -> None:
    """Score the forecasts whose horizon has passed; nothing is written of those that are still open."""
    due = _due(work)
    lives = _lives(work)
    came = [
        _came(lives, due, kind, made_at, days)
        for kind, made_at, days in sorted(set(zip(*(due[name].to_pylist() for name in _KEYS), strict=True)))
    ]
    rows = card(due, pa.concat_tables([_CAME.empty_table(), *came]))
    work.write("report_card", rows.select(derived.own_schema("report_card").names))


_KEYS = ("kind", "as_of", "horizon_days")


@dataclass(frozen=True, slots=True)
class _Lives:
    """What people did, and what of it forecasts speak of; asked once, since a moment and kind each ask for a part."""

    view: View
    work: Work
    bought: ibis.Table
    buys: bool  # whether anybody does; else to return is to do anything
    objects: ibis.Table


def _lives(work: Work) -> _Lives:
    view = work.view()
    bought = purchases(view, zone=work.zone)
    buys = bool(bought.limit(1).to_pyarrow().num_rows)
    return _Lives(view, work, bought, buys, of_objects(view, that_count(view)))


def _due(work: Work) -> pa.Table:
    """The forecasts of the newest moments whose horizon has passed."""
    kept = work.history("forecasts")
    if not kept.num_rows:
        return kept
    pairs = sorted(set(zip(kept["as_of"].to_pylist(), kept["horizon_days"].to_pylist(), strict=True)))
    passed = [pair for pair in pairs if pair[0] + timedelta(days=pair[1]) <= work.as_of][-NEWEST:]
    keep = np.zeros(kept.num_rows, bool)
    for made_at, days in passed:
        same = pc.and_(
            pc.equal(kept["as_of"], pa.scalar(made_at, kept.schema.field("as_of").type)),
            pc.equal(kept["horizon_days"], pa.scalar(days, pa.int32())),
        )
        keep |= same.to_numpy()
    return kept.filter(pa.array(keep))


def _came(lives: _Lives, due: pa.Table, kind: str, made_at: datetime, days: int) -> pa.Table:
    """What came of one kind after one moment, of everybody, as `predictions.report.card` reads it."""
    until = made_at + timedelta(days=days)
    if kind == "action":
        found = _first_actions(lives.view, made_at, until)
        asked = due.filter(pc.and_(pc.equal(due["kind"], kind), pc.equal(due["as_of"], pa.scalar(made_at, _MOMENT))))
        found = _folded(found, {claim for claim in asked["claim"].unique().to_pylist() if claim is not None})
    elif kind == "object":
        found = _first_objects(lives.objects, made_at, until)
    else:
        found = _bought(lives, kind, made_at, until)
    n = found.num_rows
    return pa.table(
        {
            "kind": pa.array([kind] * n, pa.string()),
            "as_of": pa.array([made_at] * n, _MOMENT),
            "horizon_days": pa.array([days] * n, pa.int32()),
            "person": found["person"].cast(pa.string()),
            "claim": found["claim"].cast(pa.string()),
            "amount": found["amount"].cast(pa.float64()),
        },
        schema=_CAME,
    )


_MOMENT = pa.timestamp("us", tz="UTC")


def _between(rows: ibis.Table, made_at: datetime, until: datetime) -> ibis.Table:
    at = rows.occurred_at
    return rows.filter((at > ibis.literal(made_at)) & (at <= ibis.literal(until)))


def _first_actions(view: View, made_at: datetime, until: datetime) -> pa.Table:
    events = acts(_between(view.events, made_at, until))
    by = ibis.window(group_by=events.person, order_by=[events.occurred_at, events.event_id])
    ranked = events.select("person", claim=events.action, place=ibis.row_number().over(by))
    return ranked.filter(ranked.place == 0).select("person", "claim", amount=ibis.literal(1.0)).to_pyarrow()


def _folded(found: pa.Table, claims: Iterable[str]) -> pa.Table:
    """Actions that were no claim of their own then count as the other ones."""
    known = pc.is_in(found["claim"], pa.array(sorted(claims), pa.string()))
    return found.set_column(1, "claim", pc.if_else(known, found["claim"].cast(pa.string()), OTHER))


def _first_objects(objects: ibis.Table, made_at: datetime, until: datetime) -> pa.Table:
    """The object, or the objects of one moment, that each turned to first, as forecasts of objects mean it."""
    both = _between(objects, made_at, until)
    first = both.occurred_at.min().over(ibis.window(group_by=both.person))
    rows = both.mutate(first=first)
    found = rows.filter(rows.occurred_at == rows["first"]).select("person", claim=rows.object).distinct()
    return found.mutate(amount=ibis.literal(1.0)).to_pyarrow()


def _bought(lives: _Lives, kind: str, made_at: datetime, until: datetime) -> pa.Table:
    """Occasions (kinds "returns" and "events") or money in the company's currency ("value") of each person."""
    work = lives.work
    bought = _between(lives.bought if lives.buys else lives.view.events, made_at, until)
    if kind == "value":
        bought = bought.filter(bought.currency.isnull() | (bought.currency == work.currency))
        counted = bought.group_by("person").agg(amount=ibis.coalesce(bought.value.sum(), 0.0))
    elif kind == "events":
        times = bought.count() if lives.buys else local_day(bought.occurred_at, (made_at, until), work.zone).nunique()
        counted = bought.group_by("person").agg(amount=times.cast("float64"))
    else:
        counted = bought.select("person").distinct().mutate(amount=ibis.literal(1.0))
    return counted.select("person", claim=ibis.null("string"), amount=counted.amount).to_pyarrow()


STAGE = Stage("report", run, ("report_card",), after=("actions", "worth", "objects"))
