"""Layout of the lake: as appended, sorted by actor, or bucketed by actor; the figures behind decision 0002."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench import apart, machine
from bench.layouts import BUCKETS, DIGESTS, Layout
from bench.report import Section, number
from bench.world import World
from kundskab.lake.engine import connect
from kundskab.lake.fileio import local_path
from kundskab.lake.reader import parquet

EVENTS = 5_000_000
# name -> (bucketed, compacted)
KINDS = {
    "in order of time, as appended": (False, False),
    "sorted by actor, cut by token range (what compaction does)": (False, True),
    f"bucket({BUCKETS}, actor), as appended": (True, False),
    f"bucket({BUCKETS}, actor), one file a bucket": (True, True),
}


def measure(world: World) -> list[Section]:
    """Per layout: files, timeline, erasure of one person, scan by person, cost of a small append."""
    events = 100_000 if world.quick else min(EVENTS, world.events)
    rows = []
    for name, (bucketed, compacted) in KINDS.items():
        folder = world.new_folder("layout")
        built = {"folder": str(folder), "events": events, "bucketed": bucketed, "compacted": compacted}
        rows.append((name, *apart.call("bench.layout:one_layout", **built).value))
    world.new_folder("layout")
    columns = (
        "layout", "files", "MB", "timeline ms", "erase one person s", "MB rewritten", "group by person s",
        "append 1,000 rows ms", "files added",
    )  # fmt: skip
    notes = [
        f"{events:,} events of {events // 10:,} persons, brought by {DIGESTS} digests; medians of 15 timelines, 3 "
        f"erasures, 3 scans and 10 appends; bucketed timelines read the one bucket only; {machine.load()}"
    ]
    return [Section("Layout of the lake", columns, rows, notes)]


def one_layout(folder: str, events: int, bucketed: bool, compacted: bool) -> list[str]:
    """In a process of its own: build it, then measure it; the cells of its row."""
    layout = Layout.new(Path(folder), events=events, bucketed=bucketed)
    layout.fill()
    if compacted:
        layout.compact()
    files = layout.lake.data_files()
    actors = [a for (a,) in layout.connected().execute("SELECT actor FROM persons ORDER BY actor").fetchall()]
    chosen = actors[7 :: len(actors) // 18][:18]
    timeline = [_seconds(lambda: _timeline(layout, actor)) for actor in chosen[:15]]  # noqa: B023
    scan = [_seconds(lambda: _scan(layout)) for _ in range(3)]
    erased: list[tuple[float, int]] = []
    for actor in chosen[15:]:
        started = time.perf_counter()
        size = layout.erase(actor)
        erased.append((time.perf_counter() - started, size))
    before = len(layout.lake.data_files())
    connection = layout.connected()
    appended = [_seconds(lambda: layout.append_thousand(events + n * 1000, connection)) for n in range(10)]  # noqa: B023
    added = (len(layout.lake.data_files()) - before) / 10
    return [
        str(len(files)),
        number(sum(f.file_size_in_bytes for f in files) / 1e6),
        number(median(timeline) * 1000),
        number(median(seconds for seconds, _ in erased)),
        number(median(size for _, size in erased) / 1e6),
        number(median(scan)),
        number(median(appended) * 1000),
        number(added),
    ]


def _timeline(layout: Layout, actor: str) -> None:
    files = [local_path(f.file_path) for f in layout.files_of(actor)]
    rows = connect(layout.temp).sql(f"SELECT * FROM {parquet(files)} WHERE actor = '{actor}' ORDER BY occurred_at")
    assert rows.to_arrow_table().num_rows


def _scan(layout: Layout) -> None:
    files = [local_path(f.file_path) for f in layout.lake.data_files()]
    connect(layout.temp).sql(
        f"SELECT actor, count(*), sum(value) FROM {parquet(files)} GROUP BY actor"
    ).to_arrow_table()


def _seconds(deed: Callable[[], object]) -> float:
    started = time.perf_counter()
    deed()
    return time.perf_counter() - started
