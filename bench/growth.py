"""Growth: what becomes of each figure when one million events become ten."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from bench import apart, machine, pages, reading
from bench.importing import lake_of
from bench.layouts import Layout
from bench.report import Section, number, percentile
from bench.world import World

Figures = dict[str, float]


def measure(world: World) -> list[Section]:
    """One row a figure: at a tenth of the events, at all of them, and how many times as much."""
    small, big = world.events // 10, world.events
    figures = [_figures(world, events) for events in (small, big)]
    rows = [
        (name, number(at_small), number(figures[1][name]), number(figures[1][name] / at_small))
        for name, at_small in figures[0].items()
    ]
    columns = ("", f"{small:,} events", f"{big:,} events", "times")
    return [Section("Growth", columns, rows, [f"ten events a person; {machine.load()}"])]


def _figures(world: World, events: int) -> Figures:
    home, imported = lake_of(world, events)
    compacted = apart.call("bench.growth:compact_digests", folder=str(world.new_folder("compaction")), events=events)
    world.new_folder("compaction")
    lines = apart.call("bench.reading:timelines", home=str(home))
    costs = apart.call("bench.reading:overheads", home=str(home), rounds=3)
    with pages.running(home) as visitor:
        seconds = pages.times(visitor, rounds=3 if world.quick else 10)
    nobody = next(iter(costs.value.values()))
    return {
        "import s": imported["seconds"],
        "of it the vault s": imported["vault_seconds"],
        "import peak MB": imported["peak_mb"],
        "compaction of fifty digests s": compacted.value,
        "compaction peak MB": compacted.peak_mb,
        "timeline warm ms": median(lines.value["view warm"]) * 1000,
        "timeline cold ms": median(lines.value["view cold"]) * 1000,
        **{f"view, {query} s": median(view for _, view in nobody[query]) for query in reading.QUERIES},
        **{f"page {name}, p50 ms": percentile(found, 0.5) * 1000 for name, found in seconds.items()},
    }


def compact_digests(folder: str, events: int) -> float:
    """In a process of its own: fifty digests in order of time become one run sorted by actor; seconds of the latter."""
    layout = Layout.new(Path(folder), events=events, bucketed=False)
    layout.fill()
    started = time.perf_counter()
    layout.compact()
    return time.perf_counter() - started
