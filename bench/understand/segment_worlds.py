"""Counts that segments are measured on: a public shop, and worlds whose patterns are known since they were invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

Floats = npt.NDArray[np.float64]
HELD_OUT = 0.1  # of the people


@dataclass(frozen=True, slots=True)
class Set:
    """Counts of people to learn from and of others to judge by.  truth: shape (size, behaviours), where known."""

    learn: sparse.csr_array
    judge: sparse.csr_array
    size: int
    truth: Floats | None = None


def retail(folder: Path, *, size: int = 20, seed: int = 7) -> Set:
    """Online Retail: customers × products, invoices on which each was bought; products of ten customers or more."""
    lines = pd.read_parquet(folder / "online_retail/online_retail.parquet").dropna(subset=["CustomerID"])
    lines = lines[~lines["InvoiceNo"].str.startswith("C") & (lines["Quantity"] > 0)]
    lines = lines.drop_duplicates(["InvoiceNo", "StockCode"])
    who, what = (lines[name].astype("category").cat.codes for name in ("CustomerID", "StockCode"))
    counts = sparse.csr_array(sparse.coo_array((np.ones(len(lines), np.float32), (who, what))))
    counts = sparse.csr_array(counts[:, np.asarray((counts > 0).sum(axis=0)).ravel() >= 10])
    counts = counts[np.asarray(counts.sum(axis=1)).ravel() >= 4]
    return _parted(counts, size, None, np.random.default_rng(seed))


def invented(people: int, *, behaviours: int = 300, size: int = 12, seed: int = 7) -> Set:
    """People who are mixtures of patterns; about 29 events each."""
    rng = np.random.default_rng(seed)
    truth = 0.95 * rng.dirichlet(np.full(behaviours, 0.08), size) + 0.05 * rng.dirichlet(np.full(behaviours, 0.5), size)
    shares = rng.dirichlet(np.full(size, 0.15), people)
    events = np.maximum(4, rng.gamma(1.3, 25, people).astype(int))
    of_pattern = rng.multinomial(events, shares)
    who, what = [], []
    for number in range(size):
        rows = np.repeat(np.arange(people, dtype=np.int32), of_pattern[:, number])
        who.append(rows)
        what.append(rng.choice(behaviours, len(rows), p=truth[number]).astype(np.int32))
    cells = (np.ones(int(events.sum()), np.float32), (np.concatenate(who), np.concatenate(what)))
    counts = sparse.csr_array(sparse.coo_array(cells, shape=(people, behaviours)))
    return _parted(counts, size, truth, rng)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a drifting world: events of it alone, who people are, and what the patterns are."""

    number: int
    events: sparse.csr_array
    shares: Floats  # (people, size + 1); the last is born in month BORN
    profiles: Floats


BORN = 4


def drifting(
    months: int, *, people: int = 20_000, behaviours: int = 200, size: int = 10, seed: int = 3, stationary: bool = False
) -> Iterator[Month]:
    """Patterns drift 3 % a month, 5 % of the people become others, and in month BORN a pattern is born in 12 % of them.

    stationary: nothing changes but chance.
    """
    rng = np.random.default_rng(seed)
    profiles = rng.dirichlet(np.full(behaviours, 0.1), size + 1)
    shares = rng.dirichlet(np.full(size + 1, 0.12), people)
    shares[:, size] = 1e-9
    shares /= shares.sum(axis=1, keepdims=True)
    for month in range(months):
        if not stationary:
            profiles = 0.97 * profiles + 0.03 * rng.dirichlet(np.full(behaviours, 0.1), size + 1)
            moved = rng.random(people) < 0.05
            shares[moved] = np.c_[rng.dirichlet(np.full(size, 0.12), int(moved.sum())), np.zeros(int(moved.sum()))]
            if month == BORN:
                joined = rng.random(people) < 0.12
                shares[joined] = 0.25 * shares[joined]
                shares[joined, size] += 0.75
        events = np.maximum(1, rng.gamma(1.2, 15, people).astype(int))
        chances = shares @ profiles
        chances /= chances.sum(axis=1, keepdims=True)
        yield Month(
            month,
            sparse.csr_array(rng.multinomial(events, chances).astype(np.float32)),
            shares.copy(),
            profiles.copy(),
        )


def _parted(counts: sparse.csr_array, size: int, truth: Floats | None, rng: np.random.Generator) -> Set:
    held = rng.random(counts.shape[0]) < HELD_OUT
    counts = sparse.csr_array(counts, dtype=np.float32)
    return Set(counts[~held], counts[held], size, truth)
