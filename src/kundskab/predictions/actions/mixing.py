"""Mixing: several models' chances with weights learnt where none of them had looked, and one temperature on top.

A weighted mean of chances is as good as its best part up to a small price, and it never rules out what one of its parts
allows: that guards against actions that nobody had done before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kundskab.predictions.actions.histories import Floats, Ints
from kundskab.predictions.actions.signs import Small
from kundskab.predictions.calibration import given_to, temperature, tempered

_ROUNDS = 200
# Moments of stretches of time fade, the newest last: how sure to be is better known from these months than from all.
_FADE = 1 / 8
_FADE_LEAST = 300  # moments
_LEAST = 1e-3  # a model below this share is left out: it would cost time and tell nothing
_BELIEVED = 100.0
ANYTHING = "anything"  # the model that finds every action equally likely


@dataclass(frozen=True, slots=True)
class Mixing:
    """weights: model -> its share, summing to 1.  power: the temperature, by `calibration.temperature`."""

    weights: Mapping[str, float]
    power: float = 1.0

    def mixed(self, chances: Mapping[str, Small]) -> Small:
        """Shape (moments, actions); rows sum to 1."""
        first = next(iter(chances.values()))
        found = np.zeros_like(first)
        for name, weight in self.weights.items():
            found += np.float32(weight) * (np.float32(1 / first.shape[1]) if name == ANYTHING else chances[name])
        return np.asarray(tempered(found / found.sum(axis=1, keepdims=True), self.power), np.float32)


def of_late(chances: Mapping[str, Small], target: Ints) -> Mixing:
    """Like `learn_mixing` of moments in the order of time, the older ones weighing less."""
    n = len(target)
    age = np.arange(n, 0, -1, dtype=np.float64)
    return learn_mixing(chances, target, weight=0.5 ** (age / max(_FADE * n, _FADE_LEAST)))


def learn_mixing(
    chances: Mapping[str, Small], target: Ints, start: Mixing | None = None, *, weight: Floats | None = None
) -> Mixing:
    """Weights and temperature that make what came likeliest; chances: by models that did not learn from these moments.

    start: weights that are believed as if they had been learnt from _BELIEVED moments.  weight: of each moment, above
    0; None: 1.
    Source: the EM algorithm for mixture weights, Jelinek & Mercer 1980 (deleted interpolation).
    """
    first = next(iter(chances.values()))
    names = [*chances, ANYTHING]
    given = np.column_stack(
        [given_to(chances[name], target) for name in chances] + [np.full(len(target), 1 / first.shape[1])]
    ).astype(np.float64)
    share = np.full(len(names), 1 / len(names))
    # One imagined moment in a hundred per model keeps "anything" from vanishing where nothing new has come yet.
    before = np.full(len(names), 1e-2)
    if start is not None:
        before += _BELIEVED * np.array([start.weights.get(name, 0.0) for name in names])
    for _ in range(_ROUNDS if len(target) else 0):
        part = given * share
        part /= np.maximum(part.sum(axis=1, keepdims=True), 1e-30)
        share = (part.sum(axis=0) if weight is None else weight @ part) + before
        share /= share.sum()
    kept = {name: float(w) for name, w in zip(names, share, strict=True) if w >= _LEAST or name == ANYTHING}
    total = sum(kept.values())
    plain = Mixing({name: weight / total for name, weight in kept.items()})
    if not len(target):
        return plain
    return Mixing(plain.weights, temperature(plain.mixed(chances), target, weight))
