"""How well patterns foretell: half of each person's events tell the memberships, the other half is foretold."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from kundskab.segments.cells import Cells, parts
from kundskab.segments.patterns import Floats, Patterns

_STEPS = 30
_SEED = 1  # every model is judged on the same halves


def perplexity(patterns: Patterns, counts: sparse.csr_array) -> float:
    """exp of the mean negative log probability of a held-out event; 1 is perfect, lower is better.

    counts: shape (people, behaviours), whole events of people the patterns were not learnt from.
    Source: document completion, Wallach et al. 2009, section 5.  Raises ValueError when no event is left to foretell.
    """
    told, asked = halves(counts)
    if not asked.nnz:
        raise ValueError("nobody here has two events, so that one could foretell the other")
    profiles = patterns.profiles()
    shares = fold_in(profiles, told, concentration=patterns.concentration)
    expected = at_cells(shares, profiles, asked)
    return float(np.exp(-(asked.data * np.log(np.maximum(expected, 1e-12))).sum() / asked.data.sum()))


def halves(counts: sparse.csr_array) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Each event into one half or the other by a coin; the same coins every time. 2.5 events are three of 0.83."""
    rng = np.random.default_rng(_SEED)
    told = sparse.csr_array(counts, dtype=np.float32, copy=True)
    times = np.ceil(told.data).astype(np.int64)
    told.data = (rng.binomial(times, 0.5) * (told.data / np.maximum(times, 1))).astype(np.float32)
    asked = sparse.csr_array(counts - told)
    told.eliminate_zeros()
    asked.eliminate_zeros()
    return told, asked


def fold_in(profiles: Floats, counts: sparse.csr_array, *, concentration: float, steps: int = _STEPS) -> Floats:
    """Memberships of new people, shape (people, segments), rows sum to 1; the profiles stay as they are."""
    shares = np.full((counts.shape[0], len(profiles)), 1 / len(profiles), np.float32)
    for people, some in parts(counts):
        cells, theirs = Cells(some, profiles), shares[people]
        for _ in range(steps):
            theirs = theirs * (cells.ratio(theirs) @ cells.by_behaviour) + np.float32(concentration)
            theirs /= theirs.sum(axis=1, keepdims=True)
        shares[people] = theirs
    return shares


def at_cells(shares: Floats, profiles: Floats, counts: sparse.csr_array) -> Floats:
    """The expected share of each (person, behaviour) that has a count, in the order of counts.data."""
    found = [Cells(some, profiles).expected(shares[people]) for people, some in parts(counts)]
    return np.concatenate(found) if found else np.zeros(0, np.float32)
