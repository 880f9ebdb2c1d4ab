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

_BLOCK = 2_048
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
    dense: int = 13_000


@dataclass(frozen=True, slots=True, eq=False)
class Transitions:
    """inverse: shape (dense, dense).  alone: shape (catalogue,), zero at the dense ones.

    dense: shape (dense,), which objects.  after: shape (catalogue, catalogue), what comes after what, in weight.
    """

    settings: Settings
    dense: Ints
    inverse: Floats
    alone: Floats
    after: sparse.csr_array
    lift: Floats

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """Shape (people, catalogue); 0 for everything where the history is empty."""
        fading = self.settings.asked_fading or self.settings.fading
        fresh = recent(history, fading=fading, steps=3 * self.settings.back)
        told = fresh[:, self.dense].toarray() @ self.inverse
        found = (self.after[self.dense].T @ told.T).T
        rare = fresh @ sparse.diags_array(self.alone)
        if rare.nnz:
            found += (rare @ self.after).toarray()
        return np.ascontiguousarray(found * self.lift, np.float32)


def fit_transitions(train: Sequences, settings: Settings = Settings()) -> Transitions:
    """The model of these sequences. Objects never seen are never foretold before those that were."""
    before, after = _moments(train, settings)
    people = touched(train, steps=settings.whole)
    together = (people.T @ people).tocsr() * np.float32(settings.mix)
    before = (before + together).tocsr()
    together.setdiag(0)
    after = (after + together).tocsr()
    after.eliminate_zeros()
    seen = train.seen()
    dense = np.sort(np.argsort(-seen, kind="stable")[: settings.dense])
    dense = dense[seen[dense] > 0]
    alone = (1 / (before.diagonal() + settings.ridge)).astype(np.float32)
    alone[dense] = 0
    inverse = _inverse(before[dense][:, dense].toarray(order="F"), settings.ridge)
    lift = (np.maximum(seen, 1) ** -settings.damping).astype(np.float32)
    return Transitions(settings, dense, inverse, alone, after, lift)


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
