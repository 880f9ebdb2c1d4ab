"""What people turned to lately, as sparse matrices: each step back counts less."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from kundskab.predictions.objects.sequences import Sequences


def recent(history: Sequences, *, fading: float, steps: int) -> sparse.csr_array:
    """Shape (people, catalogue), exp(-age / fading) for each of the last `steps` events, summed over repeats."""
    ages = history.ages
    near = ages < steps
    weight = np.exp(-ages[near] / fading).astype(np.float32)
    cells = (history.owners[near], history.objects[near])
    return sparse.csr_array((weight, cells), shape=(history.people, history.catalogue))


def touched(history: Sequences, *, steps: int) -> sparse.csr_array:
    """Shape (people, catalogue), 1 where a person turned to an object within their last `steps` events."""
    matrix = recent(history, fading=np.inf, steps=steps)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def looking_back(train: Sequences, *, fading: float, steps: int) -> sparse.csr_array:
    """Shape (events, catalogue): what was fresh in each person's mind at each event, itself with weight 1."""
    return _around(train, fading=fading, steps=steps, ahead=False)


def looking_ahead(train: Sequences, *, fading: float, steps: int) -> sparse.csr_array:
    """Shape (events, catalogue): what came after each event, the next with weight 1."""
    return _around(train, fading=fading, steps=steps, ahead=True)


def _around(train: Sequences, *, fading: float, steps: int, ahead: bool) -> sparse.csr_array:
    """The last event of a person has nothing after it, so it is nobody's row."""
    ages, events = train.ages, np.arange(len(train.objects))
    passed = events - np.repeat(train.starts[:-1], train.lengths)
    rows, columns, weights = [], [], []
    for step in range(min(steps, int(train.lengths.max(initial=0)))):
        there = (ages > step) if ahead else (passed >= step) & (ages > 0)
        rows.append(events[there])
        columns.append(train.objects[events[there] + (1 + step if ahead else -step)])
        weights.append(np.full(len(rows[-1]), np.exp(-step / fading), np.float32))
    shape = (len(events), train.catalogue)
    if not rows:
        return sparse.csr_array(shape, dtype=np.float32)
    cells = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_array((np.concatenate(weights), cells), shape=shape)
