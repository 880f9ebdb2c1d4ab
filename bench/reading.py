"""Reading: one person's timeline, and what the view costs over the bare table, in the biggest lake."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa

from bench import apart, machine
from bench.importing import lake_of
from bench.report import Section, number, of_ratios, percentile
from bench.world import World
from kundskab.consent.permitted import Standing
from kundskab.consent.view import View, open_view
from kundskab.lake.engine import connect
from kundskab.lake.reader import attach, pin
from kundskab.pipeline.home import Home
from kundskab.pipeline.worker import tidy

ROUNDS = 7
PEOPLE = 25  # timelines read
PURPOSE = "analytics"

# What is asked of bare files in SQL and of the view in Ibis; both bring their answer out as Arrow.
QUERIES: dict[str, tuple[str, Callable[[ibis.Table], ibis.Table]]] = {
    "events by action": (
        "SELECT action, count(*) AS n FROM lake_events GROUP BY action",
        lambda events: events.group_by("action").agg(n=events.count()),
    ),
    "distinct persons": (
        "SELECT count(DISTINCT actor) AS n FROM lake_events",
        lambda events: events.agg(n=events.person.nunique()),
    ),
    "events and money by person": (
        "SELECT actor, count(*) AS n, sum(value) AS value FROM lake_events GROUP BY actor",
        lambda events: events.group_by("person").agg(n=events.count(), value=events.value.sum()),
    ),
    "buyers by month": (
        "SELECT date_trunc('month', occurred_at) AS month, count(DISTINCT actor) AS n FROM lake_events "
        "WHERE action = 'purchase' GROUP BY month",
        lambda events: (
            events.filter(events.action == "purchase")
            .group_by(month=events.occurred_at.truncate("M"))
            .agg(n=lambda bought: bought.person.nunique())
        ),
    ),
}


def measure(world: World) -> list[Section]:
    """Timeline cold and warm; overhead of the view under several standings."""
    home, _ = lake_of(world, world.events)
    tidied = apart.call("bench.reading:tidy_home", home=str(home))
    lines = apart.call("bench.reading:timelines", home=str(home))
    costs = apart.call("bench.reading:overheads", home=str(home), rounds=2 if world.quick else ROUNDS)
    return [_timeline_section(world, lines, tidied), _overhead_section(world, costs)]


def tidy_home(home: str) -> int:
    """In a process of its own: what the worker does every minute; the number of files afterwards."""
    with Home.open(Path(home)) as opened:
        tidy(opened)
        return len(pin(opened.lake).files)


def timelines(home: str) -> dict[str, list[float]]:
    """In a process of its own: seconds per timeline, bare and through the view, warm and cold."""
    found: dict[str, list[float]] = {"bare warm": [], "view warm": [], "bare cold": [], "view cold": [], "open": []}
    with Home.open(Path(home)) as opened:
        files = pin(opened.lake).files
        standing = _declared(opened)
        persons = _some_actors(files, opened.temp)
        view = open_view(opened.lake, standing, PURPOSE, temp=opened.temp)
        bare = _bare(files, opened.temp)
        for person in persons:
            found["bare warm"].append(_seconds(lambda: _bare_timeline(bare, person)))  # noqa: B023
            found["view warm"].append(_seconds(lambda: _view_timeline(view, person)))  # noqa: B023
        for person in persons[:8]:
            _evict(files)
            found["bare cold"].append(_seconds(lambda: _bare_timeline(_bare(files, opened.temp), person)))  # noqa: B023
            _evict(files)
            started = time.perf_counter()
            view = open_view(opened.lake, standing, PURPOSE, temp=opened.temp)
            found["open"].append(time.perf_counter() - started)
            _view_timeline(view, person)
            found["view cold"].append(time.perf_counter() - started)
    return found


def overheads(home: str, rounds: int) -> dict[str, Any]:
    """In a process of its own: standing -> query -> [(bare seconds, view seconds)]."""
    with Home.open(Path(home)) as opened:
        files = pin(opened.lake).files
        bare = _bare(files, opened.temp)
        actors = bare.sql("SELECT DISTINCT actor FROM lake_events ORDER BY actor").to_arrow_table()["actor"]
        return {
            name: _overhead(bare, open_view(opened.lake, standing, PURPOSE, temp=opened.temp), rounds)
            for name, standing in _standings(opened, actors.combine_chunks()).items()
        }


def _overhead(bare: duckdb.DuckDBPyConnection, view: View, rounds: int) -> dict[str, list[tuple[float, float]]]:
    pairs: dict[str, list[tuple[float, float]]] = {name: [] for name in QUERIES}
    for _ in range(rounds):
        for name, (sql, asked) in QUERIES.items():
            without = _seconds(lambda: bare.sql(sql).to_arrow_table())  # noqa: B023
            with_view = _seconds(lambda: asked(view.events).to_pyarrow())  # noqa: B023
            pairs[name].append((without, with_view))
    return {name: found[1:] if rounds > 2 else found for name, found in pairs.items()}  # the first warms up


@dataclass(frozen=True, slots=True)
class _Permission:
    id: int
    purposes: dict[str, str]


def _standings(home: Home, actors: pa.Array) -> dict[str, Standing]:
    """Three states of one workspace: nobody said anything; one in a hundred objects; all were asked."""
    declared = _declared(home)
    bit = 1 << declared.bits[PURPOSE]
    rng = np.random.default_rng(7)
    few = rng.random(len(actors)) < 0.01
    objecting = _people(actors.filter(pa.array(few)), rng, granted=0, denied=bit, joined=0.0)
    asked = tuple(_Permission(p.id, dict.fromkeys(p.purposes, "consent")) for p in declared.permissions)
    consenting = _people(actors, rng, granted=bit, denied=0, joined=0.1)
    return {
        "an import, nobody objects (empty map)": declared,
        "an import, 1 % object": _with(declared, objecting, declared.permissions),
        "consent asked of everybody, 10 % of actors joined": _with(declared, consenting, asked),
    }


def _people(actors: pa.Array, rng: np.random.Generator, *, granted: int, denied: int, joined: float) -> pa.Table:
    """A map row for each actor; this share of them belongs to the person of their neighbour."""
    own = np.asarray(actors.to_pylist(), dtype=object)
    person = np.where(rng.random(len(own)) < joined, np.roll(own, 1), own)
    size = len(own)
    columns = {
        "actor": actors,
        "person": pa.array(person, pa.string()),
        "granted": pa.array(np.full(size, granted), pa.int64()),
        "denied": pa.array(np.full(size, denied), pa.int64()),
    }
    return pa.table(columns)


def _with(standing: Standing, people: pa.Table, permissions: tuple[Any, ...]) -> Standing:
    return Standing(people, permissions, standing.bits, standing.ledger_seq, standing.links_seq)


def _declared(home: Home) -> Standing:
    with home.vault.reading() as tx:
        permissions = tuple(home.vault.permissions(tx))
        bits = {purpose.name: purpose.bit for purpose in home.vault.purposes(tx)}
        return Standing(home.vault.read_map(tx=tx), permissions, bits, 0, 0)


def _bare(files: tuple[Path, ...], temp: Path) -> duckdb.DuckDBPyConnection:
    connection = connect(temp)
    attach(connection, "lake_events", files)
    return connection


def _bare_timeline(bare: duckdb.DuckDBPyConnection, person: str) -> pa.Table:
    return bare.sql(f"SELECT * FROM lake_events WHERE actor = '{person}' ORDER BY occurred_at").to_arrow_table()


def _view_timeline(view: View, person: str) -> pa.Table:
    rows = view.of_person(person).order_by("occurred_at").to_pyarrow()
    assert rows.num_rows
    return rows


def _some_actors(files: tuple[Path, ...], temp: Path) -> list[str]:
    found = _bare(files, temp).sql(f"SELECT DISTINCT actor FROM lake_events USING SAMPLE {PEOPLE * 20} ROWS").fetchall()
    return sorted(row[0] for row in found)[: PEOPLE * 20 : 20][:PEOPLE]


def _evict(files: tuple[Path, ...]) -> None:
    """Ask the kernel to forget these files, so that the next read comes from the disk."""
    for path in files:
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def _seconds(deed: Callable[[], object]) -> float:
    started = time.perf_counter()
    deed()
    return time.perf_counter() - started


def _timeline_section(world: World, lines: apart.Outcome, tidied: apart.Outcome) -> Section:
    rows = []
    for what in ("warm", "cold"):
        bare, view = lines.value[f"bare {what}"], lines.value[f"view {what}"]
        rows.append((what, *_milliseconds(bare), *_milliseconds(view), of_ratios([median(view)], [median(bare)])))
    columns = ("", "bare p50 ms", "bare p95 ms", "view p50 ms", "view p95 ms", "view / bare")
    notes = [
        f"{world.events:,} events in {tidied.value} files (compaction before it: {number(tidied.seconds)} s, peak "
        f"{number(tidied.peak_mb)} MB); bare: the same SELECT by DuckDB on the same files; cold: the files put out of "
        f"the page cache and a new connection, for the view with its opening "
        f"({number(median(lines.value['open']) * 1000)} ms); peak {number(lines.peak_mb)} MB; {machine.load()}"
    ]
    return Section("One person's timeline", columns, rows, notes)


def _overhead_section(world: World, costs: apart.Outcome) -> Section:
    rows = []
    for standing, queries in costs.value.items():
        for query, pairs in queries.items():
            bare, view = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            times = (number(median(bare)), number(median(view)))
            rows.append((standing, query, *times, of_ratios(view, bare)))
    columns = ("standing", "query", "bare s", "view s", "view / bare (median, range)")
    notes = [
        f"{world.events:,} events; both in turns in one process, peak {number(costs.peak_mb)} MB; {machine.load()}"
    ]
    return Section("What the view costs over the bare table (aim: at most 1.3)", columns, rows, notes)


def _milliseconds(seconds: list[float]) -> tuple[str, str]:
    return number(percentile(seconds, 0.5) * 1000), number(percentile(seconds, 0.95) * 1000)
