"""kill -9 in the middle of tidying, again and again, while fresh events are digested beside it.

A compaction writes files for a while and then exchanges them in one commit; whatever instant it dies at, each row is
there once, the books balance, a view reads, and the next sweep leaves nothing behind that no commit names.
KUNDSKAB_FAULT_ROUNDS sets how often we kill (15).
"""

from __future__ import annotations

import multiprocessing
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.house import House, track

from kundskab.lake import compaction
from kundskab.lake.sweep import named_files, sweep
from kundskab.lake.tables import Lake
from kundskab.pipeline import worker
from kundskab.pipeline.digest import digest
from kundskab.pipeline.home import Home

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
ROUNDS = int(os.environ.get("KUNDSKAB_FAULT_ROUNDS", "15"))
AT_ONCE = timedelta(0)  # no reader is at work when we sweep here
WITHIN_SECONDS = 0.03  # how far into a step we kill; most steps take about that long

# What the child is at, one letter at the start of its note, which outlives the child.
STARTING, REWRITING, EXCHANGING, SWEEPING, BETWEEN = (b"0", b"r", b"x", b"s", b"-")
INSIDE = (REWRITING, EXCHANGING)


def test_a_killed_compaction_loses_and_doubles_nothing(house: House, tmp_path: Path) -> None:
    chance = random.Random(20260301)
    children = multiprocessing.get_context("forkserver")
    children.set_forkserver_preload(["kundskab.pipeline.worker"])
    note = tmp_path / "note"
    sent: list[str] = []
    killed_at: Counter[bytes] = Counter()

    for round_ in range(ROUNDS):
        note.write_bytes(STARTING)
        child = children.Process(target=keep_tidying, args=(house.home.folder, note), daemon=True)
        child.start()
        steps = ((REWRITING,), (EXCHANGING,), (SWEEPING,), (*INSIDE, SWEEPING))[round_ % 4]
        with taking_in(house, sent):
            wait_for(steps, note)
            time.sleep(chance.uniform(0, WITHIN_SECONDS))
            child.kill()
            child.join()
        killed_at[note.read_bytes()] += 1

        assert [event_id for _, event_id in house.rows()] == sorted(sent), "each row once"
        assert house.desk.books().balanced
        assert house.view("necessary").events.count().to_pyarrow().as_py() == len(sent), "a view reads"
        assert nobody_names(house.home.lake) == set(), "the sweep takes what the dead left behind"

    assert sum(killed_at[step] for step in INSIDE) >= ROUNDS / 3, f"hardly a kill fell inside a compaction: {killed_at}"


def keep_tidying(folder: Path, note: Path) -> None:
    """The child: tidy until killed, noting each step."""
    handle = os.open(note, os.O_WRONLY)

    def noted(owner: Any, name: str, step: bytes) -> None:
        deed: Callable[..., Any] = getattr(owner, name)

        def with_note(*args: Any, **options: Any) -> Any:
            os.pwrite(handle, step, 0)
            try:
                return deed(*args, **options)
            finally:
                os.pwrite(handle, BETWEEN, 0)

        setattr(owner, name, with_note)

    noted(compaction, "_rewrite", REWRITING)
    noted(Lake, "exchange", EXCHANGING)
    noted(worker, "sweep", SWEEPING)
    with Home.open(folder) as home:
        while True:
            worker.tidy(home, everything=True, lease=AT_ONCE)


def wait_for(steps: Collection[bytes], note: Path) -> None:
    until = time.monotonic() + 30
    while note.read_bytes() not in steps:
        assert time.monotonic() < until, "the child never came to that step"
        time.sleep(0.0005)


@contextmanager
def taking_in(house: House, sent: list[str]) -> Iterator[None]:
    """Digest fresh events, a few at a time, as long as the block lasts and once more when it ends."""
    stop = threading.Event()

    def keep_taking_in() -> None:
        while not stop.is_set():
            take_in(house, sent)
            stop.wait(0.02)  # let the child have the lock, too

    with ThreadPoolExecutor(1) as feeder:
        done = feeder.submit(keep_taking_in)
        try:
            yield
        finally:
            stop.set()
            done.result()
    take_in(house, sent)


def take_in(house: House, sent: list[str]) -> None:
    ids = [f"m-{len(sent) + place:06}" for place in range(5)]
    house.hear(*(track(f"u{id_}", id=id_) for id_ in ids))
    digest(house.home, now=lambda: house.now)
    sent += ids


def nobody_names(lake: Lake) -> set[Path]:
    """Data files that no commit names, after a sweep."""
    sweep(lake, lease=AT_ONCE)
    return (
        set((lake.folder / "warehouse").rglob("*.parquet")) - named_files(lake, "events") - named_files(lake, "objects")
    )
