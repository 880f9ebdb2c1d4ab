"""The whole refresh: minutes and memory, how they grow, and the same questions answered by a notebook of libraries.

The world has eight habits, so that there is something to learn: ten events a person over two years.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from time import perf_counter

import duckdb

from bench import apart, machine
from bench.report import Section, number
from bench.world import World
from kundskab.workspace import open_workspace

HABITS = 8
NOTEBOOK_AT_MOST = 1_000_000  # events; a notebook of ten million would take hours

_ROWS = """
    SELECT who, 'customer-' || who AS customer,
        TIMESTAMP '2024-01-01' + INTERVAL 1 SECOND * (i * {seconds} // {events}) AS moment,
        CASE WHEN hash(i + 1) % 10 < 6 THEN 'Product Viewed' WHEN hash(i + 1) % 10 < 7 THEN 'Products Searched'
             WHEN hash(i + 1) % 10 < 8 THEN 'Product Added' ELSE 'Order Completed' END AS what,
        CASE WHEN hash(i + 2) % 10 < 7 THEN (who % {habits}) * 5 + hash(i + 5) % 5 ELSE hash(i + 6) % 40 END AS shelf,
        hash(i + 3) % 125 AS place,
        (hash(i + 4) % 200000)::DECIMAL(12, 2) / 100 AS amount,
        'order-' || i AS order_id
    FROM (SELECT i, hash(i) % {persons} AS who FROM range({events}) rows(i))
"""
_FILE = """
    SELECT customer, moment, what, 'sku-' || (shelf * 125 + place) AS sku, 'category ' || shelf AS category,
           CASE WHEN what = 'Order Completed' THEN amount END AS amount,
           CASE WHEN what = 'Order Completed' THEN order_id END AS order_id
    FROM ({rows})
"""
MAPPING = {
    "actor": "customer", "occurred_at": "moment", "action": "what", "object": "sku", "category": "category",
    "value": "amount", "occasion": "order_id",
}  # fmt: skip


def measure(world: World) -> list[Section]:
    """A table of stages at a tenth and at all of the events, and one beside the notebook."""
    sizes = (world.events // 10, world.events)
    runs = {events: _run(world, events) for events in sizes}
    small, big = (runs[events] for events in sizes)
    stages = list(big.value["stages"])
    rows = [
        (name, number(small.value["stages"].get(name, 0.0)), number(big.value["stages"][name]),
         number(big.value["stages"][name] / max(small.value["stages"].get(name, 0.0), 0.01)))
        for name in stages
    ]  # fmt: skip
    for name, of in (("all, s", "seconds"), ("CPU s", "cpu_seconds"), ("peak MB", "peak_mb")):
        before, after = getattr(small, of), getattr(big, of)
        rows.append((name, number(before), number(after), number(after / before)))
    again = ("again with nothing new, s", number(small.value["again"]), number(big.value["again"]), "")
    columns = ("stage, s", f"{sizes[0]:,} events", f"{sizes[1]:,} events", "times")
    notes = [*big.value["notes"], machine.load()]
    return [Section("Refresh", columns, [*rows, again], notes), _beside(world, sizes, runs)]


def refreshed(home: str) -> dict[str, object]:
    """In a process of its own: one whole refresh, and a second one with nothing new."""
    with open_workspace(home) as ws:
        done = ws.refresh(progress=lambda what, share: None)
        started = perf_counter()
        ws.refresh(progress=lambda what, share: None)
        return {"stages": done.stages, "notes": done.notes, "again": perf_counter() - started}


def imported(file: str, home: str) -> None:
    """In a process of its own: the file through the front door."""
    with open_workspace(home, name="Bench") as ws:
        ws.import_events(file, MAPPING, purposes=["analytics"], basis="legitimate_interests", source="shop")
        from kundskab.pipeline.worker import tidy

        tidy(ws.home, everything=True)


def write_file(path: Path, events: int) -> None:
    """The world as one Parquet file, in order of time."""
    rows = _ROWS.format(persons=max(1, events // 10), seconds=2 * 365 * 86_400, events=events, habits=HABITS)
    duckdb.connect().execute(f"COPY ({_FILE.format(rows=rows)}) TO '{path}' (FORMAT parquet)")


def _run(world: World, events: int) -> apart.Outcome:
    folder = world.new_folder(f"refresh-{events}")
    write_file(folder / "shop.parquet", events)
    apart.call("bench.understand.refresh:imported", file=str(folder / "shop.parquet"), home=str(folder / "home"))
    return apart.call("bench.understand.refresh:refreshed", home=str(folder / "home"))


def _beside(world: World, sizes: tuple[int, int], runs: dict[int, apart.Outcome]) -> Section:
    title = "The same questions in a notebook of pandas, scikit-learn and lifetimes"
    peers = os.environ.get("KUNDSKAB_PEERS")
    if not peers:
        return Section(f"{title}: $KUNDSKAB_PEERS names no environment, NOT measured", ("",), [])
    events = next((size for size in reversed(sizes) if size <= NOTEBOOK_AT_MOST), sizes[0])
    file = world.folder / f"refresh-{events}" / "shop.parquet"
    script = Path(__file__).with_name("notebook_peer.py")
    command = [str(Path(peers) / "bin" / "python"), str(script), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return Section(f"{title}: it failed: {done.stderr.strip().splitlines()[-1]}", ("",), [])
    theirs, ours = json.loads(done.stdout.splitlines()[-1]), runs[events]
    mine = (ours.seconds, ours.cpu_seconds, ours.peak_mb)
    others = (theirs["seconds"], theirs["cpu_seconds"], theirs["peak_mb"])
    rows = [
        ("Kundskab, the whole refresh", *map(number, mine)),
        ("the notebook", *map(number, others)),
        ("notebook / Kundskab", *(number(b / a) for a, b in zip(mine, others, strict=True))),
    ]
    said = ", ".join(f"{name} {number(seconds)}" for name, seconds in theirs["steps"].items())
    return Section(f"{title}, {events:,} events", ("", "s", "CPU s", "peak MB"), rows, [f"its steps, s: {said}"])
