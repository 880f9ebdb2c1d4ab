"""Hindsight: how the model would have erred on earlier days, learnt and taken back for the people it errs about.

From a few earlier days the horizon to come is foretold with what was known then, and held against what came. A Poisson
regression, drawn towards "no correction", tells for whom the model foretold too little or too much. Since it looks
only at times after the forecast, it errs as an honest forecast errs; it never sees the horizon that is asked for.
Source: our own measurements (docs/predictions.md); the regression is a ridge-penalised Poisson GLM with offset.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from kundskab.predictions import bgnbd
from kundskab.predictions.purchases import DAYS, Floats, Occasions, Purchases, came, summarise

LOOKS = (1 / 3, 2 / 3, 1.0)  # parts of the horizon, or of half the history if that is less, to step back
RIDGE = 10.0
TRUST = 0.75  # of what was learnt: the coming weeks are not those before
# All of these, and the signs below, were chosen on inner splits of the known part of two shops (docs/predictions.md).
_FEWEST_PERSONS = 50
_FEWEST_OCCASIONS = 50
_REACH = 2.0  # no person is corrected by more than exp of this
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Hindsight:
    """factor = exp(weights · signs in units of their deviation from their mean), one factor per person."""

    weights: Floats  # shape (1 + signs,), the constant first
    mean: Floats
    deviation: Floats
    covariance: Floats  # of the weights
    looks: int  # how many earlier days it rests on

    def factor(self, people: Purchases, expected: Floats, weeks: float, weights: Floats | None = None) -> Floats:
        """By what to multiply the model's expected occasions in so many weeks; shape (people,), around 1."""
        given = self.weights if weights is None else weights
        scaled = (signs(people, expected, weeks) - self.mean) / self.deviation
        factor: Floats = np.exp(np.clip(given[0] + scaled @ given[1:], -_REACH, _REACH))
        return factor


def learn(bought: Occasions, until: int, weeks: float) -> Hindsight | None:
    """From the days before `until`; None where the past is too short or too empty to learn from."""
    if not len(bought.day):
        return None
    back = min(weeks * DAYS, (until - int(bought.day.min())) / 2)
    looks = [_look(bought, until - max(1, int(back * part)), until) for part in LOOKS]
    seen = [look for look in looks if look is not None]
    if not seen:
        return None
    seen_signs, expected, actual = (np.concatenate([look[i] for look in seen]) for i in range(3))
    if actual.sum() < _FEWEST_OCCASIONS * len(seen):
        return None
    mean, deviation = seen_signs.mean(axis=0), seen_signs.std(axis=0)
    deviation = np.where(deviation > 1e-6, deviation, 1.0)  # a sign that is the same for all says nothing
    design = np.column_stack([np.ones(len(seen_signs)), (seen_signs - mean) / deviation])
    # The looks see the same people, so together they weigh as one.
    weights, covariance = poisson_ridge(design, expected, actual, 1 / len(seen))
    return Hindsight(TRUST * weights, mean, deviation, covariance, len(seen))


def _look(bought: Occasions, day: int, until: int) -> tuple[Floats, Floats, Floats] | None:
    people = summarise(bought, day)
    if len(people) < _FEWEST_PERSONS:
        return None
    weeks = (until - day) / DAYS
    expected = np.maximum(bgnbd.fit(people).expected(people, weeks), _LEAST)
    return signs(people, expected, weeks), expected, came(bought, people.persons, day, until)[0]


def signs(people: Purchases, expected: Floats, weeks: float) -> Floats:
    """Shape (people, 14): what may tell that the model errs; money by its logarithm, refunds as nothing."""
    quiet = people.age - people.recency
    again = (people.repeats > 0).astype(np.float64)
    return np.column_stack(
        [
            np.log(np.maximum(expected, _LEAST) / weeks),
            np.log1p(people.repeats),
            quiet / people.age,
            (quiet / people.age) ** 2,
            again,
            np.log(people.age),
            np.log1p(quiet),
            np.log1p(people.faded),
            np.log1p(people.last_month),
            np.log1p(people.last_quarter),
            np.log1p(np.maximum(people.first_value, 0)),
            again * np.log1p(np.maximum(people.mean_value, 0)),
            people.gap,
            people.gap_spread,
        ]
    )


def poisson_ridge(
    design: Floats, offset: Floats, actual: Floats, weight: float
) -> tuple[Floats, npt.NDArray[np.float64]]:
    """Weights and their covariance of actual ~ offset * exp(design @ weights), all but the first drawn to 0."""
    ridge = np.full(design.shape[1], RIDGE)
    ridge[0] = 1e-3  # the total is free

    def loss(weights: Floats) -> tuple[float, Floats]:
        line = np.clip(design @ weights, -5, 5)
        foretold = offset * np.exp(line)
        value = weight * (foretold - actual * line).sum() + (ridge * weights**2).sum() / 2
        return float(value), weight * (design.T @ (foretold - actual)) + ridge * weights

    weights = minimize(loss, np.zeros(len(ridge)), jac=True, method="L-BFGS-B").x
    foretold = offset * np.exp(np.clip(design @ weights, -5, 5))
    # People vary more than Poisson does; their excess widens the doubt.
    excess = max(1.0, float(((actual - foretold) ** 2).sum() / foretold.sum()))
    curved = weight * (design.T * foretold) @ design + np.diag(ridge)
    return weights, excess * np.linalg.inv(curved)
