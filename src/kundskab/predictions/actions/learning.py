"""Learning: every model on the same moments, the mixture learnt out of fold, and what results: a Foresight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kundskab.predictions.actions.boosted import Boosted, fit_boosted
from kundskab.predictions.actions.histories import Histories, Ints, Moments
from kundskab.predictions.actions.linear import STEPS, Linear, fit_linear
from kundskab.predictions.actions.markov import ORDERS, Markov, fit_markov
from kundskab.predictions.actions.mixing import Mixing, learn_mixing
from kundskab.predictions.actions.signs import Signs, Small, signs

BASELINE = ORDERS[0]
LINEAR, BOOSTED, MIXTURE = "linear", "boosted trees", "mixture"
FOLDS = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """boosted: whether trees compete, which costs most of the time.  clock: seconds the company is before UTC."""

    boosted: bool = True
    rounds: int = 120
    clock: float = 0.0
    threads: int = 1
    steps: int = STEPS  # of the linear model, at most


@dataclass(frozen=True, slots=True, eq=False)
class Foresight:
    """What was learnt of a company's actions. names: of the actions, in the order of all columns."""

    names: tuple[str, ...]
    markov: Markov
    linear: Linear
    boosted: Boosted | None
    mixing: Mixing
    clock: float = 0.0

    def all_chances(self, known: Signs) -> dict[str, Small]:
        """model -> chances, shape (moments, actions)."""
        found = dict(zip(ORDERS, self.markov.chances(known), strict=True)) | {LINEAR: self.linear.chances(known)}
        return found | ({BOOSTED: self.boosted.chances(known)} if self.boosted else {})

    def chances(self, known: Signs) -> Small:
        """By the mixture; shape (moments, actions), rows sum to 1."""
        wanted = self if BOOSTED in self.mixing.weights else replace(self, boosted=None)
        return self.mixing.mixed(wanted.all_chances(known))

    def foretell(self, events: Histories, moments: Moments) -> Small:
        """The chances at these moments, in portions so that memory stays flat; shape (moments, actions)."""
        found = np.empty((len(moments), len(self.names)), np.float32)
        for start in range(0, len(moments), _PORTION):
            part = slice(start, start + _PORTION)
            found[part] = self.chances(signs(events, moments.of(np.arange(len(moments))[part]), clock=self.clock))
        return found


_PORTION = 50_000


def learn(
    events: Histories, moments: Moments, folds: Ints, settings: Settings, *, mixing: Mixing | None = None
) -> Foresight:
    """Learn from moments whose target is known.

    folds: shape (moments,), the part each belongs to; the mixture is learnt on each part from models that did not see
    it, so a part should be a stretch of time, or people.  mixing: given where it is known already.
    """
    known = signs(events, moments, clock=settings.clock)
    if mixing is None:
        mixing = _out_of_fold(events.names, known, moments.target, folds, settings)
    return _fit(events.names, known, moments.target, mixing, settings)


def _out_of_fold(names: Sequence[str], known: Signs, target: Ints, folds: Ints, settings: Settings) -> Mixing:
    parts: list[tuple[Ints, dict[str, Small]]] = []
    for fold in np.unique(folds):
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if not len(outside):
            continue
        model = _fit(names, _some(known, outside), target[outside], Mixing({}), settings)
        parts.append((inside, model.all_chances(_some(known, inside))))
    if not parts:  # one part only: nothing was held out, so nothing is mixed
        return Mixing({BASELINE: 1.0})
    order = np.concatenate([inside for inside, _ in parts])
    chances = {name: np.concatenate([found[name] for _, found in parts]) for name in parts[0][1]}
    return learn_mixing(chances, target[order])


def _fit(names: Sequence[str], known: Signs, target: Ints, mixing: Mixing, settings: Settings) -> Foresight:
    # A shop whose only act is buying has nothing to choose between; trees refuse to learn that.
    trees = settings.boosted and len(names) > 1 and (not mixing.weights or BOOSTED in mixing.weights)
    return Foresight(
        names=tuple(names),
        markov=fit_markov(known, target),
        linear=fit_linear(known, target, steps=settings.steps),
        boosted=fit_boosted(known, target, rounds=settings.rounds, threads=settings.threads) if trees else None,
        mixing=mixing,
        clock=settings.clock,
    )


def _some(known: Signs, rows: Ints) -> Signs:
    parts = {name: getattr(known, name)[rows] for name in Signs.__slots__ if name != "actions"}
    return Signs(actions=known.actions, **parts)
