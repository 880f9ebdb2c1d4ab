"""Variable-order Markov: what came after the last few actions, backed off to fewer where they were seldom seen.

Every order is kept, and each says its own chances: a mixture with weights learnt on other people (`mixing`) then finds
how far back it pays to look, which one fixed order cannot.  How long somebody has been silent stands beside the last
action from the second order on: an hour after the basket something else comes than a month after it.

Counts may fade: what a company's people do next changes, and what followed lately then says more than all that did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.predictions.actions.histories import Floats, Ints
from kundskab.predictions.actions.signs import Signs, Small

ORDERS = ("popularity", "last", "last and silence", "last two", "last three")
# Counts that fade -> their half-life, as a share of the moments learnt from; only the longest memory of each speaks.
FADING = {"last three, lately": 1 / 8, "last three, just now": 1 / 32}
_SILENCES = 10
_FAINTEST = 1e-6  # what once was is never wholly gone


@dataclass(frozen=True, slots=True, eq=False)
class Markov:
    """keys, counts: per order the contexts seen, sorted, shape (contexts,), and what followed, (contexts, actions)."""

    keys: tuple[Ints, ...]
    counts: tuple[Small, ...]

    def chances(self, known: Signs) -> list[Small]:
        """The chances by each order, shape (moments, actions) each; rows sum to 1.

        Source: Witten & Bell 1991, IEEE Trans. Inf. Theory 37(4) (the weight of the shorter context is by how many
        different actions have followed).
        """
        contexts = _contexts(known)
        # Many people stand in the same place: each place is worked out once.
        _, one, back = np.unique(contexts[-1], return_index=True, return_inverse=True)
        shorter: Floats = np.full((len(one), known.actions), 1 / known.actions)
        found = []
        for keys, counts, context in zip(self.keys, self.counts, contexts, strict=True):
            row = np.minimum(np.searchsorted(keys, context[one]), max(len(keys) - 1, 0))
            seen = (keys[row] == context[one]) if len(keys) else np.zeros(len(one), bool)
            c = counts[row] * seen[:, None] if len(keys) else np.zeros_like(shorter)
            kinds = (c > 0).sum(axis=1, keepdims=True)
            shorter = np.where(
                kinds > 0, (c + kinds * shorter) / np.maximum(c.sum(axis=1, keepdims=True) + kinds, 1), shorter
            )
            found.append(shorter.astype(np.float32)[back])
        return found

    def followed(self, order: int, context: int) -> Small:
        """What followed one context of an order, shape (actions,); zeros where it was never seen."""
        keys = self.keys[order]
        row = int(np.searchsorted(keys, context))
        if row < len(keys) and keys[row] == context:
            return np.asarray(self.counts[order][row])
        return np.zeros(self.counts[order].shape[1], np.float32)


def fit_markov(known: Signs, target: Ints, weight: Floats | None = None) -> Markov:
    """Counts of what followed each context.

    target: shape (moments,).  weight: of each moment, above 0; None: 1.
    """
    keys, counts = [], []
    for context in _contexts(known):
        seen, place = np.unique(context, return_inverse=True)
        cells = np.bincount(place * known.actions + target, weight, minlength=len(seen) * known.actions)
        keys.append(seen)
        counts.append(cells.reshape(len(seen), known.actions).astype(np.float32))
    return Markov(tuple(keys), tuple(counts))


def fading(answered_at: Floats, half_life: float) -> Floats:
    """The weight of each moment: halved with each such share of all moments that were answered after it.

    answered_at: shape (moments,), seconds. Counted in moments rather than days, so that quiet months forget little.
    """
    after = len(answered_at) - np.searchsorted(np.sort(answered_at), answered_at, "right")
    weight: Floats = 0.5 ** (after / max(half_life * len(answered_at), 1.0))
    return np.maximum(weight, _FAINTEST)


def _contexts(known: Signs) -> list[Ints]:
    """One number per moment and order; each context determines those before it."""
    base = known.actions + 1
    last, second, third = known.lags.T
    silent = last * _SILENCES + known.silence
    two = silent + second * (base * _SILENCES)
    return [np.zeros(len(known), np.int64), last, silent, two, two + third * (base * base * _SILENCES)]
