"""The filled cells of some people's counts beside the patterns: the products that fits and memberships are made of.

What each pattern says of each cell's behaviour is gathered once and kept for all rounds over the same people. Parts of
people are kept small, so that it stays near the processor. `take`, `repeat` and a product with ones are several times
quicker here than fancy indexing and einsum over so few segments.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy import sparse

from kundskab.segments.patterns import Floats

_TINY = 1e-30
_PART = 30_000  # cells


class Cells:
    """counts: shape (people, behaviours).  profiles: shape (segments, behaviours)."""

    def __init__(self, counts: sparse.csr_array, profiles: Floats) -> None:
        self.counts = counts
        self.by_behaviour = np.ascontiguousarray(profiles.T)
        self._at = self.by_behaviour.take(counts.indices, axis=0)
        self._person = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        self._each = np.empty_like(self._at)
        self._ones = np.ones(len(profiles), np.float32)
        self._ratio = sparse.csr_array(
            (np.empty(counts.nnz, np.float32), counts.indices, counts.indptr), shape=counts.shape
        )

    def expected(self, shares: Floats) -> Floats:
        """Of each cell, in the order of counts.data: the sum over segments of share times profile; above 0."""
        np.take(shares, self._person, axis=0, out=self._each, mode="clip")
        self._each *= self._at
        found: Floats = self._each @ self._ones
        return np.maximum(found, _TINY, out=found)

    def ratio(self, shares: Floats) -> sparse.csr_array:
        """Counts over what is expected. The same array is filled anew at each call."""
        np.divide(self.counts.data, self.expected(shares), out=self._ratio.data)
        return self._ratio


def parts(counts: sparse.csr_array) -> Iterator[tuple[slice, sparse.csr_array]]:
    """People after people, so many at once that they have about as many cells as are quick to work on."""
    number = max(1, round(counts.nnz / _PART))
    bounds = np.searchsorted(counts.indptr, np.linspace(0, counts.nnz, number + 1))
    bounds[-1] = counts.shape[0]
    for start, end in pairwise(np.unique(bounds).tolist()):
        yield slice(start, end), counts[start:end]
