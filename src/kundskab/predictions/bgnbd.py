"""BG/NBD: people buy at a pace of their own, and after each purchase may leave for good.

Paces follow a gamma law over people, chances to leave after a purchase a beta law.
Source: Fader, Hardie & Lee 2005, Marketing Science 24(2), 275-284, "Counting your customers the easy way".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln, hyp2f1

Floats = npt.NDArray[np.float64]

# The prior: each parameter's logarithm is normal around 0 (pace_rate: around that of the mean age) with this deviation.
# It says no more than "within a factor of fifty"; without it the likelihood of people who never leave has no maximum.
PRIOR_DEVIATION = 2.0
_REACH = 7.0  # how far from the prior's centre the search may go, in logarithms: three and a half deviations
_ONE = 1e-5  # the formula divides by leave_a - 1
_STEP = 1e-4


class Summary(Protocol):
    """What the model must know of people: arrays with one value per person, times in weeks."""

    @property
    def repeats(self) -> Floats: ...
    @property
    def recency(self) -> Floats: ...
    @property
    def age(self) -> Floats: ...


@dataclass(frozen=True, slots=True)
class BgNbd:
    """The law of paces, gamma(pace_shape, pace_rate in weeks), and of leaving, beta(leave_a, leave_b); all > 0."""

    pace_shape: float
    pace_rate: float
    leave_a: float
    leave_b: float
    covariance: Floats  # of the four logarithms, shape (4, 4): how unsure the fit is

    def parameters(self) -> Floats:
        return np.array([self.pace_shape, self.pace_rate, self.leave_a, self.leave_b])

    def alive(self, people: Summary) -> Floats:
        """The chance that each has not left yet, 0-1. Who never came back has had no chance to leave: 1."""
        x = people.repeats
        quiet = (self.pace_shape + x) * np.log((self.pace_rate + people.age) / (self.pace_rate + people.recency))
        odds = np.log(self.leave_a / (self.leave_b + np.maximum(x, 1) - 1)) + quiet
        return np.where(x > 0, 1 / (1 + np.exp(np.minimum(odds, 700.0))), 1.0)

    def expected(self, people: Summary, weeks: npt.ArrayLike) -> Floats:
        """Expected occasions of each in the coming weeks (one horizon, or one per person).

        Source: equation 10 of the paper, in a form (Pfaff's) that stays finite for thousands of repeats.
        """
        x, rate = people.repeats, self.pace_rate + people.age
        a = self.leave_a if abs(self.leave_a - 1) > _ONE else 1 + _ONE
        time = np.asarray(weeks, dtype=np.float64) / rate
        shape = self.pace_shape + x
        stays = hyp2f1(shape, a - 1, a + self.leave_b + x - 1, -time)
        occasions = (a + self.leave_b + x - 1) / (a - 1) * (1 - stays)
        # Where the series gives up, the chance to leave is known so well that its mean will do.
        leaves = self.leave_a / (self.leave_a + self.leave_b + x)
        at_mean = -np.expm1(-shape * np.log1p(leaves * time)) / leaves
        usable = np.isfinite(occasions) & (occasions >= 0) & (occasions <= shape * time * (1 + 1e-6))
        return np.where(usable, occasions, at_mean) * self.alive(people)

    def returns(self, people: Summary, weeks: npt.ArrayLike) -> Floats:
        """The chance of each to come at least once in the coming weeks, 0-1."""
        time = np.asarray(weeks, dtype=np.float64) / (self.pace_rate + people.age)
        return self.alive(people) * -np.expm1(-(self.pace_shape + people.repeats) * np.log1p(time))

    def draw(self, people: Summary, weeks: npt.ArrayLike, *, rng: np.random.Generator, futures: int = 1) -> Floats:
        """Possible futures, shape (futures, people): the occasions of each, by chance, in the coming weeks."""
        shape = (futures, len(people.repeats))
        pace = rng.gamma(self.pace_shape + people.repeats, size=shape) / (self.pace_rate + people.age)
        leaves = np.maximum(rng.beta(self.leave_a, self.leave_b + people.repeats, shape), 1e-9)
        wanted = rng.poisson(np.minimum(pace * np.asarray(weeks), 1e9))
        here = rng.random(shape) < self.alive(people)
        return np.where(here, np.minimum(wanted, rng.geometric(leaves)), 0).astype(np.float64)

    def other_fits(self, rounds: int, *, rng: np.random.Generator) -> list[BgNbd]:
        """As many models that the same people could have led to (Laplace's approximation)."""
        middle = np.log(self.parameters())
        drawn = rng.multivariate_normal(middle, self.covariance, rounds, method="eigh")
        around = np.exp(np.clip(drawn, middle - _REACH, middle + _REACH))
        return [replace(self, pace_shape=r, pace_rate=q, leave_a=a, leave_b=b) for r, q, a, b in around.tolist()]


def fit(people: Summary) -> BgNbd:
    """The most probable model under the declared prior; it exists for any people, and for none.

    Every person weighs the same; equal summaries are counted once, which makes a fit quick.
    """
    table = np.stack([people.repeats, people.recency, people.age], axis=1).round(2)
    rows, weight = np.unique(table, axis=0, return_counts=True)
    x, recency, age = rows.T if len(rows) else np.zeros((3, 0))
    centre = np.array([0.0, np.log(float(np.average(age, weights=weight))) if len(age) else 0.0, 0.0, 0.0])

    def loss(logs: Floats) -> tuple[float, Floats]:
        value, slope = _log_likelihood(np.exp(logs), x, recency, age, weight.astype(np.float64))
        off = (logs - centre) / PRIOR_DEVIATION
        return float((off * off).sum() / 2 - value), off / PRIOR_DEVIATION - slope

    bounds = [(middle - _REACH, middle + _REACH) for middle in centre]
    starts = (centre + np.array([-1.0, -1.0, -0.5, 0.5]), centre)
    best = min((minimize(loss, s, jac=True, method="L-BFGS-B", bounds=bounds) for s in starts), key=lambda m: m.fun)
    r, q, a, b = np.exp(best.x).tolist()
    return BgNbd(r, q, a, b, _inverse(_curvature(loss, best.x)))


def _log_likelihood(p: Floats, x: Floats, recency: Floats, age: Floats, weight: Floats) -> tuple[float, Floats]:
    """Of all people, and its slope in the four logarithms (equation 6 of the paper)."""
    r, q, a, b = p
    again = np.maximum(x, 1.0)
    shared = gammaln(r + x) - gammaln(r) + r * np.log(q)
    stayed = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(q + age)
    with np.errstate(divide="ignore"):
        left = np.log(x > 0) + betaln(a + 1, b + again - 1) - betaln(a, b) - (r + x) * np.log(q + recency)
    either = np.logaddexp(stayed, left)
    w, u = np.exp(stayed - either), np.exp(left - either)
    both = digamma(a + b) - digamma(a + b + x)
    slopes = (
        digamma(r + x) - digamma(r) + np.log(q) - w * np.log(q + age) - u * np.log(q + recency),
        r / q - (r + x) * (w / (q + age) + u / (q + recency)),
        both + u / a,
        both - digamma(b) + w * digamma(b + x) + u * digamma(b + again - 1),
    )
    slope = np.array([float((weight * part).sum()) for part in slopes]) * p
    return float((weight * (shared + either)).sum()), slope


def _curvature(loss: Callable[[Floats], tuple[float, Floats]], at: Floats) -> Floats:
    steps = np.eye(len(at)) * _STEP
    rows = [(loss(at + step)[1] - loss(at - step)[1]) / (2 * _STEP) for step in steps]
    curved: Floats = np.array(rows)
    return (curved + curved.T) / 2


def _inverse(curvature: Floats) -> Floats:
    # The prior curves by 1/deviation² whatever the data say; less can only be rounding.
    values, vectors = np.linalg.eigh(curvature)
    covariance: Floats = (vectors / np.maximum(values, PRIOR_DEVIATION**-2)) @ vectors.T
    return covariance
