"""Signs: what is known of somebody at a moment, as numbers that models can read.

Only what happened before the moment is looked at, and of that the last WINDOW actions, so that any number of people
takes the same time each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kundskab.predictions.actions.histories import Floats, Histories, Ints, Moments

WINDOW = 60
_FADING = 0.7  # a step back weighs this much less in what is fresh in mind
_DAY = 86_400.0
_LOG_EDGES = np.array([0, *np.arange(0.7, 18, 0.9)])  # of log(1 + seconds): a second to years, some 20 steps
_PLACES = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 50])
_SILENCE = np.log1p(np.array([1.0, 1_800, 21_600, 86_400, 3 * _DAY, 7 * _DAY, 21 * _DAY, 60 * _DAY, 180 * _DAY]))

Small = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """lags: shape (moments, 3), the last actions, newest first; `actions` where there is none.  silence: its step.

    counts, fresh: shape (moments, actions), how often each was done lately, and with fading.  place: how many actions
    are known.  gap, gap_before, elapsed, quiet: log(1 + seconds) between the last two, the two before, since the first
    of the window, and since the last; -1 where unknown.  hour: 0-24.  weekday: 0-6, Monday first.
    """

    actions: int
    lags: Ints
    counts: Small
    fresh: Small
    place: Ints
    gap: Floats
    gap_before: Floats
    elapsed: Floats
    quiet: Floats
    hour: Floats
    weekday: Ints

    def __len__(self) -> int:
        return len(self.place)

    @property
    def silence(self) -> Ints:
        """In which step of silence the person is: 0 is right after an action."""
        return np.searchsorted(_SILENCE, self.quiet, "right").astype(np.int64)


def signs(events: Histories, moments: Moments, *, clock: float = 0.0) -> Signs:
    """The signs of these moments.

    clock: seconds by which the company's clock is before UTC.
    """
    n, vocabulary = len(moments), len(events.names)
    first, end = events.starts[moments.owner], events.starts[moments.owner] + moments.known
    lags = np.column_stack([_at(events.actions, end - 1 - k, first, vocabulary) for k in range(3)])
    times = [_at(events.times, end - 1 - k, first, np.nan) for k in range(3)]
    counts, fresh = np.zeros((n, vocabulary), np.float32), np.zeros((n, vocabulary), np.float32)
    rows, weight = np.arange(n), 1.0
    for k in range(min(WINDOW, int(moments.known.max(initial=0)))):
        rows = rows[moments.known[rows] > k]
        did = events.actions[end[rows] - 1 - k]
        counts[rows, did] += 1
        if weight > 1e-3:
            fresh[rows, did] += np.float32(weight)
            weight *= _FADING
    oldest = _at(events.times, np.maximum(end - WINDOW, first), first, np.nan, end)
    here = moments.asked_at + clock
    return Signs(
        actions=vocabulary,
        lags=lags.astype(np.int64),
        counts=counts,
        fresh=fresh,
        place=moments.known,
        gap=_log(times[0] - times[1]),
        gap_before=_log(times[1] - times[2]),
        elapsed=_log(times[0] - oldest),
        quiet=_log(moments.asked_at - times[0]),
        hour=(here % _DAY) / 3600,
        weekday=((here // _DAY + 3) % 7).astype(np.int64),
    )


def design(known: Signs, *, pairs: bool = True) -> sparse.csr_array:
    """The signs as columns for a linear model, shape (moments, columns): mostly zeros and ones."""
    n, v = len(known), known.actions
    first = known.place == 0
    gap, quiet = _step(known.gap), _step(known.quiet)
    clock = np.where(first, 0, 1 + (known.hour / 3).astype(np.int64))  # before the first action no clock is known
    hot = [
        (known.lags[:, 0], v + 1),
        (known.lags[:, 1], v + 1),
        (known.lags[:, 2], v + 1),
        (np.searchsorted(_PLACES, known.place, "right"), len(_PLACES) + 1),
        (gap, _STEPS),
        (_step(known.elapsed), _STEPS),
        (quiet, _STEPS),
        (clock, 9),
        (np.where(first, 0, 1 + known.weekday), 8),
    ]
    if pairs:
        hot += [
            (known.lags[:, 0] * (v + 1) + known.lags[:, 1], (v + 1) ** 2),
            (known.lags[:, 0] * _STEPS + gap, (v + 1) * _STEPS),
            (known.lags[:, 0] * 10 + known.silence, (v + 1) * 10),
        ]
    columns = np.column_stack([code + offset for (code, _), offset in zip(hot, _offsets(hot), strict=True)])
    ones = sparse.csr_array(
        (np.ones(columns.size, np.float32), columns.ravel(), np.arange(0, columns.size + 1, columns.shape[1])),
        shape=(n, sum(width for _, width in hot)),
    )
    share = known.counts / np.maximum(known.counts.sum(axis=1, keepdims=True), 1)
    dense = np.hstack([np.minimum(np.log1p(known.counts), 3), known.counts > 0, known.fresh, share])
    return sparse.csr_array(sparse.hstack([ones, sparse.csr_array(dense.astype(np.float32))], format="csr"))


_STEPS = len(_LOG_EDGES) + 1


def _step(log_seconds: Floats) -> Ints:
    return np.searchsorted(_LOG_EDGES, log_seconds, "right").astype(np.int64)


def _offsets(hot: list[tuple[Ints, int]]) -> Ints:
    return np.concatenate(([0], np.cumsum([width for _, width in hot])))[:-1].astype(np.int64)


def _at(values: npt.NDArray[Any], place: Ints, first: Ints, otherwise: float, end: Ints | None = None) -> Any:
    """The values at these places, and `otherwise` where the history had not begun (or is empty)."""
    there = place >= first if end is None else (place >= first) & (place < end)
    if not len(values):
        return np.full(len(place), otherwise)
    return np.where(there, values[np.clip(place, 0, len(values) - 1)], otherwise)


def _log(seconds: Floats) -> Floats:
    known: Floats = np.where(np.isnan(seconds), -1.0, np.log1p(np.maximum(np.nan_to_num(seconds), 0)))
    return known
