"""At which moment each person is looked at, and in which stretch of time after it the outcome is waited for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kundskab.drivers.deeds import DAY, Deeds

Whole = npt.NDArray[np.int64]

BEGINNING_DAYS = 14
ERAS = 3
MOST = 60_000  # persons in a trial: more would change no finding
FEWEST = 200


@dataclass(frozen=True, slots=True)
class Marks:
    """n persons; times in microseconds since 1970. Seen is what was done up to `seen`, awaited what comes in (since,
    until]."""

    person: Whole
    began: Whole  # their first event; for beginners their first purchase, where anybody buys
    seen: Whole
    since: Whole
    until: Whole
    era: Whole  # 0 is the latest


def now(deeds: Deeds, horizon_days: int, era: int) -> Marks:
    """Everybody known by the moment one horizon (two, three...) before the end; the outcome is the horizon after."""
    seen = deeds.last_us - (era + 1) * horizon_days * DAY
    first = _first(deeds)
    person = np.flatnonzero(first <= seen - DAY)
    n = len(person)
    end = np.full(n, seen)
    return _sampled(Marks(person, first[person], end, end, end + horizon_days * DAY, np.full(n, era, dtype=np.int64)))


def beginners(deeds: Deeds, horizon_days: int) -> tuple[Marks, int, int] | None:
    """Everybody two weeks after they began; awaited is whether they are still there later. Also: from day, to day.

    Who leaves does so little by little: the later the look, the more it tells, so it is as late as the data allow.
    """
    began = _first(deeds)
    if len(deeds.bought.person):
        began = np.full(len(deeds.persons), np.iinfo(np.int64).max)
        np.minimum.at(began, deeds.bought.person, deeds.bought.us)
    start = int(deeds.us.min())
    for gap, length in ((3, 4), (1, 2), (0, 1)):
        days = BEGINNING_DAYS + (gap + length) * horizon_days
        fits = began <= deeds.last_us - days * DAY
        # Who is there from the first days on began before we looked, and their beginning is not seen.
        fits &= began > start + DAY
        if fits.sum() >= FEWEST and (fits.sum() >= 0.3 * (began < np.iinfo(np.int64).max).sum() or gap == 0):
            person = np.flatnonzero(fits)
            seen = began[person] + BEGINNING_DAYS * DAY
            late = np.argsort(np.argsort(-began[person], kind="stable"), kind="stable")
            marks = Marks(
                person,
                began[person],
                seen,
                seen + gap * horizon_days * DAY,
                seen + (gap + length) * horizon_days * DAY,
                late * ERAS // len(person),
            )
            return _sampled(marks), gap * horizon_days, (gap + length) * horizon_days
    return None


def _first(deeds: Deeds) -> Whole:
    first = np.full(len(deeds.persons), np.iinfo(np.int64).max)
    np.minimum.at(first, deeds.person, deeds.us)
    return first


def _sampled(marks: Marks) -> Marks:
    n = len(marks.person)
    if n <= MOST:
        return marks
    rows = np.sort(np.random.default_rng(n).choice(n, MOST, replace=False))
    return Marks(*(getattr(marks, name)[rows] for name in ("person", "began", "seen", "since", "until", "era")))
