"""Compaction: many small files become few, sorted by actor, so that one person lies in few row groups and few files.

Fresh files (one a digest) are gathered into runs; four runs of one level become one of the next. Within a run the
rows are sorted by (actor, occurred_at) and cut into parts by the first letters of the actor's token. Tokens are
random, so parts are even, and one person's events lie in one part of each run: cheap to read, cheap to rewrite.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import monotonic

from pyiceberg.manifest import DataFile

from kundskab.lake.engine import connect, quoted
from kundskab.lake.fileio import local_path, sync_file
from kundskab.lake.reader import parquet
from kundskab.lake.schema import field_ids
from kundskab.lake.tables import Lake

log = logging.getLogger(__name__)

FRESH_FILES = 24  # gather fresh files when there are this many ...
FRESH_ROWS = 500_000  # ... or this many rows in them
RUNS_PER_LEVEL = 4
PART_ROWS = 1_000_000
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base32, as tokens are written

_RUN = re.compile(r"run-(\d+)-([0-9a-f]{8})-")


@dataclass(frozen=True, slots=True)
class Merge:
    """These files become one run of this level."""

    files: tuple[DataFile, ...]
    level: int


def plan(files: Sequence[DataFile], *, everything: bool = False) -> list[Merge]:
    """What to merge now; empty when the lake is tidy. everything: one run of all, whatever it costs."""
    fresh = [f for f in files if _run_of(f) is None]
    runs: dict[tuple[int, str], list[DataFile]] = defaultdict(list)
    for f in files:
        if run := _run_of(f):
            runs[run].append(f)
    if everything:
        highest = max((level for level, _ in runs), default=0)
        return [Merge(tuple(files), highest + 1)] if fresh or len(runs) > 1 else []
    merges = []
    if len(fresh) >= FRESH_FILES or sum(f.record_count for f in fresh) >= FRESH_ROWS:
        merges.append(Merge(tuple(fresh), 1))
    for level in sorted({level for level, _ in runs}):
        same = [run for run in runs if run[0] == level]
        if len(same) >= RUNS_PER_LEVEL:
            merges.append(Merge(tuple(f for run in same for f in runs[run]), level + 1))
    return merges


def run_stem(level: int, run: str, part: int) -> str:
    """The name by which compaction knows a file's level and run again (run: 8 hex digits)."""
    return f"run-{level}-{run}-{part:02d}"


def compact(
    lake: Lake, temp: Path, *, everything: bool = False, lock: Callable[[], AbstractContextManager[None]] = nullcontext
) -> int:
    """Carry the plan out, one commit a merge; returns how many files were replaced.

    lock: the right to write, taken for each commit only. Rewriting takes a minute for ten million rows, and reads
    nothing but files that never change, so the digest and everybody else may write meanwhile.
    """
    replaced = 0
    for merge in plan(lake.data_files(), everything=everything):
        started = monotonic()
        parts = _rewrite(lake, temp, merge)
        with lock():
            if not _stands(lake, merge, parts):
                log.warning("compaction given up: somebody else replaced or swept its files meanwhile")
                continue
            lake.exchange(merge.files, parts)
        replaced += len(merge.files)
        seconds = monotonic() - started
        log.info("compacted files=%d into=%d level=%d seconds=%.1f", len(merge.files), len(parts), merge.level, seconds)
    return replaced


def _stands(lake: Lake, merge: Merge, parts: Sequence[Path]) -> bool:
    """Whether what was read is still what the lake names, and what was written is still there."""
    named = {f.file_path for f in lake.data_files()}
    return all(f.file_path in named for f in merge.files) and all(path.exists() for path in parts)


def _rewrite(lake: Lake, temp: Path, merge: Merge) -> list[Path]:
    rows = sum(f.record_count for f in merge.files)
    source = parquet([local_path(f.file_path) for f in merge.files])
    run = lake.new_file("id").stem[-8:]
    connection = connect(temp)
    written = []
    for part, (low, high) in enumerate(_ranges(-(-rows // PART_ROWS))):
        path = lake.new_file(run_stem(merge.level, run, part))
        connection.execute(
            f"""
            COPY (
                SELECT * FROM {source} WHERE actor >= {quoted(low)} AND actor < {quoted(high)}
                ORDER BY actor, occurred_at
            ) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, FIELD_IDS {field_ids()})
            """
        )
        sync_file(path)
        written.append(path)
    connection.close()
    return written


def _ranges(parts: int) -> list[tuple[str, str]]:
    """Cut the token space into 1, 2, 4 .. 32 even ranges, the first power of two that gives `parts`."""
    count = 1
    while count < min(parts, len(ALPHABET)):
        count *= 2
    step = len(ALPHABET) // count
    edges = ["", *(ALPHABET[i * step] for i in range(1, count)), "~"]  # "~" sorts after every letter of a token
    return list(pairwise(edges))


def _run_of(data_file: DataFile) -> tuple[int, str] | None:
    """(level, run) of a file that compaction wrote; None for a fresh one."""
    found = _RUN.search(data_file.file_path)
    return (int(found[1]), found[2]) if found else None
