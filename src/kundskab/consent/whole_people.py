"""A function over whole people: their events come in batches of any length, and leave cut between two persons."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pyarrow as pa

PEOPLE_ROWS = 200_000  # events at once; one person with more comes whole all the same

Kernel = Callable[[pa.Table], pa.Table]


def map_whole_people(batches: Iterable[pa.RecordBatch], kernel: Kernel, schema: pa.Schema) -> pa.Table:
    """The kernel's tables, in the order of persons, as one table of `schema`.

    batches: sorted by their column `person`.  What the kernel raises flies up, and no more of it is begun.
    """
    workers = len(os.sched_getaffinity(0))
    done: list[pa.Table] = []
    with ThreadPoolExecutor(workers) as pool:
        begun: deque[Future[pa.Table]] = deque()
        for part in _whole(batches):
            begun.append(pool.submit(kernel, part))
            if len(begun) > workers:  # not all of the company at once
                done.append(begun.popleft().result().cast(schema))
        done.extend(future.result().cast(schema) for future in begun)
    return pa.concat_tables(done) if done else schema.empty_table()


def _whole(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Tables that end where a person ends."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        if not batch.num_rows:
            continue
        cut = _last_begin(batch)
        same = not held or held[-1]["person"][-1].equals(batch["person"][0])
        if cut == 0 and same:  # one person and no more: it may go on
            held.append(batch)
            continue
        if ready := [*held, *([batch.slice(0, cut)] if cut else [])]:
            yield pa.Table.from_batches(ready)
        held = [batch.slice(cut)]
    if held:
        yield pa.Table.from_batches(held)


def _last_begin(batch: pa.RecordBatch) -> int:
    """The row at which the batch's last person begins."""
    persons = batch["person"].to_numpy(zero_copy_only=False)
    other = np.flatnonzero(persons != persons[-1])
    return int(other[-1]) + 1 if len(other) else 0
