"""Objects that come shortly before or after one another, in either order, with all the evidence there is for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kundskab.predictions.objects.recent import looking_ahead, looking_back, recent
from kundskab.predictions.objects.sequences import Floats, Sequences, Times
from kundskab.predictions.objects.strongest import most, strongest

FADING = 2.0  # in steps
STEPS = 15
_BACK, _AHEAD = 10, 5


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """between: shape (catalogue, catalogue), from an object known to one that may come; the strongest only."""

    between: sparse.csr_array
    fading: float = FADING

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """Shape (people, catalogue); 0 for everything where the history is empty."""
        return np.asarray(self.some(history, asked_at).toarray(), np.float32)

    def some(self, history: Sequences, asked_at: Times) -> sparse.csr_array:
        """The same without the zeros."""
        return recent(history, fading=self.fading, steps=STEPS) @ self.between


def fit_near(train: Sequences, *, keep: int | None = None) -> Near:
    """Steps within ten back and five ahead, fading; not divided by anything, so that much evidence shows."""
    back = looking_back(train, fading=1.5, steps=_BACK)
    steps = sparse.csr_array(back.T @ looking_ahead(train, fading=1.5, steps=_AHEAD))
    return Near(strongest(sparse.csr_array(steps + steps.T), keep or most(train.catalogue)))
