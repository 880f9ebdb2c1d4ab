"""Season told apart from change: did the last period differ from what weekday, time of year and the level of late give?

A small robust decomposition in the manner of STL (Cleveland et al. 1990, Journal of Official Statistics 6(1), 3-73):
value = level + season + rest, on a scale on which the rest is about as large everywhere. The season of a period is the
median of what lay above the level at that weekday or time of year, itself left out; the level follows what is left by
exponential smoothing that no single period can pull far. How far off this was for each earlier period, as seen from the
one before it, says how far off it may be for the last one (conformal prediction: Vovk et al. 2005, ch. 2): of 100
ordinary periods about 5 lie outside, whatever the law of the rest, as long as it stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Scale = Callable[[Any], Any]

ALARM = 0.05  # of ordinary periods, the share that is told as differing
FEWEST_BEFORE = 19  # earlier periods that an interval at this level needs
_WARM = 5  # periods until the level is known
_SMOOTH = np.array([0.05, 0.15, 0.3, 0.5])
_PULL = 2.5  # as many typical deviations may one period pull the level
_LARGE = 10.0  # where all values are at least so large, change is by a factor
_CYCLES = {"day": (("weekday", 7.0), ("year", 365.2425)), "week": (("year", 52.1775),), "month": (("year", 12.0),)}


@dataclass(frozen=True, slots=True)
class Season:
    """The last period against what season and level would give. low to high holds 95 of 100 ordinary periods.

    kinds: the seasons that could be told apart: "weekday", "year".  step_by_season: what the season alone would have
    changed since the period before, in the unit of the values.  before: earlier periods that it rests on.
    """

    value: float
    expected: float
    low: float
    high: float
    kinds: tuple[str, ...]
    step_by_season: float
    before: int

    @property
    def differs(self) -> bool:
        """Whether the last period lies outside."""
        return not self.low <= self.value <= self.high


def season(values: Sequence[float], step: str) -> Season | None:
    """The last of these values, one per day, week or month, nan where it is not known.

    None where it is not known or fewer than FEWEST_BEFORE earlier ones can be held against their own past.
    """
    y = np.asarray(values, dtype=np.float64)
    if len(y) <= FEWEST_BEFORE + _WARM or np.isnan(y[-1]):
        return None
    there, back = _scale(y)
    z = there(y)
    kinds = tuple((kind, length) for kind, length in _CYCLES[step] if len(y) > 2 * length + 1)
    seasonal = np.zeros(len(z))
    for _, length in kinds:
        seasonal += _by_phase(z - seasonal, length, window=7 if length > 100 else 1 if length > 20 else 0)
    forecast = _followed(z - seasonal) + seasonal
    rest = z - forecast
    known = np.flatnonzero(~np.isnan(rest[:-1]))
    if len(known) < FEWEST_BEFORE or np.isnan(rest[-1]):
        return None
    off = np.sort(np.abs(rest[known]))
    reach = off[min(len(off), ceil((len(off) + 1) * (1 - ALARM))) - 1]
    at = forecast[-1]
    by_season = back(at) - back(at - seasonal[-1] + seasonal[-2])
    return Season(
        float(y[-1]),
        float(back(at)),
        float(back(at - reach)),
        float(back(at + reach)),
        tuple(kind for kind, _ in kinds),
        float(by_season),
        len(known),
    )


def _scale(y: Numbers) -> tuple[Scale, Scale]:
    """To a scale of even deviations and back: factors where numbers are large, roots of counts, else as they are."""
    least = np.nanmin(y)
    if least >= _LARGE:
        return np.log, np.exp
    if least >= 0:
        return np.sqrt, lambda z: np.maximum(z, 0.0) ** 2
    return np.asarray, np.asarray


def _by_phase(z: Numbers, length: float, *, window: int) -> Numbers:
    """What each period's phase lies above the level, by the median of the other cycles; 0 where there is none.

    window: phases beside it that count as the same, so that a year of days is not 365 numbers of their own.
    """
    above = z - _middle(z, round(length))
    n = len(z)
    found = np.zeros(n)
    places = np.arange(n)
    cycle = np.floor(places / length)
    phase = places - cycle * length
    for at in range(n):
        apart = np.abs(phase - phase[at])
        apart = np.minimum(apart, length - apart)
        # The same phase of other cycles, the last value never: it is what is asked about.
        others = (apart <= window + 0.5) & (np.abs(places - at) > length / 2) & (places < n - 1)
        some = above[others & ~np.isnan(above)]
        if len(some) >= 2:
            # Two or three cycles tell less of a season than many: it is drawn towards none by as much.
            found[at] = np.median(some) * len(some) / (len(some) + 1)
    return found


def _middle(z: Numbers, length: int) -> Numbers:
    """The level around each period: the median over one whole cycle, which season leaves alone; not the last value."""
    half = length // 2
    z = z.copy()
    z[-1] = np.nan
    n = len(z)
    padded = np.concatenate([np.full(half, np.nan), z, np.full(half + 1, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, length)[:n]
    found = np.full(n, np.nan)
    some = ~np.isnan(windows).all(axis=1)
    found[some] = np.nanmedian(windows[some], axis=1)
    return found


def _followed(z: Numbers) -> Numbers:
    """The level as seen from the period before, by the smoothing that has been nearest so far; nan until it is warm."""
    found = np.full(len(z), np.nan)
    seen = np.flatnonzero(~np.isnan(z[:-1]))
    if len(seen) < _WARM:
        return found
    first = z[seen[:_WARM]]
    level = np.full(len(_SMOOTH), np.median(first))
    spread = np.full(len(_SMOOTH), max(1e-9, 1.4826 * float(np.median(np.abs(first - np.median(first))))))
    missed = np.zeros(len(_SMOOTH))
    for at in range(seen[_WARM - 1] + 1, len(z)):
        found[at] = level[missed.argmin()]
        if np.isnan(z[at]):
            continue
        off = z[at] - level
        missed = 0.98 * missed + np.minimum(np.abs(off), _PULL * spread)
        level = level + _SMOOTH * np.clip(off, -_PULL * spread, _PULL * spread)
        spread = 0.95 * spread + 0.05 * 1.25 * np.minimum(np.abs(off), 2 * _PULL * spread)
    return found
