"""From scores to chances: of a hundred objects given "7 %", seven should be the next.

A conditional logit over the strongest candidates of each person, with "something else" as one more choice. The chance
of something else is spread over all other objects by their popularity, so that every object of the catalogue has a
chance and all of them sum to 1. Four numbers are learnt, on events that no model learnt from.

Source: McFadden 1974, Frontiers in Econometrics, 105-142; Guo et al. 2017, ICML (one temperature for many classes).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from kundskab.predictions.objects.sequences import Floats, Ints, Times

CANDIDATES = 50  # per person; the others are "something else"
BINS = 10
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Candidates:
    """The strongest objects of each person, the strongest first. objects, scores: shape (people, width); -1 and 0
    where a person has fewer.  largest: shape (people,), the strongest score.
    """

    objects: Ints
    scores: Floats

    @property
    def there(self) -> npt.NDArray[np.bool_]:
        return self.objects >= 0


def candidates(scores: sparse.csr_array, width: int = CANDIDATES) -> Candidates:
    """The `width` largest of each row that are above 0."""
    people = scores.shape[0]
    lengths = np.diff(scores.indptr)
    longest = max(int(lengths.max(initial=0)), 1)
    padded = np.zeros((people, longest), np.float32)
    named = np.full((people, longest), -1, np.int64)
    rows = np.repeat(np.arange(people), lengths)
    place = np.arange(len(rows)) - np.repeat(scores.indptr[:-1], lengths)
    padded[rows, place], named[rows, place] = scores.data, scores.indices
    if longest > width:
        top = np.argpartition(-padded, width - 1, axis=1)[:, :width]
        padded, named = np.take_along_axis(padded, top, 1), np.take_along_axis(named, top, 1)
    order = np.lexsort((named, -padded), axis=1)  # a tie goes to the lower number, whatever the order they came in
    padded, named = np.take_along_axis(padded, order, 1), np.take_along_axis(named, order, 1)
    named[padded <= 0] = -1
    return Candidates(named, padded)


@dataclass(frozen=True, slots=True)
class Odds:
    """power: of a score beside the person's best.  first: of standing first.

    other: log-odds of something else.  evidence: how they fall with the strongest raw score of a person.
    """

    power: float = 1.0
    first: float = 0.0
    other: float = 2.0
    evidence: float = 0.0

    def chances(self, found: Candidates, strength: Times) -> Times:
        """Shape (people, width): the chance of each candidate; what is missing to 1 is something else."""
        return _chances(np.array(astuple(self)), _features(found, strength), found.there)


def learn_odds(found: Candidates, strength: Times, target: Ints) -> Odds:
    """The odds under which what came is likeliest, drawn weakly to the plain ones.

    strength: shape (people,), the strongest raw score, 0 where nothing is known.
    """
    if not len(target):
        return Odds()
    features, proof = _features(found, strength)
    there, hit = found.there, found.objects == target[:, None]
    inside = hit.any(axis=1)
    prior = np.array(astuple(Odds()))

    def loss(odds: Times) -> tuple[float, Times]:
        utility = np.where(there, np.tensordot(odds[:2], features, 1), -np.inf)
        outside = odds[2] - odds[3] * proof
        top = np.maximum(utility.max(axis=1), outside)
        weights, rest = np.exp(utility - top[:, None]), np.exp(outside - top)
        total = weights.sum(axis=1) + rest
        chosen = np.where(inside, np.where(hit, utility, 0).sum(axis=1), outside)
        value = -(chosen - top - np.log(total)).sum()
        off, beyond = weights / total[:, None] - hit, rest / total - ~inside
        slope = np.array([*((off * one).sum() for one in features), beyond.sum(), -(beyond * proof).sum()])
        pull = odds - prior
        return float(value + 2 * (pull**2).sum()), slope + 4 * pull

    bounds = [(0.0, 5), (0.0, 5), (-20, 20), (-5, 5)]
    found_odds = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Odds(*(float(odd) for odd in found_odds))


def losses(found: Candidates, chance: Times, shares: Floats, target: Ints) -> Times:
    """Minus the log of the chance that was given to what came; shape (people,), at most 20.7.

    shares: popularity, sums to 1.
    """
    hit = found.objects == target[:, None]
    given = np.where(hit, chance, 0).sum(axis=1)
    named = np.where(found.there, shares[found.objects], 0).sum(axis=1)
    left = np.maximum(1 - chance.sum(axis=1), 0) * shares[target] / np.maximum(1 - named, _LEAST)
    loss: Times = -np.log(np.maximum(np.where(hit.any(axis=1), given, left), _LEAST))
    return loss


def ece(chance: Times, came: npt.NDArray[np.bool_]) -> float:
    """The expected calibration error in ten bins of equal size. Source: Guo et al. 2017; Nixon et al. 2019."""
    if not len(chance):
        return 0.0
    bins = np.array_split(np.argsort(chance, kind="stable"), BINS)
    return float(sum(abs(chance[b].sum() - came[b].sum()) for b in bins) / len(chance))


def _features(found: Candidates, strength: Times) -> tuple[Times, Times]:
    """Of each candidate, shape (2, people, width), and of each person, shape (people,)."""
    there = found.there
    best = np.maximum(found.scores[:, :1], _LEAST)
    beside = np.log(np.maximum(found.scores, _LEAST) / best)
    first = np.broadcast_to(np.arange(found.scores.shape[1]) == 0, there.shape)
    return np.where(there, np.stack([beside, first]), 0).astype(np.float64), np.log(np.maximum(strength, 1e-3) / 1e-3)


def _chances(odds: Times, features: tuple[Times, Times], there: npt.NDArray[np.bool_]) -> Times:
    utility = np.where(there, np.tensordot(odds[:2], features[0], 1), -np.inf)
    outside = odds[2] - odds[3] * features[1]
    top = np.maximum(utility.max(axis=1), outside)
    weights, rest = np.exp(utility - top[:, None]), np.exp(outside - top)
    chance: Times = weights / (weights.sum(axis=1) + rest)[:, None]
    return chance
