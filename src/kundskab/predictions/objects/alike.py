"""Objects that the same people turn to, whatever the order: cosines, raised by how many people know the object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kundskab.predictions.objects.recent import recent, touched
from kundskab.predictions.objects.sequences import Floats, Sequences, Times
from kundskab.predictions.objects.strongest import most, strongest

STEPS = 100
FADING = 5.0  # in steps


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """between: shape (catalogue, catalogue), from an object known to one that may come; the strongest only."""

    between: sparse.csr_array
    fading: float = FADING

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """Shape (people, catalogue); 0 for everything where the history is empty."""
        return np.asarray(self.some(history, asked_at).toarray(), np.float32)

    def some(self, history: Sequences, asked_at: Times) -> sparse.csr_array:
        """The same without the zeros."""
        return recent(history, fading=self.fading, steps=STEPS) @ self.between


def fit_alike(train: Sequences, *, keep: int | None = None) -> Alike:
    """People with long sequences speak more softly: each counts 1 / (their objects).

    Source: Sarwar et al. 2001, WWW, 285-295; Shen et al. 2021 (GF-CF), CIKM, 1619-1629, for the weights of people.
    """
    people = touched(train, steps=STEPS)
    objects = np.maximum(np.diff(people.indptr), 1)
    softened = sparse.diags_array((objects**-0.5).astype(np.float32)) @ people
    known = np.maximum(np.bincount(people.indices, minlength=train.catalogue), 1)
    between = sparse.diags_array((known**-0.5).astype(np.float32)) @ (softened.T @ softened)
    between = sparse.csr_array(between)
    between.setdiag(0)
    return Alike(strongest(between, keep or most(train.catalogue)))
