"""Made worlds of people and signals whose truth is known, and made events of people of whom some do what matters."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from kundskab.drivers import Trial
from kundskab.drivers.deeds import DAY, Bought, Deeds

Floats = npt.NDArray[np.float64]
ZONE = ZoneInfo("UTC")


def signals(
    seed: int, *, people: int = 3000, candidates: int = 200, true: int = 20, size: float = 0.15
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Correlated, heavy-tailed counts; an outcome from some of them given the rest; which those are."""
    rng = np.random.default_rng(seed)
    everything = rng.normal(size=(people, 1))
    blocks = np.repeat(rng.normal(size=(people, candidates // 10)), 10, axis=1)
    latent = np.sqrt(0.18) * everything + np.sqrt(0.35) * blocks + 0.7 * rng.normal(size=(people, candidates))
    x = np.log1p(rng.poisson(np.exp(0.8 * latent - 0.2 + rng.normal(0, 0.6, candidates))))
    x = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-9)
    which = np.zeros(candidates, dtype=bool)
    chosen = rng.choice(candidates, true, replace=False)
    which[chosen] = True
    effect = np.zeros(candidates)
    effect[chosen] = size * rng.choice([-1, 1], true)
    y = (rng.random(people) < 1 / (1 + np.exp(1.5 - x @ effect))).astype(float)
    return x, y, which


def company(seed: int, *, people: int = 1500, strength: float = 0.0, days: int = 240) -> Deeds:
    """People who come at their own pace and leave some day; who does "Guide Read" soon leaves later, if it has
    strength."""
    rng = np.random.default_rng(seed)
    names = ("", "Guide Read", "Order Completed", "Visited", "Wished")
    rows = []
    for person in range(people):
        start = rng.uniform(2, days - 20)
        reads = rng.random() < 0.3
        leaves = start + rng.exponential(60 * (1 + strength * reads))
        at = start + np.cumsum(rng.exponential(rng.gamma(2, 4), 60))
        at = at[at < min(leaves, days)]
        kinds = rng.choice([2, 3, 4], len(at), p=[0.1, 0.7, 0.2])
        rows += [(person, start, 2), (person, start + 0.01, 3)]
        rows += [(person, when, int(kind)) for when, kind in zip(at, kinds, strict=True)]
        if reads:
            rows.append((person, start + rng.uniform(0.1, 10), 1))
    table = np.array(sorted(rows))
    person, us, action = (
        table[:, 0].astype(np.int64),
        (table[:, 1] * DAY).astype(np.int64),
        table[:, 2].astype(np.int64),
    )
    nothing = np.zeros(len(person), dtype=np.int64)
    bought = action == 2
    return Deeds(
        persons=tuple(f"p{n}" for n in range(people)), person=person, us=us, action=action, category=nothing,
        channel=nothing, object=nothing, occasion=nothing, hour=us // (DAY // 24) % 24, weekday=us // DAY % 7,
        actions=names, categories=("",), channels=("",), buying=("Order Completed",), goals=("Order Completed",),
        bought=Bought(person[bought], us[bought], np.ones(int(bought.sum())), {}), last_us=days * DAY,
    )  # fmt: skip


def shuffled(trial: Trial, rng: np.random.Generator) -> Trial:
    """The same with its outcomes dealt out anew: to people, or to whole visits."""
    if trial.visit is None:
        order = rng.permutation(len(trial.y))
        return replace(trial, y=trial.y[order], amount=None if trial.amount is None else trial.amount[order])
    _, first, of = np.unique(trial.visit, return_index=True, return_inverse=True)
    return replace(trial, y=rng.permutation(trial.y[first])[of])
