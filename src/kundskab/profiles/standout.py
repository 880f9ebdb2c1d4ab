"""What a person stands out by: the one behaviour most above what people with the same activity do.

Their days with the behaviour are held against the yardstick and shrunk towards it, the more the fewer days there are,
so that two events prove nothing. Mostly the answer is None: most people are like people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from kundskab.profiles.days import Stratum
from kundskab.profiles.own import Deed, own_deeds
from kundskab.profiles.yardstick import Yardstick, rates, tail, theirs

if TYPE_CHECKING:
    from kundskab.consent.view import View

FEWEST_DAYS = 3
AT_LEAST = 1.25  # times as often, at the lower end: less than that is true of many and tells nothing
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Standout:
    """On `days` of their `of_days` days, where people as active at the same time of year would on `expected`."""

    kind: str  # "action" | "category" | "channel"
    behaviour: str  # in lower case
    days: int
    of_days: int
    expected: float
    times: float  # as often as others, shrunk
    low: float  # the 95 % credible interval of `times`
    high: float
    persons: int  # they are compared with


def standout(view: View, person: str, measure: Yardstick | None, *, zone: str) -> Standout | None:
    """The one thing this person stands out by, or None. measure: of the same view, or of one minutes older."""
    return of_deeds(own_deeds(view, person, zone=zone), measure)


def of_deeds(deeds: Sequence[Deed], measure: Yardstick | None) -> Standout | None:
    """What one person's own deeds, all of them, stand out by."""
    if measure is None or not measure.threshold:
        return None
    came, did = theirs(deeds)
    found = [_compared(measure, came, name, did[name]) for name in measure.behaviours if name in did]
    return max((each for each in found if each is not None), key=lambda each: each.low, default=None)


def _compared(
    measure: Yardstick, came: dict[Stratum, int], name: tuple[str, str], did: dict[Stratum, int]
) -> Standout | None:
    """One behaviour of one person beside everybody else's; None when it does not stand out."""
    days = sum(did.values())
    if days < FEWEST_DAYS:
        return None
    place = measure.behaviours.index(name)
    expected = _expected(measure, place, came, did)
    if tail(days, expected) > measure.threshold:
        return None
    times, low, high = shrunk(days, expected, float(measure.breadth[place]))
    if low < AT_LEAST:
        return None
    return Standout(*name, days, sum(came.values()), expected, times, low, high, measure.persons)


def _expected(measure: Yardstick, place: int, came: dict[Stratum, int], did: dict[Stratum, int]) -> float:
    """Days on which others would have, on days like this person's; their own days are left out of the others'."""
    ours, done = np.zeros(len(measure.strata)), np.zeros(len(measure.strata))
    for counts, into in ((came, ours), (did, done)):
        for stratum, n in counts.items():
            if stratum in measure.strata:  # a day newer than the yardstick is compared with nothing
                into[measure.strata[stratum]] = n
    others = np.maximum(measure.done[place] - done, 0.0)[np.newaxis, :]
    return float(rates(others, np.maximum(measure.days - ours, 0.0))[0] @ ours)


def shrunk(days: float, expected: float, breadth: float) -> tuple[float, float, float]:
    """How many times as often as expected: the mean and the 95 % interval of the gamma-Poisson posterior.

    days, expected: >= 0.  breadth: variance of people's rates around 1, > 0; the smaller, the stronger the pull to 1.
    Source: Clayton & Kaldor 1987, Biometrics 43(3), 671-681 (empirical Bayes of standardised rates).
    """
    shape, rate = 1 / breadth + days, 1 / breadth + expected
    ends = special.gammaincinv(shape, np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])) / rate
    return shape / rate, float(ends[0]), float(ends[1])
