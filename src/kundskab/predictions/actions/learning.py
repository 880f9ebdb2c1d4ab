"""Learning: every model on the same moments, the mixture learnt out of fold, and what results: a Foresight."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from kundskab.predictions.actions.boosted import Boosted, fit_boosted
from kundskab.predictions.actions.histories import Floats, Histories, Ints, Moments
from kundskab.predictions.actions.linear import STEPS, Linear, fit_linear
from kundskab.predictions.actions.markov import FADING, ORDERS, Markov, fading, fit_markov
from kundskab.predictions.actions.mixing import Mixing
from kundskab.predictions.actions.signs import Signs, Small, signs

BASELINE = ORDERS[0]
LINEAR, BOOSTED, MIXTURE = "linear", "boosted trees", "mixture"


@dataclass(frozen=True, slots=True)
class Settings:
    """boosted: whether trees compete, which costs most of the time.  clock: seconds the company is before UTC.

    learn_from, linear_from, count_from: moments at most, evenly taken: for trees and mixture, for the linear model, for
    counts of what followed what. Many make a difference for the last two, which are cheap.
    """

    learn_from: int = 6_000
    linear_from: int = 20_000
    count_from: int = 60_000
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
    lately: tuple[Markov, ...]  # of markov.FADING
    linear: Linear
    boosted: Boosted | None
    mixing: Mixing
    clock: float = 0.0

    def all_chances(self, known: Signs, only: Collection[str] | None = None) -> dict[str, Small]:
        """model -> chances, shape (moments, actions).  only: models that are dear are left out unless they are here."""
        found = dict(zip(ORDERS, self.markov.chances(known), strict=True))
        dear: dict[str, Callable[[Signs], Small]] = {
            name: partial(_longest, markov) for name, markov in zip(FADING, self.lately, strict=True)
        }
        dear |= {LINEAR: self.linear.chances} | ({BOOSTED: self.boosted.chances} if self.boosted else {})
        return found | {name: ask(known) for name, ask in dear.items() if only is None or name in only}

    def chances(self, known: Signs) -> Small:
        """By the mixture; shape (moments, actions), rows sum to 1."""
        return self.mixing.mixed(self.all_chances(known, self.mixing.weights))

    def foretell(self, events: Histories, moments: Moments) -> Small:
        """The chances at these moments, in portions so that memory stays flat; shape (moments, actions)."""
        found = np.empty((len(moments), len(self.names)), np.float32)
        for start in range(0, len(moments), _PORTION):
            part = slice(start, start + _PORTION)
            found[part] = self.chances(signs(events, moments.of(np.arange(len(moments))[part]), clock=self.clock))
        return found


_PORTION = 50_000


def learn(
    events: Histories, moments: Moments, settings: Settings, mixing: Mixing, begin: Linear | None = None
) -> Foresight:
    """Learn from moments whose target is known, to be mixed like this; trees that have no share are not learnt.

    begin: a linear model of earlier moments, to go on from: where it has learnt a part of these, less time is spent.
    """
    known, answered = signs(events, moments, clock=settings.clock), moments.asked_at + moments.waited
    return _fit(events.names, known, moments.target, answered, mixing, settings, begin)


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Moments foretold by models that had not learnt from them.

    chances: model -> shape (moments, actions).  target: what came.  last: the linear model of the last part foretold.
    """

    chances: dict[str, Small]
    target: Ints
    last: Linear


def held_out(events: Histories, moments: Moments, folds: Ints, settings: Settings, *, forward: bool) -> Held | None:
    """Each part foretold by models that did not see it; None where there is one part only.

    folds: shape (moments,), the part each belongs to.  forward: parts are stretches of time, in order, and those of the
    later half are each foretold from what was before, as all that comes will be, and come back in order; else each from
    all others.
    """
    known, target = signs(events, moments, clock=settings.clock), moments.target
    answered = moments.asked_at + moments.waited
    parts: list[tuple[Ints, dict[str, Small]]] = []
    before: Linear | None = None
    each = np.unique(folds)
    for fold in each[len(each) // 2 :] if forward else each:
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds < fold if forward else folds != fold)
        if not len(outside):
            continue
        inside = inside[_evenly(len(inside), math.ceil(settings.learn_from * len(inside) / len(target)))]
        begin = before if forward else None  # of people it has seen the other parts, which are asked next
        learnt_from = (_some(known, outside), target[outside], answered[outside])
        model = _fit(events.names, *learnt_from, Mixing({}), settings, begin)
        parts.append((inside, model.all_chances(_some(known, inside))))
        before = model.linear
    if before is None:
        return None
    order = np.concatenate([inside for inside, _ in parts])
    chances = {name: np.concatenate([found[name] for _, found in parts]) for name in parts[0][1]}
    return Held(chances, target[order], before)


def _fit(
    names: Sequence[str],
    known: Signs,
    target: Ints,
    answered: Floats,
    mixing: Mixing,
    settings: Settings,
    begin: Linear | None = None,
) -> Foresight:
    # A shop whose only act is buying has nothing to choose between; trees refuse to learn that.
    trees = settings.boosted and len(names) > 1 and (not mixing.weights or BOOSTED in mixing.weights)
    steps = settings.steps if begin is None else settings.steps // 2
    few, many = (_evenly(len(target), most) for most in (settings.learn_from, settings.linear_from))
    return Foresight(
        names=tuple(names),
        markov=fit_markov(known, target),
        lately=tuple(fit_markov(known, target, fading(answered, half_life)) for half_life in FADING.values()),
        linear=fit_linear(_some(known, many), target[many], steps=steps, begin=begin),
        boosted=(
            fit_boosted(_some(known, few), target[few], rounds=settings.rounds, threads=settings.threads)
            if trees
            else None
        ),
        mixing=mixing,
        clock=settings.clock,
    )


def _longest(markov: Markov, known: Signs) -> Small:
    return markov.chances(known)[-1]


def _evenly(n: int, most: int) -> Ints:
    """Places among n, at most so many."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.int64)


def _some(known: Signs, rows: Ints) -> Signs:
    parts = {name: getattr(known, name)[rows] for name in Signs.__slots__ if name != "actions"}
    return Signs(actions=known.actions, **parts)
