"""The stage undervalued: people, and groups by what they do and buy, worth more in future than their spending says.

The months looked ahead are a quarter of what is known, at least 28 days and at most 180: so that what was foretold one
horizon ago, from what was learnt the horizon before that, can be held against what came.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.derived import NotComputed
from kundskab.consent.view import View
from kundskab.events.said import did as spoken
from kundskab.lake import derived
from kundskab.metrics.given import MEASURES
from kundskab.metrics.given import given as given_today
from kundskab.metrics.periods import local_day
from kundskab.metrics.purchases import buying
from kundskab.pipeline.refresh.work import Stage, TooLittle, Work
from kundskab.pipeline.refresh.worth import coded, day_of, occasions_of
from kundskab.predictions import foretelling, given, undervalued
from kundskab.predictions.undervalued import Doing, Finds, Group, Moment

SHORTEST, LONGEST = 28, 180  # days looked ahead
BEHAVIOURS = 40  # actions, the commonest by people
GROUPS = 60  # of each kind
MOST = 50_000  # people told
EVERYBODY = "undervalued"  # the group of all who are found
_SOME = 0.05  # a smaller degree of belonging to a segment is left out


def run(work: Work) -> None:
    """Write undervalued, undervalued_groups and undervalued_given; none where earlier finds came to nothing."""
    rows, is_buying = occasions_of(work.view(), work)
    if not is_buying:
        raise TooLittle("Nobody has bought anything yet, so nobody can be worth more than they spend.")
    people, units, seen = coded(rows)
    if not units:
        raise TooLittle("No purchase says what was paid, so nobody can be worth more than they spend.")
    until = day_of(work.as_of, work.zone)
    days = int(np.clip((until - int(seen.bought.day.min())) // 4, SHORTEST, LONGEST))
    view = work.view()
    did = _did(view, work, until, days)
    persons, codes, here_since = _everybody(people, did)
    if (known := until - int(here_since.min())) < 2 * days:
        raise TooLittle(
            f"Who is undervalued is learnt from what came of earlier forecasts; that takes {2 * days} days of history, "
            f"and there are {known}."
        )
    bought = foretelling.daily(codes[seen.bought.person], seen.bought.day, seen.bought.value).bought
    work.progress(0.3)
    names = _behaviours(did, set(str(buying(view)).split(", ")))
    moments: list[Moment] = []
    for back in (2, 1, 0):
        doing = Doing(names, _counts(did, persons, names, back))
        moments.append(undervalued.moment(bought, doing, here_since, until - back * days, days))
    n = len(persons)
    reals = [undervalued.brought(bought, n, until - back * days, until - (back - 1) * days) for back in (2, 1)]
    work.progress(0.7)
    finds = undervalued.find((moments[0], moments[1], moments[2]), (reals[0], reals[1]), len(names))
    mostly = _mostly(work.current("memberships"))
    own = dict(zip(people["person"].to_pylist(), people["currency"].to_pylist(), strict=True))
    today = _today(work, persons, until, days)
    rows = _rows(finds, persons, names, mostly, own, units, work.currency)
    work.write("undervalued", _with_meetings(rows, finds, today.get("meetings")))
    belongs = _groups(view, work, did, persons, names, until - days, days)
    belongs["segment"], degrees = _segments_of(work, days, persons)
    active = _active(did, persons, 1)
    told = [
        group
        for kind, groups in belongs.items()
        for group in undervalued.groups(
            kind, groups, moments[1], reals[1], active, rng=work.rng(), weights=degrees if kind == "segment" else None
        )
    ]
    told = undervalued.surely(told)
    # Of people it is said that they are worth more than others who spent as much, however much those did.
    everybody, anything = {EVERYBODY: finds.earlier}, np.zeros(n)
    since = undervalued.groups("people", everybody, moments[1], reals[1], anything, rng=work.rng())
    work.write("undervalued_groups", _group_rows([*told, *since], units.get(work.currency, 1.0)))
    work.progress(0.9)
    asked = {"people": {EVERYBODY: np.flatnonzero(finds.found)}}
    for group in told:
        asked.setdefault(group.kind, {})[group.name] = belongs[group.kind][group.name]
    work.write("undervalued_given", _given(today, asked, degrees, finds.expected, work.rng()))


def _today(work: Work, persons: pa.Array, until: int, days: int) -> dict[str, Any]:
    """Of each measure that enough people have: what each person, by code, was given in the latest `days`."""
    human = work.home.settings.choices.human_channels
    got = given_today(work.view(), since=until - days, until=until, zone=work.zone, human=human, currency=work.currency)
    today: dict[str, Any] = {}
    for measure in MEASURES:
        mine = got.filter(pc.equal(got["measure"], measure))
        code = pc.index_in(mine["person"].cast(pa.string()), persons)
        mine, code = mine.filter(pc.is_valid(code)), code.filter(pc.is_valid(code)).to_numpy().astype(np.int64)
        if len(code) < undervalued.FEWEST:
            continue
        # Who did not ask did not wait; who was given nothing was given nothing.
        amount = np.full(len(persons), np.nan if measure == "waiting" else 0.0)
        amount[code] = mine["amount"].to_numpy()
        today[measure] = amount
    return today


def _given(
    today: dict[str, Any], asked: dict[str, dict[str, Any]], degrees: dict[str, Any], expected: Any,
    rng: np.random.Generator,
) -> pa.Table:  # fmt: skip
    """What those found are given today, beside others of whom as much is expected."""
    rows: list[dict[str, Any]] = []
    for measure, amount in today.items():
        for kind, groups in asked.items():
            of = degrees if kind == "segment" else None
            told = given.given(measure, groups, amount, expected, rng=rng, degrees=of)
            rows += [{"kind": kind} | asdict(one) for one in told]
    return pa.Table.from_pylist(rows, derived.own_schema("undervalued_given"))


def _with_meetings(rows: pa.Table, finds: Finds, met: Any) -> pa.Table:
    """On how many days one of us met each who is told, and people of whom as much is expected; null where nobody is
    met."""
    told = undervalued.told(finds)[: rows.num_rows]
    columns: dict[str, Any] = {"met": pa.nulls(len(told), pa.float64()), "met_usual": pa.nulls(len(told), pa.float64())}
    if met is not None:
        here = ~np.isnan(finds.expected)
        usual = np.zeros(len(met))
        usual[here] = undervalued.usual_of(finds.expected[here], met[here])
        columns = {"met": pa.array(met[told]), "met_usual": pa.array(usual[told])}
    for name, column in columns.items():
        rows = rows.append_column(name, column)
    return rows


def _did(view: View, work: Work, until: int, days: int) -> pa.Table:
    """Of each person, action and period (0 the latest `days`, then 1, 2; 3 all before): n and the first day."""
    events = view.events
    [span] = events.agg(first=events.occurred_at.min(), last=events.occurred_at.max()).to_pyarrow().to_pylist()
    day = local_day(events.occurred_at, (span["first"], span["last"]), work.zone)
    rows = events.select("person", "action", day=day)
    period = ibis.least(ibis.greatest((until - rows.day) // days, 0), 3)
    return rows.group_by("person", "action", period=period).agg(n=rows.count(), first=rows.day.min()).to_pyarrow()


def _everybody(people: pa.Table, did: pa.Table) -> tuple[pa.Array, Any, Any]:
    """Everybody's token (its place is the code), the code of each buyer, and the day of each one's first event."""
    firsts = did.group_by("person").aggregate([("first", "min")]).sort_by("person")
    persons = firsts["person"].combine_chunks().cast(pa.string())
    codes = pc.index_in(people["person"].cast(pa.string()), persons).to_numpy().astype(np.int64)
    return persons, codes, firsts["first_min"].to_numpy().astype(np.int64)


def _behaviours(did: pa.Table, purchases: set[str]) -> tuple[str, ...]:
    counts = did.group_by("action").aggregate([("person", "count_distinct")]).to_pylist()
    ranked = sorted(counts, key=lambda row: (-row["person_count_distinct"], row["action"]))
    names = [row["action"] for row in ranked if row["action"] and row["action"] not in purchases]
    return tuple(names[:BEHAVIOURS])


def _counts(did: pa.Table, persons: pa.Array, names: tuple[str, ...], back: int) -> Any:
    """Shape (persons, behaviours): how often each did what in the period."""
    some = did.filter(pc.equal(did["period"], back))
    column = pc.index_in(some["action"].cast(pa.string()), pa.array(names, pa.string()))
    some, column = some.filter(pc.is_valid(column)), column.filter(pc.is_valid(column))
    counts = np.zeros((len(persons), len(names)))
    row = pc.index_in(some["person"].cast(pa.string()), persons).to_numpy().astype(np.int64)
    counts[row, column.to_numpy().astype(np.int64)] = some["n"].to_numpy()
    return counts


def _groups(
    view: View, work: Work, did: pa.Table, persons: pa.Array, names: tuple[str, ...], day: int, days: int
) -> dict[str, dict[str, Any]]:
    """kind -> group -> codes of those who belonged to it in the `days` before `day`."""
    some = did.filter(pc.equal(did["period"], 1))
    found = {"action": _members(some.select(["person", "action"]).rename_columns(["person", "group"]), persons)}
    found["action"] = {name: codes for name, codes in found["action"].items() if name in names}
    events, items = view.events, view.items
    for kind in ("object", "category"):
        both = ibis.union(
            events.select("person", "occurred_at", group=events[kind]),
            items.select("person", "occurred_at", group=items[kind]),
        )
        [span] = events.agg(first=events.occurred_at.min(), last=events.occurred_at.max()).to_pyarrow().to_pylist()
        at = local_day(both.occurred_at, (span["first"], span["last"]), work.zone)
        rows = both.filter((at > day - days) & (at <= day) & both.group.notnull()).select("person", "group").distinct()
        by_size = rows.group_by("group").agg(n=rows.count()).order_by(ibis.desc("n"), "group").limit(GROUPS)
        found[kind] = _members(rows.semi_join(by_size, "group").to_pyarrow(), persons)
    return found


def _active(did: pa.Table, persons: pa.Array, back: int) -> Any:
    """How many events each had in the period."""
    some = did.filter(pc.equal(did["period"], back))
    row = pc.index_in(some["person"].cast(pa.string()), persons).to_numpy().astype(np.int64)
    return np.bincount(row, weights=some["n"].to_numpy(), minlength=len(persons))


def _segments_of(work: Work, days: int, persons: pa.Array) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of each living segment the codes of who belonged to it `days` ago, and to which degree, as it was told then.

    Not as it is told now, since that knows what they did meanwhile; none where no refresh looked at so early a day.
    """
    try:
        kept = work.view().derived("memberships", history=True)
    except NotComputed:
        return {}, {}
    then = work.as_of - timedelta(days=days)
    newest = kept.filter(kept.as_of <= ibis.literal(then)).as_of.max().to_pyarrow().as_py()
    if newest is None or newest < then - timedelta(days=days):
        return {}, {}
    living = work.current("segments")
    living = living.filter(pc.equal(living["status"], "living"))["segment"].to_pylist()
    rows = kept.filter(kept.as_of == ibis.literal(newest), kept.segment.isin(living), kept.weight > _SOME)
    told = rows.select("person", "segment", "weight").to_pyarrow()
    code = pc.index_in(told["person"].cast(pa.string()), persons)
    told, code = told.filter(pc.is_valid(code)), code.filter(pc.is_valid(code)).to_numpy().astype(np.int64)
    own, weight = np.array(told["segment"].to_pylist(), dtype=object), told["weight"].to_numpy()
    names = sorted(set(own.tolist()))
    return {name: code[own == name] for name in names}, {name: weight[own == name] for name in names}


def _mostly(memberships: pa.Table) -> dict[str, str]:
    """person -> the segment to which they belong most, of those of whom enough is known to say."""
    rows = memberships.filter(memberships["sure"]).sort_by("weight")
    return dict(zip(rows["person"].to_pylist(), rows["segment"].to_pylist(), strict=True))  # the last one stays


def _members(rows: pa.Table, persons: pa.Array) -> dict[str, Any]:
    codes = pc.index_in(rows["person"].cast(pa.string()), persons).to_numpy().astype(np.int64)
    coded_groups = rows["group"].combine_chunks().cast(pa.string()).dictionary_encode()
    own = coded_groups.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(own, kind="stable")
    edges = np.searchsorted(own[order], np.arange(len(coded_groups.dictionary) + 1))
    return {
        name: np.unique(codes[order[edges[n] : edges[n + 1]]])
        for n, name in enumerate(coded_groups.dictionary.to_pylist())
    }


def _rows(
    finds: Finds, persons: pa.Array, names: tuple[str, ...], mostly: dict[str, str], own: dict[str, str],
    units: dict[str, float], currency: str,
) -> pa.Table:  # fmt: skip
    """Rows of the table undervalued: who is found, the surest first."""
    found = undervalued.told(finds)[:MOST]
    tokens = persons.take(pa.array(found)).to_pylist()
    paid = [own.get(token, currency) for token in tokens]
    money = np.array([units.get(code, 1.0) for code in paid])
    why = undervalued.why(finds.push[found], tuple(spoken(name) for name in names))
    return pa.table(
        {
            "person": pa.array(tokens, pa.string()),
            "segment": pa.array([mostly.get(token) for token in tokens], pa.string()),
            "present": finds.present[found] * money,
            "expected": finds.expected[found] * money,
            "usual": finds.usual[found] * money,
            "ratio": finds.ratio[found],
            "low": finds.low[found],
            "high": finds.high[found],
            "why": pa.array([what or "comes more often than equals" for what in why], pa.string()),
            "currency": pa.array(paid, pa.string()),
        }
    )


def _group_rows(told: list[Group], unit: float) -> pa.Table:
    rows = [
        {
            "kind": group.kind,
            "group": group.name,
            "persons": group.persons,
            "present": group.present * unit,
            "expected": group.expected * unit,
            "ratio": group.ratio,
            "low": group.low,
            "high": group.high,
        }
        for group in told
    ]
    return pa.Table.from_pylist(rows, derived.own_schema("undervalued_groups"))


STAGE = Stage(
    "undervalued", run, ("undervalued", "undervalued_groups", "undervalued_given"), after=("segments", "worth")
)
