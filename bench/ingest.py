"""Ingest: the collector beside its floor and beside a plain Django view, in turns, on one machine.

One worker process and one load generator each. The three take turns of a few seconds, so that what else the machine
does hits all of them, and the ratios are taken within a round.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from bench import apart, machine
from bench.report import Section, number, of_ratios
from bench.serving import Server, serving
from bench.world import World, live_home
from kundskab import journal

CONNECTIONS = {1: 64, 100: 8}
DJANGO_CONNECTIONS = 4  # the number at which it is quickest: its threads wait for one another on SQLite's lock
ROUNDS = 3
SECONDS = 5.0

Turn = dict[str, Any]


def measure(world: World) -> list[Section]:
    """Events per second, latency and CPU per event, for single events and batches of 100."""
    folder = world.new_folder("ingest")
    home, key = live_home(folder / "home")
    (folder / "django").mkdir()
    os.environ["BENCH_DJANGO"] = str(folder / "django")
    with ExitStack() as stack:
        servers = {
            "collector": stack.enter_context(serving("kundskab.collector.serve", "--home", str(home))),
            "floor: same server and journal, nothing checked": stack.enter_context(
                serving("bench.floor", str(folder / "floor"))
            ),
            "Django view, an INSERT an event": stack.enter_context(serving("bench.django_peer")),
            "Django view, one transaction a request": stack.enter_context(
                serving("bench.django_peer", "--one-transaction")
            ),
        }
        sections = [_section(world, servers, key, batch) for batch in CONNECTIONS]
    return [*sections, _kept(home, world)]


def _section(world: World, servers: dict[str, Server], key: str, batch: int) -> Section:
    # In one transaction or not is the same for a single event.
    servers = {name: server for name, server in servers.items() if batch > 1 or "one transaction" not in name}
    turns: dict[str, list[Turn]] = {name: [] for name in servers}
    for number_of_round in range(1 if world.quick else ROUNDS):
        for name, server in servers.items():
            connections = DJANGO_CONNECTIONS if name.startswith("Django") else CONNECTIONS[batch]
            turns[name].append(_turn(world, server, key, batch, connections, f"{batch}-{number_of_round}"))
    ours = turns["collector"]
    rates = {name: [turn["events"] / turn["seconds"] for turn in done] for name, done in turns.items()}
    rows = [
        (
            name,
            number(median(rates[name])),
            number(median(turn["p50_ms"] for turn in done)),
            number(median(turn["p99_ms"] for turn in done)),
            number(median(turn["cpu_us"] for turn in done)),
            "1" if done is ours else of_ratios(rates["collector"], rates[name]),
        )
        for name, done in turns.items()
    ]
    failed = {name: sum(turn["not_ok"] for turn in done) for name, done in turns.items()}
    what = "single-event requests" if batch == 1 else f"requests of {batch} events"
    several = f"{CONNECTIONS[batch]} connections (Django {DJANGO_CONNECTIONS}, where it is quickest)"
    notes = [f"{several}, {len(ours)} rounds of {_seconds(world):.0f} s each; {machine.load()}"]
    notes += [f"{name}: {count} answers other than 200" for name, count in failed.items() if count]
    columns = ("", "events/s", "p50 ms", "p99 ms", "server CPU µs/event", "collector / this (median, range)")
    return Section(f"Ingest, {what}", columns, rows, notes)


def _turn(world: World, server: Server, key: str, batch: int, connections: int, run: str) -> Turn:
    before = machine.cpu_seconds(server.pid)
    done: Turn = apart.call(
        "bench.load:drive",
        port=server.port,
        key=key,
        run=run,
        connections=connections,
        batch=batch,
        seconds=_seconds(world),
    ).value
    return done | {"cpu_us": (machine.cpu_seconds(server.pid) - before) / done["sent"] * 1e6}


def _seconds(world: World) -> float:
    return 1.0 if world.quick else SECONDS


def _kept(home: Path, world: World) -> Section:
    received = sum(journal.received(home / "journal").values())
    return Section("Ingest, kept", ("events in the collector's journal",), [(f"{received:,}",)])
