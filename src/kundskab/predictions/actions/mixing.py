"""Mixing: several models' chances with weights learnt where none of them had looked, and one temperature on top.

A weighted mean of chances is as good as its best part up to a small price, and it never rules out what one of its parts
allows: that guards against actions that nobody had done before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kundskab.predictions.actions.histories import Ints
from kundskab.predictions.actions.signs import Small
from kundskab.predictions.calibration import given_to, temperature, tempered

_ROUNDS = 200
_LEAST = 1e-3  # a model below this share is left out: it would cost time and tell nothing
ANYTHING = "anything"  # the model that finds every action equally likely


@dataclass(frozen=True, slots=True)
class Mixing:
    """weights: model -> its share, summing to 1.  power: the temperature."""

    weights: Mapping[str, float]
    power: float = 1.0

    def mixed(self, chances: Mapping[str, Small]) -> Small:
        """Shape (moments, actions); rows sum to 1."""
        first = next(iter(chances.values()))
        found = np.zeros_like(first)
        for name, weight in self.weights.items():
            found += np.float32(weight) * (np.float32(1 / first.shape[1]) if name == ANYTHING else chances[name])
        return np.asarray(tempered(found / found.sum(axis=1, keepdims=True), self.power), np.float32)


def learn_mixing(chances: Mapping[str, Small], target: Ints) -> Mixing:
    """Weights and temperature that make what came likeliest; chances: by models that did not learn from these moments.

    Source: the EM algorithm for mixture weights, Jelinek & Mercer 1980 (deleted interpolation).
    """
    first = next(iter(chances.values()))
    names = [*chances, ANYTHING]
    given = np.column_stack(
        [given_to(chances[name], target) for name in chances] + [np.full(len(target), 1 / first.shape[1])]
    ).astype(np.float64)
    share = np.full(len(names), 1 / len(names))
    for _ in range(_ROUNDS if len(target) else 0):
        part = given * share
        # One imagined moment per model keeps "anything" from vanishing where nothing new has come yet.
        share = ((part / np.maximum(part.sum(axis=1, keepdims=True), 1e-30)).sum(axis=0) + 1e-2) / (
            len(target) + 1e-2 * len(names)
        )
    kept = {name: float(w) for name, w in zip(names, share, strict=True) if w >= _LEAST or name == ANYTHING}
    total = sum(kept.values())
    plain = Mixing({name: weight / total for name, weight in kept.items()})
    if not len(target):
        return plain
    return Mixing(plain.weights, temperature(plain.mixed(chances), target))
