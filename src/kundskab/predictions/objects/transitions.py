"""A linear model of what comes after what, solved in closed form.

Each moment of each person is a row: what was fresh in mind, and what came next. Ridge regression from the one to the
other is the transition part (SLIT); the same person's objects without order are the part of EASE, mixed in a little.
The answer is (A'A + m X'X + r)^-1 (A'T + m X'X off its diagonal). Only the inverse is dense, so only it is limited:
the most-seen objects are solved together, the rest each alone, which leaves them their co-occurrences, shrunk.

Source: Choe et al. 2021 (SLIST), WWW, 3177-3188; Steck 2019 (EASE), WWW, 3251-3257. Written from their formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

from kundskab.predictions.objects.recent import looking_ahead, looking_back, recent, touched
from kundskab.predictions.objects.sequences import Floats, Ints, Sequences, Times
from kundskab.predictions.objects.strongest import most, strongest, strongest_of_dense

_BLOCK = 2_048
_CELLS = 24_000_000  # of the product held at once: 96 MB
_ROWS_AT_ONCE = 200_000  # moments multiplied at once, so that memory follows objects, not events


@dataclass(frozen=True, slots=True)
class Settings:
    """fading: steps after which a past object counts 1/e.  ahead_fading: the same for what comes.
    asked_fading: the same for a history when asked; None as when learnt.

    mix: how much of the part without order.  ridge: events that an object must outweigh.
    damping: how far popular objects are held back, 0 (not) to 1.  dense: the most objects solved together; the inverse
    takes 4 dense^2 bytes.  whole: at most so many last events of a person speak in the part without order.
    """

    fading: float = 2.0
    ahead_fading: float = 1.5
    asked_fading: float | None = None
    mix: float = 0.1
    ridge: float = 10.0
    damping: float = 0.0
    back: int = 15
    ahead: int = 5
    whole: int = 500
    dense: int = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class Transitions:
    """between: shape (catalogue, catalogue), how strongly one object draws another after it; the strongest only."""

    between: sparse.csr_array
    fading: float
    steps: int

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """Shape (people, catalogue); 0 for everything where the history is empty."""
        return np.asarray(self.some(history, asked_at).toarray(), np.float32)

    def some(self, history: Sequences, asked_at: Times) -> sparse.csr_array:
        """The same without the zeros."""
        return recent(history, fading=self.fading, steps=self.steps) @ self.between


def fit_transitions(train: Sequences, settings: Settings = Settings(), *, keep: int | None = None) -> Transitions:
    """The model of these sequences. Objects never seen are never foretold before those that were.

    keep: how many others are kept for each object; None as many as `strongest.most` says.
    """
    before, after = _moments(train, settings)
    people = touched(train, steps=settings.whole)
    together = (people.T @ people).tocsr() * np.float32(settings.mix)
    before = (before + together).tocsr()
    together.setdiag(0)
    after = (after + together).tocsr()
    after.eliminate_zeros()
    seen = train.seen()
    lift = (np.maximum(seen, 1) ** -settings.damping).astype(np.float32)
    after = sparse.csr_array(after @ sparse.diags_array(lift))
    dense = np.sort(np.argsort(-seen, kind="stable")[: settings.dense])
    dense = dense[seen[dense] > 0]
    alone = (1 / (before.diagonal() + settings.ridge)).astype(np.float32)
    inverse = _inverse(before[dense][:, dense].toarray(order="F"), settings.ridge)
    between = _between(inverse, dense, alone, after, keep or most(train.catalogue))
    return Transitions(between, settings.asked_fading or settings.fading, 3 * settings.back)


def _between(inverse: Floats, dense: Ints, alone: Floats, after: sparse.csr_array, keep: int) -> sparse.csr_array:
    """The inverse times what comes after what, block by block, so that it is never there as a whole."""
    there = after[dense].T.tocsr()
    parts = [np.arange(0)], [sparse.csr_array((0, after.shape[1]), dtype=np.float32)]
    step = max(1, _CELLS // max(after.shape[1], 1))
    for begin in range(0, len(dense), step):
        block = dense[begin : begin + step]
        rows = (there @ inverse[:, begin : begin + step]).T
        parts[0].append(block)
        parts[1].append(strongest_of_dense(np.asarray(rows, np.float32), keep))
    rest = np.setdiff1d(np.arange(after.shape[0]), dense, assume_unique=True)
    parts[0].append(rest)
    parts[1].append(strongest(sparse.csr_array(sparse.diags_array(alone[rest]) @ after[rest]), keep))
    together = sparse.csr_array(sparse.vstack(parts[1], format="csr"))
    return together[np.argsort(np.concatenate(parts[0]), kind="stable")]


def _moments(train: Sequences, settings: Settings) -> tuple[sparse.csr_array, sparse.csr_array]:
    """A'A and A'T over all moments; both of shape (catalogue, catalogue)."""
    shape = (train.catalogue, train.catalogue)
    before, after = sparse.csr_array(shape, dtype=np.float32), sparse.csr_array(shape, dtype=np.float32)
    chunks = np.searchsorted(train.starts, np.arange(0, len(train.objects) + _ROWS_AT_ONCE, _ROWS_AT_ONCE))
    for begin, end in pairwise(chunks):
        some = train.of(np.arange(begin, min(int(end), train.people)))
        back = looking_back(some, fading=settings.fading, steps=settings.back)
        before = before + back.T @ back
        after = after + back.T @ looking_ahead(some, fading=settings.ahead_fading, steps=settings.ahead)
    return before, after


def _inverse(matrix: Floats, ridge: float) -> Floats:
    """The inverse of a symmetric matrix after adding the ridge to its diagonal, in its own memory.

    Cholesky and its inverse take a third of the work of solving for every target at once.
    """
    size = len(matrix)
    if size == 0:
        return matrix
    matrix[np.diag_indices(size)] += np.float32(ridge)
    factor, trouble = lapack.spotrf(matrix, lower=1, overwrite_a=1)
    if trouble == 0:
        factor, trouble = lapack.spotri(factor, lower=1, overwrite_c=1)
    if trouble:
        raise ValueError(f"the transitions cannot be solved with a ridge of {ridge}; a larger one helps")
    for begin in range(0, size, _BLOCK):  # LAPACK fills one half; mirror it block by block
        end = min(begin + _BLOCK, size)
        corner = np.tril(factor[begin:end, begin:end])
        factor[begin:end, begin:end] = corner + np.tril(corner, -1).T
        factor[begin:end, end:] = factor[end:, begin:end].T
    return np.asarray(factor, np.float32)
