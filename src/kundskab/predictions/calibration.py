"""Calibration: whether "30 %" happens 30 times in a hundred, with its doubt; and the mildest way to mend it.

Temperature has one number, so that a small window of known outcomes is enough; isotonic and Venn-Abers
were worse on such windows (docs/predictions-actions.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

Floats = npt.NDArray[np.float64]
Chances = npt.NDArray[np.floating]  # in [0, 1]

BINS = 10
_LEAST = 1e-9
_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Gap:
    """The expected calibration error: mean distance of forecast and share that happened, over bins of equal size.

    by_chance: what a perfect forecaster of so many cases would show, since even honest dice leave a gap.
    """

    value: float
    low: float
    high: float
    by_chance: float
    n: int


def log_loss(forecast: Chances, happened: npt.NDArray[np.integer | np.bool_]) -> Floats:
    """Minus the log of the chance given to what came, one per case; 0 is perfect.

    forecast: shape (n,) with happened 0 or 1, or shape (n, classes) with happened the class.
    Raises ValueError when the shapes differ.
    """
    if len(forecast) != len(happened):
        raise ValueError(f"{len(forecast)} forecasts and {len(happened)} outcomes")
    given = given_to(forecast, happened)
    loss: Floats = -np.log(np.maximum(given, _LEAST)).astype(np.float64)
    return loss


def given_to(forecast: Chances, happened: npt.NDArray[np.integer | np.bool_]) -> Chances:
    """The chance that was given to what came; shape (n,)."""
    if forecast.ndim == 2:
        return np.asarray(forecast[np.arange(len(happened)), happened.astype(np.int64)])
    return np.where(happened.astype(bool), forecast, 1 - forecast)


def ece(forecast: Chances, happened: npt.NDArray[np.integer | np.bool_], bins: int = BINS) -> float:
    """The expected calibration error in bins of equal size; forecasts of shape (n, classes) by their top class.

    Ties lie in one bin, so that the order of cases says nothing. 0 for no case.
    Source: Guo et al. 2017, ICML; equal-size bins after Nixon et al. 2019.
    """
    chance, hit = _top(forecast, happened)
    return _gap(*_binned(chance, hit, bins)) if len(chance) else 0.0


def ece_with_doubt(
    forecast: Chances,
    happened: npt.NDArray[np.integer | np.bool_],
    *,
    rng: np.random.Generator,
    bins: int = BINS,
    level: float = 0.95,
) -> Gap:
    """The same with an interval, by drawing cases again, and beside what chance alone would show."""
    chance, hit = _top(forecast, happened)
    n = len(chance)
    if not n:
        return Gap(0.0, 0.0, 1.0, 0.0, 0)
    size, sure, came = _binned(chance, hit, bins)
    rates = np.clip(came / np.maximum(size, 1), 0, 1)
    parts = rng.multinomial(n, size / n, _ROUNDS)  # how many cases of each bin are drawn again
    drawn = rng.binomial(parts, rates)
    mean = sure / np.maximum(size, 1)
    again = np.abs(parts * mean - drawn).sum(axis=1) / n
    honest = np.abs(size * mean - rng.binomial(size.astype(np.int64), np.clip(mean, 0, 1), (_ROUNDS, len(size))))
    low, high = np.quantile(again, [(1 - level) / 2, (1 + level) / 2])
    value = _gap(size, sure, came)
    return Gap(value, float(min(low, value)), float(max(high, value)), float(honest.sum(axis=1).mean() / n), n)


def temperature(forecast: Chances, happened: npt.NDArray[np.integer], weight: Floats | None = None) -> float:
    """By which to multiply the logarithm of chances so that they are honest: below 1 they were too sure of themselves.

    forecast: shape (n, classes).  weight: shape (n,), of each; None: 1.  Source: Guo et al. 2017, ICML.
    """
    logs = np.log(np.maximum(forecast, _LEAST)).astype(np.float64)
    rows = np.arange(len(happened))

    def loss(power: float) -> float:
        return float(-np.average(log_softmax(power * logs, axis=1)[rows, happened], weights=weight))

    return float(minimize_scalar(loss, bounds=(0.3, 2.5), method="bounded").x) if len(happened) else 1.0


def tempered(forecast: Chances, power: float) -> Chances:
    """The chances after `temperature`; shape (n, classes), rows sum to 1."""
    if power == 1.0:
        return forecast
    raised = np.maximum(forecast, np.asarray(_LEAST, forecast.dtype)) ** np.asarray(power, forecast.dtype)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def resampled(
    values: Floats, owners: npt.NDArray[np.int64], *, rng: np.random.Generator, level: float = 0.95, rounds: int = 300
) -> tuple[float, float]:
    """The interval of the mean of values, by drawing whole owners (people) again.

    Source: Field & Welsh 2007, JRSS B 69(3) (cluster bootstrap).  (nan, nan) for fewer than two owners.
    """
    _, whose = np.unique(owners, return_inverse=True)
    n = np.bincount(whose).astype(np.float64)
    if len(n) < 2:
        return float("nan"), float("nan")
    sums = np.bincount(whose, weights=values)
    means = []
    for _ in range(rounds):
        weight = rng.poisson(1.0, len(n)).astype(np.float64)
        means.append(float(weight @ sums) / max(float(weight @ n), _LEAST))
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _top(forecast: Chances, happened: npt.NDArray[np.integer | np.bool_]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    if forecast.ndim == 1:
        return forecast.astype(np.float64), happened.astype(bool)
    return forecast.max(axis=1).astype(np.float64), forecast.argmax(axis=1) == happened


def _binned(chance: Floats, hit: npt.NDArray[np.bool_], bins: int) -> tuple[Floats, Floats, Floats]:
    """Per bin: cases, the sum of their forecasts, and how many of them happened."""
    edges = np.quantile(chance, np.linspace(0, 1, bins + 1))
    which = np.clip(np.searchsorted(edges, chance, "right") - 1, 0, bins - 1)
    size, sure, came = np.zeros(bins), np.zeros(bins), np.zeros(bins)
    np.add.at(size, which, 1.0)
    np.add.at(sure, which, chance)
    np.add.at(came, which, hit.astype(np.float64))
    return size, sure, came


def _gap(size: Floats, sure: Floats, came: Floats) -> float:
    return float(np.abs(sure - came).sum() / size.sum())
