"""The stage worth: who comes back, how often, what it brings; each forecast kept beside the plain guess to be scored.

Where nobody buys, an occasion is a day with anything at all: `returns` then says whether people come back, and there
is no value. Nor is there where no purchase says what was paid: that is unknown, not 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.alone import OwnEvent
from kundskab.consent.view import View
from kundskab.lake import derived
from kundskab.metrics.periods import local_day
from kundskab.metrics.purchases import Buying, buying, purchases
from kundskab.metrics.purchases_of_one import day_of as local_day_of
from kundskab.metrics.purchases_of_one import purchases_of_one
from kundskab.pipeline.refresh.work import Stage, TooLittle, Work
from kundskab.predictions import foretelling, returns
from kundskab.predictions.foretelling import Seen, Told, Tried
from kundskab.predictions.kept import Kept, from_bytes, to_bytes

MODEL = "worth"
KINDS = ("returns", "events", "value")
KEPT_FORECASTS = 50_000  # persons whose forecasts are kept to be scored
_EPOCH = date(1970, 1, 1)


def run(work: Work) -> None:
    """Write worth, the forecasts of returns, events and value, the contests behind them, and the models' state."""
    rng = work.rng()
    until = day_of(work.as_of, work.zone)
    rows, is_buying = occasions_of(work.view(), work)
    if not rows.num_rows:
        raise TooLittle("Nothing has happened yet, so nothing can be foretold.")
    people, units, seen = coded(rows)
    del rows  # of millions, each copy counts
    work.progress(0.2)
    kept, tried = foretelling.learn(
        seen, until=until, days=work.horizon_days, rng=rng, is_buying=is_buying, units=units
    )
    work.progress(0.7)
    told = foretelling.tell(kept, seen, until, rng=rng)
    del seen
    table = worth_table(told, people, units, kept)
    del told
    work.write("worth", table)
    work.write_kinds("forecasts", _forecasts(table, work.currency, rng), *KINDS)
    work.write_kinds("contests", contests_table(tuple(each for each in tried if units or each.kind != "value")), *KINDS)
    if is_buying:  # one person is told by the actions that count for everybody
        counts = buying(work.view())
        kept = replace(kept, actions=(counts.bought, counts.as_good_as, counts.undone))
    work.keep(MODEL, to_bytes(kept))


def of_one(work_state: bytes, view: View, person: str, *, as_of: datetime, zone: ZoneInfo, currency: str) -> pa.Table:
    """The row of worth of one person, made anew from her events in this view and what the refresh kept; no refit.

    No rows when she has no occasion.
    """
    return told_of_one(from_bytes(work_state), view, person, as_of=as_of, zone=zone, currency=currency)


def told_of_one(kept: Kept, view: View, person: str, *, as_of: datetime, zone: ZoneInfo, currency: str) -> pa.Table:
    """The same by models that were read already."""
    rows = _own(view.events_of(person), kept, person, zone, currency)
    people, _, seen = coded(rows, kept.units)
    told = foretelling.tell(kept, seen, day_of(as_of, zone), rng=np.random.default_rng(0))
    return worth_table(told, people, dict(kept.units), kept)


def worth_table(told: Told, people: pa.Table, units: dict[str, float], kept: Kept) -> pa.Table:
    """Rows of the table worth.  people: person and currency of each code; no value in one that is not in `units`."""
    of = people.take(pa.array(told.people.persons.astype(np.int64)))
    codes = of["currency"].combine_chunks().dictionary_encode()
    rates = np.array([units.get(code, np.nan) for code in codes.dictionary.to_pylist()])
    money = rates[codes.indices.to_numpy(zero_copy_only=False)] if len(codes) else np.ones(0)
    buys = kept.is_buying

    def valued(each: Any) -> pa.Array:
        return pa.array(each * money, mask=np.isnan(money) if buys else np.ones(len(money), dtype=bool))

    return pa.table(
        {
            "person": of["person"],
            "returns_probability": told.returns,
            "returns_low": told.returns_low,
            "returns_high": told.returns_high,
            "events_expected": told.events,
            "events_low": told.events_low,
            "events_high": told.events_high,
            "value_expected": valued(told.value),
            "low": valued(told.value_low),
            "high": valued(told.value_high),
            "alive": told.alive,
            "currency": of["currency"] if buys else pa.nulls(len(money), pa.string()),
            "horizon_days": pa.array(np.full(len(money), kept.returns.days), pa.int32()),
            "reasons": foretelling.reasons(told.people, is_buying=buys),
            # not in the table, but for the forecasts: the plain guesses
            "returns_plain": told.returns_plain,
            "events_plain": told.events_plain,
            "value_plain": valued(told.value_plain),
        }
    )


def contests_table(tried: tuple[Tried, ...]) -> pa.Table:
    """Rows of the table contests, the plain guess first."""
    rows = [
        {
            "kind": each.kind,
            "model": entry.model,
            "log_loss": entry.log_loss,
            "low": entry.low,
            "high": entry.high,
            "ece": entry.ece,
            "n": entry.n,
            "chosen": entry.chosen,
            "is_baseline": entry.model == each.baseline,
            "words": _words(each, entry.model, chosen=entry.chosen),
        }
        for each in tried
        for entry in each.entries
    ]
    return pa.Table.from_pylist(rows, derived.own_schema("contests"))


def _words(tried: Tried, model: str, *, chosen: bool) -> str:
    plain = (returns.WORDS | foretelling.WORDS).get(model, model)
    return f"{plain}. {foretelling.beaten(tried)}" if chosen else f"{plain}."


def _forecasts(table: pa.Table, currency: str, rng: np.random.Generator) -> pa.Table:
    """kind by kind, of a sample of people: forecast, plain guess, interval."""
    n = table.num_rows
    some = np.sort(rng.permutation(n)[:KEPT_FORECASTS])
    table = table.take(pa.array(some))
    kinds = {
        "returns": ("returns_probability", "returns_plain", "returns_low", "returns_high"),
        "events": ("events_expected", "events_plain", "events_low", "events_high"),
        "value": ("value_expected", "value_plain", "low", "high"),
    }
    parts = []
    for kind, (forecast, plain, low, high) in kinds.items():
        # Money of other currencies cannot be held against the company's own.
        rows = table.filter(pc.equal(table["currency"], currency)) if kind == "value" else table
        rows = rows.filter(pc.is_valid(rows[forecast]))
        parts.append(
            pa.table(
                {
                    "person": rows["person"],
                    "kind": pa.repeat(kind, rows.num_rows),
                    "claim": pa.nulls(rows.num_rows, pa.string()),
                    "forecast": rows[forecast],
                    "baseline": rows[plain],
                    "low": rows[low],
                    "high": rows[high],
                    "horizon_days": rows["horizon_days"],
                }
            )
        )
    return pa.concat_tables(parts)


def occasions_of(view: View, work: Work) -> tuple[pa.Table, bool]:
    """One row per occasion: person, day (since 1970), value, currency; and whether it is one of buying."""
    bought = _bought(view, work.zone, work.currency)
    if bought.num_rows:
        return bought, True
    return _days(view.events, work.zone), False


def _own(events: Sequence[OwnEvent], kept: Kept, person: str, zone: ZoneInfo, currency: str) -> pa.Table:
    """The same of one person."""
    if kept.is_buying:
        found = None
        if kept.actions:
            bought_by, as_good_as, undone = kept.actions
            found = Buying(bought_by, as_good_as, undone)
        bought = purchases_of_one(events, zone=zone, found=found)
        days = [each.day for each in bought]
        value = [each.value or 0.0 for each in bought]
        money = [each.currency or currency for each in bought]
    else:
        days = sorted({local_day_of(event.occurred_at, zone) for event in events})
        value, money = [0.0] * len(days), [""] * len(days)
    return pa.table(
        {
            "person": pa.array([person] * len(days), pa.string()),
            "day": pa.array(days, pa.int64()),
            "value": pa.array(value, pa.float64()),
            "currency": pa.array(money, pa.string()),
        }
    )


def _bought(view: View, zone: ZoneInfo, currency: str) -> pa.Table:
    found = purchases(view, zone=zone)
    return found.select(
        "person",
        day=found.day.epoch_seconds() // 86_400,
        value=ibis.coalesce(found.value, 0.0),
        currency=ibis.coalesce(found.currency, currency),
    ).to_pyarrow()


def _days(events: ibis.Table, zone: ZoneInfo) -> pa.Table:
    [span] = events.agg(first=events.occurred_at.min(), last=events.occurred_at.max()).to_pyarrow().to_pylist()
    if span["first"] is None:
        return pa.table({"person": pa.nulls(0, pa.string()), "day": [], "value": [], "currency": []})
    rows = events.select("person", day=local_day(events.occurred_at, (span["first"], span["last"]), zone))
    return rows.distinct().mutate(value=ibis.literal(0.0), currency=ibis.literal("")).to_pyarrow()


def coded(rows: pa.Table, units: Any = None) -> tuple[pa.Table, dict[str, float], Seen]:
    """People as numbers, their money in units of what a day of buying brings in their currency on average.

    A currency in which nothing was ever paid has no unit.
    Of who buys in two currencies the one in which they bought most often is told.
    """
    coded = rows["person"].combine_chunks().dictionary_encode()
    code = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    money = rows["currency"].combine_chunks().cast(pa.string()).dictionary_encode()
    kind = money.indices.to_numpy(zero_copy_only=False)
    value = rows["value"].to_numpy().astype(np.float64)
    day = rows["day"].to_numpy().astype(np.int64)
    names = money.dictionary.to_pylist()
    found = (
        dict(units)
        if units is not None
        else {name: float(np.maximum(value[kind == n], 0).mean()) for n, name in enumerate(names)}
    )
    found = {name: mean for name, mean in found.items() if mean > 0}
    scale = np.array([found.get(name, 1.0) for name in names]) if names else np.ones(0)
    seen = foretelling.daily(code, day, value / scale[kind] if len(value) else value)
    often = np.zeros((len(coded.dictionary), max(len(names), 1)))
    np.add.at(often, (code, kind), 1)
    own = [names[n] for n in often.argmax(axis=1)] if names else []
    people = pa.table({"person": coded.dictionary, "currency": pa.array(own, pa.string())})
    return people, found, seen


def day_of(moment: datetime, zone: ZoneInfo) -> int:
    """The day that a moment falls in, since 1970. What happened of it so far is known; it counts as over."""
    return (moment.astimezone(zone).date() - _EPOCH).days


STAGE = Stage("worth", run, ("worth", "forecasts", "contests"), kinds=KINDS, models=(MODEL,))
