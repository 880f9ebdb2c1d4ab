"""The chance to come within some days, learnt from what people did in windows that are over.

A row is a person as known at the start of a window, and whether they came in it. Windows of the horizon asked for, of
half and of a quarter of it are learnt from together, told apart by their length: the short ones reach up to yesterday,
so that how lively these weeks are is known, while the long ones say what a horizon does.
Two models: a logistic regression with a ridge, and gradient-boosted trees (LightGBM).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import lightgbm
import numpy as np
import numpy.typing as npt

from kundskab.predictions.bgnbd import BgNbd
from kundskab.predictions.purchases import DAYS, LEAST_GAP_WEEKS, Floats, Occasions, Purchases, came, summarise

PARTS = (1.0, 1 / 2, 1 / 4)  # lengths of the windows, in horizons
MOST_WINDOWS = 8  # of each length, the latest ones
RIDGE = 10.0
OVERLAP = 0.5  # how much a row weighs: windows lie half upon each other
FEWEST = 50  # persons at the start of a window
TREES = {
    "objective": "binary", "learning_rate": 0.03, "num_leaves": 6, "min_data_in_leaf": 100, "lambda_l2": 5.0,
    "verbose": -1, "deterministic": True, "force_row_wise": True, "seed": 1,
    "num_threads": 1,  # rows are few; on a busy machine its threads would wait for each other by spinning
}  # fmt: skip
ROUNDS = 200
MOST_ROWS = 60_000  # for the trees, which take most of the time; 240,000 won four units of the fourth decimal on CDNOW
# Ridge, trees and parts were chosen on early windows of three shops (docs/predictions.md), never on those told there.
_FIRST_WEEKS = 45  # days in which a company that was just begun to be recorded looks like nothing later
_PORTION = 8_192  # persons asked together, so that their signs stay near the processor
_FARTHEST = 30.0  # no odds beyond exp of this


@dataclass(frozen=True, slots=True)
class Rows:
    """signs: shape (n, signs).  came: shape (n,), 0 or 1."""

    signs: Floats
    came: Floats


@dataclass(frozen=True, slots=True)
class Line:
    """The logarithm of the odds = weights · (1, signs in units of their deviation from their mean)."""

    weights: Floats  # shape (1 + signs,)
    mean: Floats
    deviation: Floats
    covariance: Floats

    def odds(self, signs: Floats) -> Floats:
        """Logarithms, shape (n,)."""
        slopes = self.weights[1:] / self.deviation
        line: Floats = signs @ slopes + (self.weights[0] - self.mean @ slopes)
        clipped: Floats = np.clip(line, -_FARTHEST, _FARTHEST)
        return clipped

    def doubt(self, signs: Floats) -> Floats:
        """The standard deviation of each, from that of the weights."""
        size, axes = np.linalg.eigh(self.covariance)
        along = axes * np.sqrt(np.maximum(size, 0))  # the length of what falls along them is the deviation
        slopes = along[1:] / self.deviation[:, None]
        off = signs @ slopes + (along[0] - self.mean @ slopes)
        deviation: Floats = np.sqrt(np.einsum("ij,ij->i", off, off))
        return deviation


@dataclass(frozen=True)
class Trees:
    """text: the model as LightGBM writes it."""

    text: str

    def odds(self, signs: Floats) -> Floats:
        """Logarithms, shape (n,): LightGBM's own to the last digit, in less than half of its time."""
        found = np.zeros(len(signs))
        for start in range(0, len(signs), _PORTION):
            part = np.ascontiguousarray(signs[start : start + _PORTION].T)
            sides, one = np.empty(part.shape[1], np.uint8), np.empty(part.shape[1], np.uint8)
            for tree in self._read:
                sides[:] = 0
                for number, (sign, threshold) in enumerate(tree.splits):
                    np.less_equal(part[sign], threshold, out=one.view(bool))
                    np.left_shift(one, number, out=one)
                    np.bitwise_or(sides, one, out=sides)
                found[start : start + _PORTION] += tree.leaf[sides]
        return found

    @cached_property
    def _read(self) -> list[_Tree]:
        return [_tree(part) for part in self.text.split("\nTree=")[1:]]


@dataclass(frozen=True, slots=True)
class _Tree:
    """splits: the sign asked for and its threshold.  leaf: by which of them were answered "no more", as bits."""

    splits: list[tuple[int, float]]
    leaf: Floats


def _tree(text: str) -> _Tree:
    """From what LightGBM writes of one tree; all signs are numbers, none is missing, and splits are eight at most."""
    told = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    sign, left, right = (
        [int(each) for each in told.get(name, "").split()] for name in ("split_feature", "left_child", "right_child")
    )
    splits = list(zip(sign, (float(each) for each in told.get("threshold", "").split()), strict=True))
    value = [float(each) for each in told["leaf_value"].split()]

    def reached(sides: int) -> float:
        at = 0 if splits else -1  # below 0 it is a leaf
        while at >= 0:
            at = left[at] if sides >> at & 1 else right[at]
        return value[~at]

    return _Tree(splits, np.array([reached(sides) for sides in range(1 << len(splits))]))


def signs(people: Purchases, rhythm: BgNbd, days: float, horizon: float) -> Floats:
    """Shape (people, 31): what may tell whether somebody comes within so many days.

    horizon: the days asked for in the end, so that windows of all lengths are on one scale.
    """
    weeks = days / DAYS
    quiet = people.age - people.recency
    again = (people.repeats > 0).astype(np.float64)
    overdue = (np.log(quiet + LEAST_GAP_WEEKS) - people.gap) * again
    many, late = np.log1p(people.repeats), np.log1p(quiet)
    chance = logit(rhythm.returns(people, weeks))
    expected = np.log(rhythm.expected(people, weeks) + 1e-6)
    shorter = np.full(len(people), np.log(days / horizon))
    return np.column_stack(
        [
            chance, rhythm.alive(people), expected,
            many, np.log(people.age), late, quiet / people.age, (quiet / people.age) ** 2, again,
            np.log1p(people.faded), np.log1p(people.lasting), np.log1p(people.fresh),
            np.log1p(people.last_month), np.log1p(people.last_quarter),
            np.log1p(people.last_fortnight), np.log1p(people.last_two_months),
            people.gap * again, people.gap_spread, overdue, np.maximum(overdue, 0), overdue / (people.gap_spread + 0.5),
            _money(people.first_value), _money(people.mean_value), _money(people.last_value),
            many**2, late**2, many * late,
            shorter, shorter**2, chance * shorter, expected * shorter,
        ]
    )  # fmt: skip


SAME_ORDER = [7, 19, 24, 25, 28]  # signs that stand in the order of another: squares, and what is above 0 of one


def rows(bought: Occasions, until: int, horizon: int, rhythm: BgNbd) -> Rows | None:
    """All that is over by the end of the day `until`; None where nothing is, or only one thing ever happened."""
    found = [
        _window(bought, start, days, horizon, rhythm)
        for days, start in _windows(int(bought.day.min()) if len(bought.day) else until, until, horizon)
    ]
    kept = [window for window in found if window is not None]
    if not kept:
        return None
    together = Rows(*(np.concatenate([getattr(w, name) for w in kept]) for name in ("signs", "came")))
    return together if 0 < together.came.mean() < 1 else None


def fit_line(seen: Rows) -> Line:
    """Newton's method; the ridge makes the maximum single and finite whatever the rows are."""
    mean, deviation = seen.signs.mean(axis=0), seen.signs.std(axis=0)
    deviation = np.where(deviation > 1e-6, deviation, 1.0)
    design = np.column_stack([np.ones(len(seen.came)), (seen.signs - mean) / deviation])
    ridge = np.full(design.shape[1], RIDGE)
    ridge[0] = 1e-3  # how many come is free
    weights = np.zeros(design.shape[1])
    for _ in range(25):
        chance = expit(design @ weights)
        slope = design.T @ (OVERLAP * (seen.came - chance)) - ridge * weights
        curved = (design.T * (OVERLAP * chance * (1 - chance))) @ design + np.diag(ridge)
        step = np.linalg.solve(curved, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return Line(weights, mean, deviation, np.linalg.inv(curved))


def fit_trees(seen: Rows) -> Trees:
    """Deterministic: the same rows give the same trees."""
    if len(seen.came) > MOST_ROWS:
        some = np.sort(np.random.default_rng(0).choice(len(seen.came), MOST_ROWS, replace=False))
        seen = Rows(seen.signs[some], seen.came[some])
    told = seen.signs.copy()
    told[:, SAME_ORDER] = 0  # trees ask for the order only: a square says nothing more, and columns cost time
    data = lightgbm.Dataset(told, seen.came, weight=np.full(len(seen.came), OVERLAP))
    return Trees(lightgbm.train(TREES, data, ROUNDS).model_to_string())


def logit(chance: Floats) -> Floats:
    """The logarithm of the odds; chances of 0 and 1 count as one in a million."""
    inside = np.clip(chance, 1e-6, 1 - 1e-6)
    return np.log(inside / (1 - inside))


def expit(odds: npt.ArrayLike) -> Floats:
    """The chance behind a logarithm of odds."""
    return 1 / (1 + np.exp(-np.clip(np.asarray(odds, dtype=np.float64), -_FARTHEST, _FARTHEST)))


def _windows(first: int, until: int, horizon: int) -> Iterator[tuple[int, int]]:
    """(days, start) of windows that are over, the latest of each length first; none in the very first weeks."""
    for part in PARTS:
        days = max(1, round(horizon * part))
        starts = range(until - days, first + min(horizon, _FIRST_WEEKS), -max(1, horizon // 2))
        for start in starts[:MOST_WINDOWS]:
            yield days, start


def _window(bought: Occasions, start: int, days: int, horizon: int, rhythm: BgNbd) -> Rows | None:
    people = summarise(bought, start)
    if len(people) < FEWEST:
        return None
    count, _ = came(bought, people.persons, start, start + days)
    return Rows(signs(people, rhythm, days, horizon), (count > 0).astype(np.float64))


def _money(value: Floats) -> Floats:
    return np.log1p(np.maximum(value, 0))
