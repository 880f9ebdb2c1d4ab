"""What came right after the last object, backed off to what everybody turns to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kundskab.predictions.objects.popular import popular
from kundskab.predictions.objects.sequences import Floats, Sequences, Times


@dataclass(frozen=True, slots=True, eq=False)
class Markov:
    """after: shape (catalogue, catalogue), how often one object followed another.  strength: events of the prior."""

    after: sparse.csr_array
    shares: Floats
    strength: float

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """The chance of each object next; shape (people, catalogue), rows sum to 1. Popularity where nothing is known.

        Source: MacKay & Peto 1995, Natural Language Engineering 1(3), 289-308 (a Dirichlet prior at the popular).
        """
        found = np.tile(self.shares * np.float32(self.strength), (history.people, 1))
        some = np.flatnonzero(history.lengths > 0)
        found[some] += self.after[history.objects[history.starts[1:][some] - 1]].toarray()
        return np.asarray(found / found.sum(axis=1, keepdims=True), np.float32)

    def some(self, history: Sequences, asked_at: Times) -> sparse.csr_array:
        """What followed, in shares, without the back-off; nothing where nothing is known."""
        last = np.zeros((history.people, 2), np.int64)
        some = np.flatnonzero(history.lengths > 0)
        last[some, 0], last[some, 1] = history.objects[history.starts[1:][some] - 1], 1
        chosen = sparse.diags_array(last[:, 1].astype(np.float32)) @ self.after[last[:, 0]]
        total = np.maximum(np.asarray(chosen.sum(axis=1)).ravel() + self.strength, 1e-12)
        return sparse.csr_array(sparse.diags_array((1 / total).astype(np.float32)) @ chosen)


def fit_markov(train: Sequences, strength: float = 1.0) -> Markov:
    """Counts of steps from one object to the next."""
    on = np.flatnonzero(train.ages > 0)
    shape = (train.catalogue, train.catalogue)
    cells = (train.objects[on], train.objects[on + 1])
    after = sparse.csr_array((np.ones(len(on), np.float32), cells), shape=shape)
    return Markov(after, popular(train).shares, strength)
