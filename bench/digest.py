"""Digest: from the journal to the committed lake, in batches of 20,000 events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from bench import apart, machine, payloads
from bench.report import Section, number, of_ratios
from bench.world import World, live_home
from kundskab import journal
from kundskab.journal import Entry, Journal
from kundskab.lake.fileio import sync_file
from kundskab.pipeline.digest import digest_all
from kundskab.pipeline.home import Home
from kundskab.types import utc_now

ROUNDS = 3
BATCH = 20  # events in a request
_META = orjson.dumps({"path_type": None, "gpc": False, "key": "server"})


def measure(world: World) -> list[Section]:
    """Events per second and peak memory, beside reading the same journal into Parquet files and nothing else."""
    events = 10_000 if world.quick else 100_000
    rows = []
    for what, consent_every in (("every event carries consent", 1), ("none does", 10**9)):
        done = [_round(world, events, consent_every) for _ in range(1 if world.quick else ROUNDS)]
        digested, floor = [one["digest"] for one in done], [one["floor"] for one in done]
        rows.append(
            (
                what,
                number(median(events / outcome.seconds for outcome in digested)),
                number(median(outcome.cpu_seconds / events * 1e6 for outcome in digested)),
                number(max(outcome.peak_mb for outcome in digested)),
                number(median(events / outcome.seconds for outcome in floor)),
                of_ratios([1 / outcome.seconds for outcome in digested], [1 / outcome.seconds for outcome in floor]),
            )
        )
    columns = ("", "events/s", "CPU µs/event", "peak MB", "floor events/s", "digest / floor")
    notes = [
        f"{events:,} events of {payloads.PERSONS:,} persons in requests of {BATCH}, a fresh workspace each time; "
        f"floor: the same journal parsed by orjson and written as Parquet, unchecked, unnamed; {machine.load()}"
    ]
    return [Section("Digest, from journal to committed lake", columns, rows, notes)]


def fill(folder: Path, events: int, *, run: str = "digest", consent_every: int = 1) -> None:
    """Put events into the journal of this folder, as a collector would have."""
    now = payloads.now_text()
    with Journal.open(folder) as writer:
        for first in range(0, events, BATCH * 100):
            bodies = [
                payloads.batch(run, at, BATCH, now=now, consent_every=consent_every)
                for at in range(first, min(first + BATCH * 100, events), BATCH)
            ]
            writer.append([Entry("shop", utc_now(), _META, body, BATCH) for body in bodies])


def digest_home(home: str) -> dict[str, int]:
    """In a process of its own: digest what waits."""
    with Home.open(Path(home)) as opened:
        done = digest_all(opened)
    return {"events": done.events, "stored": done.stored}


def parse_only(folder: str, out: str) -> int:
    """In a process of its own: the least that could be done with the same bytes."""
    at = events = 0
    while found := journal.read(Path(folder), "00", at):
        at = found[-1].last
        rows = [event for stored in found for event in orjson.loads(stored.entry.body)["batch"]]
        path = Path(out) / f"{at}.parquet"
        pq.write_table(_plain(rows), path, compression="zstd")
        sync_file(path)
        events += len(rows)
    return events


def _plain(rows: Sequence[dict[str, Any]]) -> pa.Table:
    names = ("messageId", "userId", "anonymousId", "event", "timestamp")
    columns = {name: [row[name] for row in rows] for name in names}
    return pa.table(columns | {"properties": [orjson.dumps(row["properties"]).decode() for row in rows]})


def _round(world: World, events: int, consent_every: int) -> dict[str, apart.Outcome]:
    folder = world.new_folder("digest")
    home, _ = live_home(folder / "home")
    fill(home / "journal", events, consent_every=consent_every)
    out = folder / "warehouse"
    out.mkdir()
    digested = apart.call("bench.digest:digest_home", home=str(home))
    floor = apart.call("bench.digest:parse_only", folder=str(home / "journal"), out=str(out))
    assert digested.value["events"] == digested.value["stored"] == floor.value == events
    return {"digest": digested, "floor": floor}
