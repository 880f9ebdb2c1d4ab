"""Reasons: the few words why somebody's likeliest action is likely, in natural frequencies of what people did."""

from __future__ import annotations

from functools import cache

import numpy as np

from kundskab.events.said import did
from kundskab.predictions.actions.histories import Histories, Ints, Moments
from kundskab.predictions.actions.learning import BASELINE, Foresight
from kundskab.predictions.actions.signs import WINDOW, Small

_SEVERAL = 2  # times that somebody did it herself, from which on that is worth a word


def reasons(foresight: Foresight, events: Histories, moments: Moments, chances: Small) -> list[str]:
    """One sentence per moment about the action that `chances` finds likeliest, shape (moments, actions)."""
    if not len(moments):
        return []
    likeliest = chances.argmax(axis=1)
    if set(foresight.mixing.weights) == {BASELINE}:  # what the last act was, has surely told nothing
        return [_plain(foresight, int(action)) for action in likeliest]
    last = np.full(len(moments), -1)
    some = moments.known > 0
    if some.any():
        last[some] = events.actions[events.starts[moments.owner[some]] + moments.known[some] - 1]
    times = _did(events, moments, likeliest)
    names = foresight.names

    @cache  # many people stand in the same place
    def said(action: int, before: int, own: int) -> str:
        return _sentence(names, action, before, own, foresight.markov.followed(1, before) if before >= 0 else None)

    return [said(int(a), int(b), int(c)) for a, b, c in zip(likeliest, last, np.minimum(times, WINDOW), strict=True)]


def _did(events: Histories, moments: Moments, action: Ints) -> Ints:
    """How often each did this action among their last WINDOW."""
    times = np.zeros(len(moments), np.int64)
    end = events.starts[moments.owner] + moments.known
    rows = np.arange(len(moments))
    for k in range(min(WINDOW, int(moments.known.max(initial=0)))):
        rows = rows[moments.known[rows] > k]
        times[rows] += events.actions[end[rows] - 1 - k] == action[rows]
    return times


def _sentence(names: tuple[str, ...], action: int, before: int, own: int, followed: Small | None) -> str:
    said = ""
    if followed is not None and followed.sum() >= 1:
        of_hundred = round(100 * float(followed[action]) / float(followed.sum()))
        said = f"of 100 who last {did(names[before])}, {of_hundred} next {did(names[action])}"
    if own >= _SEVERAL:
        often = f"{own} times" if own < WINDOW else f"{own} times or more"
        said += (", and " if said else "") + f"they have done it {often} before"
    return said or f"most people next {did(names[action])}"


def _plain(foresight: Foresight, action: int) -> str:
    counts = foresight.markov.counts[0][0]
    share = round(100 * float(counts[action]) / max(float(counts.sum()), 1.0))
    return f"whoever it was, after {share} of 100 such moments people {did(foresight.names[action])}"
