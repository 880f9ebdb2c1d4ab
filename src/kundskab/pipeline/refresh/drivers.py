"""What matters, and each person's and segment's one thing."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kundskab.drivers import Deeds, Finding, findings, read, trials
from kundskab.drivers.telling import words
from kundskab.events.said import did
from kundskab.lake import derived
from kundskab.pipeline.refresh.work import Stage, TooLittle, Work
from kundskab.profiles.days import everybodys_days
from kundskab.profiles.standouts import standouts
from kundskab.profiles.yardstick import measured

_DID = {"category": "were with", "channel": "used the channel"}
_SEEN_ENOUGH = 0.02  # of what a segment does: a rarer behaviour is nobody's one thing


def run(work: Work) -> None:
    """Write one_thing, drivers and driver_people. Raises TooLittle where no outcome can be asked about."""
    work.write("one_thing", _one_thing(work))
    work.progress(0.2)
    deeds = read(work.view(), zone=work.zone, currency=work.currency)
    rng, found = work.rng(), list[Finding]()
    asked = trials(deeds, work.horizon_days, rng=rng) if deeds is not None else ()
    for number, outcome in enumerate(asked, start=1):
        found += findings(outcome, rng=rng)
        work.progress(min(0.95, 0.2 + 0.15 * number))
    if not found:
        raise TooLittle("Too few people, or too short a time, to ask what goes with coming back or buying.")
    work.write("drivers", _drivers(found, work.currency))
    work.write("driver_people", _people(found, deeds))


def _drivers(found: list[Finding], currency: str) -> pa.Table:
    rows = [
        {
            "outcome": one.outcome, "behaviour": one.behaviour, "question": one.question,
            "with_share": one.beside.with_share, "without_share": one.beside.without_share,
            "with_low": one.beside.with_low, "with_high": one.beside.with_high,
            "without_low": one.beside.without_low, "without_high": one.beside.without_high,
            "n_with": one.beside.n_with, "n_without": one.beside.n_without, "effect": one.beside.effect,
            "low": one.beside.low, "high": one.beside.high, "p": one.p, "q": one.q, "eras": one.eras,
            "eras_agreeing": one.eras_agreeing, "found": one.found, "obvious": float(one.obvious),
            "words": words(one, currency), "did": one.did, "came": one.came, "unit": one.unit,
            "is_share": one.is_share, "chance": one.chance, "candidates": one.candidates,
            "confirmed": one.confirmed, "currency": currency, "story": one.story,
        }
        for one in found
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=derived.own_schema("drivers"))


def _people(found: list[Finding], deeds: Deeds | None) -> pa.Table:
    rows = [
        {"person": deeds.persons[code], "outcome": one.outcome, "behaviour": one.behaviour}
        for one in found
        for code in one.who
        if deeds is not None
    ]
    return pa.Table.from_pylist(rows, schema=derived.own_schema("driver_people"))


def _one_thing(work: Work) -> pa.Table:
    """People by their days beside people as active; segments by how much more of a behaviour they hold."""
    everybody = everybodys_days(work.view(), zone=work.zone.key)
    people = standouts(everybody, measured(everybody))
    said = [
        f"{_did(row['kind'], row['behaviour'])} on {row['value']:.0f} days, "
        f"where people as active do on about {row['usual']:.1f}: "
        f"{row['times']:.1f} times as often (between {row['low']:.1f} and {row['high']:.1f})"
        for row in people.to_pylist()
    ]
    nobody = pa.nulls(people.num_rows, pa.string())
    people = people.append_column("segment", nobody).append_column("words", pa.array(said, pa.string()))
    schema = derived.own_schema("one_thing")
    segments = pa.Table.from_pylist(_of_segments(work.current("profiles")), schema=schema)
    return pa.concat_tables([people.select(schema.names).cast(schema), segments])


def _did(kind: str, behaviour: str) -> str:
    return did(behaviour) if kind == "action" else f"{_DID[kind]} “{behaviour}”"


def _of_segments(profiles: pa.Table) -> list[dict[str, object]]:
    if not profiles.num_rows:
        return []
    common = profiles.filter(pc.greater_equal(profiles["share"], _SEEN_ENOUGH))
    best: dict[str, dict[str, object]] = {}
    for row in sorted(common.to_pylist(), key=_unusual):
        best.setdefault(row["segment"], row)
    return [
        {
            "person": None, "segment": row["segment"], "behaviour": row["behaviour"], "value": row["share"],
            "usual": float(str(row["share"])) / float(str(row["lift"])), "times": row["lift"],
            "low": None, "high": None,
            "words": f"“{row['behaviour']}” is {float(str(row['lift'])):.1f} times as much of what they do as of what "
            "everybody does",
        }
        for row in best.values()
        if float(str(row["lift"] or 0)) > 1
    ]  # fmt: skip


def _unusual(row: dict[str, Any]) -> tuple[float, float, str]:
    """What is most unusual first, of that the commonest, then by name, so that the order of rows decides nothing."""
    return -float(row["lift"] or 0), -float(row["share"]), str(row["behaviour"])


STAGE = Stage("drivers", run, ("one_thing", "drivers", "driver_people"), after=("segments",))
