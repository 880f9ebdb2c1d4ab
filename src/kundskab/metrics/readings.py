"""A reading: a number with its doubt, and the one way in which metrics come by one.

An interval answers: had chance sent us other people like these, how else could the number have come out?
Its unit of chance is the person, never the event, since one person's events hang together.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan, sqrt
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy import special  # scipy.stats would cost every start half a second

Array = npt.NDArray[np.float64]
Group = TypeVar("Group", bound=Hashable)

LEVEL = 0.95
FEWEST = 5  # groups of fewer persons are hidden


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of a metric with its doubt. Hidden: value, low and high are nan and n is 0, so that nothing leaks."""

    value: float
    low: float  # the interval at `level`; nan where there is too little to say
    high: float
    n: int  # persons it rests on
    unit: str  # "share" (0-1), "persons", "events", "days", ..., or a currency such as "SEK"
    snapshot: int | None = None  # of the lake
    group: str | None = None  # the value of the dimension it was split by
    hidden: bool = False  # fewer than FEWEST persons, or needed to hide such a group
    level: float = LEVEL

    @classmethod
    def withheld(cls, unit: str, *, snapshot: int | None = None, group: str | None = None) -> Reading:
        """The reading of a group too small to be shown."""
        return cls(nan, nan, nan, 0, unit, snapshot, group, hidden=True)

    @property
    def is_sure(self) -> bool:
        """Whether there is an interval at all."""
        return not (isnan(self.low) or isnan(self.high))


def share(
    successes: int, n: int, *, snapshot: int | None = None, group: str | None = None, level: float = LEVEL
) -> Reading:
    """The share of n persons who did something. n 0 gives nan: nobody could have done it."""
    low, high = wilson(successes, n, level=level)
    return Reading(successes / n if n else nan, low, high, n, "share", snapshot, group, level=level)


def wilson(successes: float, n: float, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a share, 0 <= successes <= n; (0, 1) when n is 0.

    It holds at small n and at shares near 0 and 1, where p ± 2 standard errors does not.
    Raises ValueError when successes leaves its range.  Source: Wilson 1927, JASA 22(158), 209-212.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    if n == 0:
        return 0.0, 1.0
    z = _z(level)
    p = successes / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At the ends the formula is exact in theory and misses by a rounding in practice.
    return (0.0 if successes == 0 else middle - half), (1.0 if successes == n else middle + half)


def poisson(count: int, *, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of the expected count behind a count of independent happenings, such as persons who came.

    Source: Garwood 1936, Biometrika 28(3/4), 437-442.
    """
    return compound(count, count, 1, level=level)


def compound(total: float, squares: float, largest: float, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a sum over persons when chance sends more or fewer of them, as events of a day or money.

    total: the sum of the persons' amounts, each >= 0.  squares: the sum of their squares.  largest: the largest one.
    With amounts of 1 it is the exact Poisson interval; ten events of one person tell less than one of each of ten.
    largest 0 (nobody) gives (0, the upper bound for a first person with an amount of 1).
    Source: Fay & Feuer 1997, Statistics in Medicine 16, 791-801 (gamma interval of weighted Poisson counts).
    """
    if total < 0 or squares < 0:
        raise ValueError("compound wants amounts of 0 or more; use `signed` for amounts of both signs")
    tail = (1 - level) / 2
    low = _gamma(tail, total, squares) if total > 0 else 0.0
    one_more = largest or 1.0  # the upper end asks: what if one more had come, as large as the largest?
    total, squares = total + one_more, squares + one_more * one_more
    return low, _gamma(1 - tail, total, squares)


def signed(value: float, squares: float, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a sum over persons whose amounts may be negative (refunds), by the normal law."""
    half = _z(level) * sqrt(max(squares, 0.0))
    return value - half, value + half


def mean(
    values: npt.ArrayLike,
    unit: str,
    *,
    snapshot: int | None = None,
    group: str | None = None,
    level: float = LEVEL,
) -> Reading:
    """The mean of one number per person, by Student's t; one person gives no interval."""
    array = np.asarray(values, dtype=np.float64)
    n = len(array)
    if not n:
        return Reading(nan, nan, nan, 0, unit, snapshot, group, level=level)
    value = float(array.mean())
    half = _t(n - 1, level) * float(array.std(ddof=1)) / sqrt(n) if n > 1 else nan
    return Reading(value, value - half, value + half, n, unit, snapshot, group, level=level)


def ratio(
    above: npt.ArrayLike,
    below: npt.ArrayLike,
    unit: str,
    *,
    snapshot: int | None = None,
    group: str | None = None,
    level: float = LEVEL,
) -> Reading:
    """Sum of `above` over sum of `below`, one pair per person, as orders per visit: by the delta method.

    A sum of 0 below gives nan; one person gives no interval.  Raises ValueError when the shapes differ.
    Source: Deng, Knoblich & Lu 2018, KDD (linearised residuals by randomisation unit).
    """
    x, y = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    if x.shape != y.shape:
        raise ValueError(f"above has the shape {x.shape} and below {y.shape}")
    n = len(x)
    if not n or y.sum() == 0:
        return Reading(nan, nan, nan, n, unit, snapshot, group, level=level)
    value = float(x.sum() / y.sum())
    residuals = (x - value * y) / y.mean()
    half = _t(n - 1, level) * float(residuals.std(ddof=1)) / sqrt(n) if n > 1 else nan
    return Reading(value, value - half, value + half, n, unit, snapshot, group, level=level)


def bootstrap(
    values: npt.ArrayLike,
    statistic: Callable[[Array], float],
    unit: str,
    *,
    rng: np.random.Generator,
    rounds: int = 2000,
    snapshot: int | None = None,
    group: str | None = None,
    level: float = LEVEL,
) -> Reading:
    """Any statistic of one row per person (a median, a quantile), by drawing persons again: percentile bootstrap.

    values: shape (n,) or (n, k).  Fewer than 2 persons give no interval.
    Source: Efron 1979, Annals of Statistics 7(1), 1-26.
    """
    array = np.asarray(values, dtype=np.float64)
    n = len(array)
    if not n:
        return Reading(nan, nan, nan, 0, unit, snapshot, group, level=level)
    value = float(statistic(array))
    if n < 2:
        return Reading(value, nan, nan, n, unit, snapshot, group, level=level)
    again = [statistic(array[rng.integers(0, n, n)]) for _ in range(rounds)]
    low, high = np.quantile(again, [(1 - level) / 2, (1 + level) / 2])
    return Reading(value, float(low), float(high), n, unit, snapshot, group, level=level)


def too_small(persons: Mapping[Group, int], *, fewest: int = FEWEST) -> frozenset[Group]:
    """Which groups of a one-way table to hide: those of 1 to fewest-1 persons, and what would give them away.

    Who knows the total finds one hidden group by subtraction, so the next smallest is hidden too, until the hidden
    together are `fewest` persons or nobody is left to hide.  Empty groups hold nobody and stay.
    """
    rising = sorted((group for group in persons if persons[group] > 0), key=lambda group: persons[group])
    hidden: list[Group] = []
    together = 0
    for group in rising:
        if persons[group] >= fewest and (not hidden or together >= fewest):
            break
        hidden.append(group)
        together += persons[group]
    return frozenset(hidden)


def in_words(reading: Reading, such: str = "people") -> str:
    """A share as a natural frequency, anything else with its unit: "of 100 people about 31; between 27 and 35".

    such: who they are, in the plural ("such customers").
    """
    if reading.hidden:
        return f"hidden, so that nobody can be told apart: fewer than {FEWEST} {such}"
    if isnan(reading.value):
        return "too early to say"
    if reading.unit == "share":
        return _frequency(reading, such)
    said, (low, high) = _figures(reading.value, (reading.low, reading.high))
    between = f"; between {low} and {high}" if reading.is_sure and low != high else ""
    return f"about {said} {reading.unit}{between}"


def out_of(reading: Reading) -> int:
    """Of how many a share is told: of 100, unless that makes a rare thing nothing: then of 1,000 or of 10,000."""
    edge = min(max(reading.value, 1e-9), max(1 - reading.value, 1e-9))
    return 100 if edge >= 0.01 or reading.value in (0, 1) else 1_000 if edge >= 0.001 else 10_000


def _frequency(reading: Reading, such: str) -> str:
    of = out_of(reading)
    low, high = round(reading.low * of), round(reading.high * of)
    between = f"; between {low:,} and {high:,}" if low != high else ""
    return f"of {of:,} {such} about {round(reading.value * of):,}{between}"


def _figures(value: float, ends: Sequence[float]) -> tuple[str, tuple[str, str]]:
    # No more decimals than the doubt leaves meaning to.
    width = ends[1] - ends[0] if not (isnan(ends[0]) or isnan(ends[1])) else abs(value)
    decimals = 0 if width >= 5 or abs(value) >= 100 else 1 if width >= 0.5 else 2
    if value == int(value) and all(isnan(end) or end == int(end) for end in ends):
        decimals = 0
    low, high = (f"{end:,.{decimals}f}" for end in ends)
    return f"{value:,.{decimals}f}", (low, high)


def _gamma(p: float, mean: float, variance: float) -> float:
    """The quantile of the gamma law with this mean and variance."""
    return float(special.gammaincinv(mean * mean / variance, p) * variance / mean)


def _z(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))


def _t(degrees: int, level: float) -> float:
    return float(special.stdtrit(degrees, (1 + level) / 2))
