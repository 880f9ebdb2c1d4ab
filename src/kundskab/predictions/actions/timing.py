"""When: the time until somebody's next action, from how long people like them, silent for as long, went on being so.

A rate for each stretch of silence (minutes, hours, days, months), told apart by people's own rhythm and by their last
action, and drawn to the wider group where few were seen. Who was silent to the end of what we know counts as "not yet",
never as "never". The answer is of people at a moment, not of events, so that frequent people do not speak for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.predictions.actions.histories import Floats, Histories, Ints, Moments
from kundskab.predictions.actions.signs import WINDOW

DAY = 86_400.0
LEVEL = 0.8
LONGEST_DAYS = 3_650.0  # what is further off is as good as never

_EDGES = np.concatenate(
    [[0, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600],
     DAY * np.array([1, 1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 21, 25, 30, 37, 45, 60, 75, 90, 120, 150, 180, 240,
                     300, 365, 540, 730])]
)  # fmt: skip
_RHYTHMS = 8
PAUSE = 1_800.0  # a shorter gap is within one visit and no rhythm
_TRUST = 8.0  # events that a wider group stands for


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """rates: per second, shape (rhythms, actions + 1, stretches).  ends: of the rhythms.  usual: the mean log pause."""

    rates: Floats
    ends: Floats
    usual: float

    def within(self, events: Histories, moments: Moments, seconds: float) -> Floats:
        """The chance of any action within so many seconds of each moment; shape (moments,)."""
        spent = self._hazard(events, moments, moments.asked_at)
        chance: Floats = -np.expm1(spent - self._hazard(events, moments, moments.asked_at + seconds))
        return np.clip(chance, 0, 1)

    def quantiles(self, events: Histories, moments: Moments, shares: tuple[float, ...]) -> Floats:
        """The seconds from each moment by which these shares of such people acted; shape (moments, shares)."""
        silent = _silent(events, moments, moments.asked_at)
        rhythm, last = self._place(events, moments)
        sums = self._sums()
        found = np.empty((len(moments), len(shares)))
        for cell, rows in _cells(rhythm * sums.shape[1] + last):
            edge_sums = sums.reshape(-1, sums.shape[2])[cell]
            final = self.rates.reshape(-1, self.rates.shape[2])[cell, -1]
            spent = _sum_at(silent[rows], edge_sums, final)
            for k, share in enumerate(shares):
                found[rows, k] = _time_at(spent - np.log1p(-share), edge_sums, final) - silent[rows]
        return np.clip(found, 0, LONGEST_DAYS * DAY)

    def _hazard(self, events: Histories, moments: Moments, at: Floats) -> Floats:
        silent = _silent(events, moments, at)
        rhythm, last = self._place(events, moments)
        sums = self._sums()
        found = np.empty(len(moments))
        for cell, rows in _cells(rhythm * sums.shape[1] + last):
            final = self.rates.reshape(-1, self.rates.shape[2])[cell, -1]
            found[rows] = _sum_at(silent[rows], sums.reshape(-1, sums.shape[2])[cell], final)
        return found

    def _place(self, events: Histories, moments: Moments) -> tuple[Ints, Ints]:
        pause, n = _pauses(events, moments)
        rhythm = _rhythm(pause, n, self.ends, self.usual)
        return rhythm, _last(events, moments, self.rates.shape[1] - 1)

    def _sums(self) -> Floats:
        """The rates summed up to each edge; shape (rhythms, actions + 1, edges)."""
        steps = self.rates[:, :, :-1] * np.diff(_EDGES)
        return np.concatenate([np.zeros((*steps.shape[:2], 1)), np.cumsum(steps, axis=2)], axis=2)


def fit_timing(events: Histories, moments: Moments) -> Timing:
    """From moments with and without a target: `waited` is until it came, or until we stopped looking."""
    pause, n = _pauses(events, moments)
    known = n > 0
    usual = float(pause[known].sum() / n[known].sum()) if known.any() else float(np.log(DAY))
    shrunk = (pause[known] + usual) / (n[known] + 1)
    ends = np.quantile(shrunk, np.arange(1, _RHYTHMS - 1) / (_RHYTHMS - 1)) if known.any() else np.zeros(_RHYTHMS - 2)
    rhythm, last = _rhythm(pause, n, ends, usual), _last(events, moments, len(events.names))
    entered = _silent(events, moments, moments.asked_at)
    left = entered + moments.waited
    came = moments.target >= 0
    cell = rhythm * (len(events.names) + 1) + last
    stretches, cells = len(_EDGES), _RHYTHMS * (len(events.names) + 1)
    spent = np.zeros((cells, stretches))
    for k in range(stretches):
        end = _EDGES[k + 1] if k + 1 < stretches else np.inf
        inside = np.clip(np.minimum(left, end) - np.maximum(entered, _EDGES[k]), 0, None)
        spent[:, k] = np.bincount(cell, weights=inside, minlength=cells)
    stretch = np.clip(np.searchsorted(_EDGES, left, "right") - 1, 0, stretches - 1)
    seen = np.bincount((cell * stretches + stretch)[came], minlength=cells * stretches).reshape(cells, stretches)
    shape = (_RHYTHMS, len(events.names) + 1, stretches)
    return Timing(_drawn_together(seen.reshape(shape).astype(np.float64), spent.reshape(shape)), ends, usual)


def _drawn_together(seen: Floats, spent: Floats) -> Floats:
    """Rates of each cell drawn to those of its rhythm, and these to those of everybody.

    Source: the gamma prior of a Poisson rate, with the wider group's rate as its mean.
    """
    everybody = seen.sum(axis=(0, 1)), spent.sum(axis=(0, 1))
    mean = (everybody[0].sum() + 0.5) / (everybody[1].sum() + DAY)
    of_all = _rate(*everybody, np.full(len(everybody[0]), mean), 1.0)
    of_rhythm = _rate(seen.sum(axis=1), spent.sum(axis=1), of_all[None, :])
    # The last action speaks by one factor a stretch of all rhythms, or there would be too few people in a cell.
    return _rate(seen, spent, of_rhythm[:, None, :])


def _rate(seen: Floats, spent: Floats, wider: Floats, trust: float = _TRUST) -> Floats:
    found: Floats = (seen + trust) / (spent + trust / np.maximum(wider, 1e-12))
    return found


def _pauses(events: Histories, moments: Moments) -> tuple[Floats, Floats]:
    """The sum of the logarithms of somebody's pauses between visits, and how many there were."""
    total, n = np.zeros(len(moments)), np.zeros(len(moments))
    end = events.starts[moments.owner] + moments.known
    rows = np.arange(len(moments))
    for k in range(min(WINDOW, int(moments.known.max(initial=0)) - 1)):
        rows = rows[moments.known[rows] > k + 1]
        gap = events.times[end[rows] - 1 - k] - events.times[end[rows] - 2 - k]
        long = gap > PAUSE
        total[rows] += np.where(long, np.log(np.maximum(gap, 1.0)), 0)
        n[rows] += long
    return total, n


def _rhythm(pause: Floats, n: Floats, ends: Floats, usual: float) -> Ints:
    return np.where(n > 0, 1 + np.searchsorted(ends, (pause + usual) / (n + 1)), 0).astype(np.int64)


def _last(events: Histories, moments: Moments, none: int) -> Ints:
    if not len(events.actions):
        return np.full(len(moments), none)
    place = np.maximum(events.starts[moments.owner] + moments.known - 1, 0)
    return np.where(moments.known > 0, events.actions[place], none).astype(np.int64)


def _silent(events: Histories, moments: Moments, at: Floats) -> Floats:
    if not len(events.times):
        return np.zeros(len(moments))
    last = events.times[np.maximum(events.starts[moments.owner] + moments.known - 1, 0)]
    return np.where(moments.known > 0, np.maximum(at - last, 0), 0.0)


def _cells(cell: Ints) -> list[tuple[int, Ints]]:
    """Each cell with the moments in it."""
    order = np.argsort(cell, kind="stable")
    kinds, first = np.unique(cell[order], return_index=True)
    return (
        [(int(kind), rows) for kind, rows in zip(kinds, np.split(order, first[1:]), strict=True)] if len(cell) else []
    )


def _sum_at(seconds: Floats, sums: Floats, final: float) -> Floats:
    """The rates summed up to a time, which goes on at the last rate behind the last edge."""
    return np.asarray(np.interp(seconds, _EDGES, sums) + np.maximum(seconds - _EDGES[-1], 0) * final)


def _time_at(total: Floats, sums: Floats, final: float) -> Floats:
    """The time at which the rates sum to this."""
    beyond = np.maximum(total - sums[-1], 0) / max(final, 1e-15)
    return np.asarray(np.interp(total, sums, _EDGES) + beyond)
