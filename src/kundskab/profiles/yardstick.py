"""The yardstick: on how many days people as active, at the same time of year, do each behaviour.

A day is compared with days of as many events in the same quarter of the year: who comes in winter and looks long is
not special for having looked at skis.

Only sums over all people are in a yardstick; nobody can be read out of it, save who is alone in a quarter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from kundskab.profiles.days import KINDS, LARGEST, Days, Numbers, Stratum, everybodys_days
from kundskab.profiles.own import Deed

if TYPE_CHECKING:
    from kundskab.consent.view import View

FEWEST_PERSONS = 50  # below this nobody can be told apart from the others
ERROR = 0.05
TRUST = 20.0  # days of its own after which a quarter is believed as much as all quarters together
_BREADTHS = (1e-6, 1e3)  # how unlike people may be: the variance of their rates around 1


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What all people together say. B behaviours, S strata (quarter and size of day)."""

    persons: int
    behaviours: tuple[tuple[str, str], ...]  # (kind, behaviour)
    strata: dict[Stratum, int]  # (quarter, size) -> place
    done: Numbers  # (B, S): days with the behaviour
    days: Numbers  # (S,): days in all
    breadth: Numbers  # (B,): variance of the people's rates around 1, beyond chance
    threshold: float  # a p-value up to this stands out; 0 when nobody does


def yardstick(view: View, *, zone: str) -> Yardstick | None:
    """The yardstick of all people of this view, by the clock of `zone`; None below FEWEST_PERSONS."""
    return measured(everybodys_days(view, zone=zone))


def measured(everybody: Days) -> Yardstick | None:
    """How unlike people are in each behaviour, and from which p-value on somebody stands out.

    None below FEWEST_PERSONS. The threshold is Benjamini and Hochberg's (1995, JRSS B 57, 289-300) over every pair of
    person and behaviour: where nobody is special, the chance that anybody at all stands out is at most ERROR.
    """
    persons = len(everybody.persons)
    if persons < FEWEST_PERSONS:
        return None
    came, done = everybody.came, everybody.of_all()
    days = np.asarray(came.sum(axis=0), dtype=np.float64)
    shares = rates(done, days)
    together = (came.T @ came).toarray()  # turns the sum of squared expectations into S x S numbers
    breadth, surprises = np.zeros(len(done)), []
    for place, one in enumerate(everybody.done):
        share = shares[place]
        times = np.bincount(one.who, one.days, minlength=persons)
        expected = came @ share
        squares = float(share @ together @ share)
        excess = float((times**2).sum() - 2 * (times * expected).sum()) + squares - float(days @ share)
        breadth[place] = np.clip(excess / squares, *_BREADTHS) if squares else _BREADTHS[0]
        doing = times > 0
        surprises.append(tail(times[doing], expected[doing]))
    threshold = _threshold(surprises, persons * len(done))
    return Yardstick(persons, everybody.behaviours, everybody.strata, done, days, breadth, threshold)


def rates(done: Numbers, days: Numbers) -> Numbers:
    """Share of days with each behaviour: done (B, S) of days (S,), each quarter leaning on the whole."""
    overall = done.sum(axis=1, keepdims=True) / max(days.sum(), 1.0)
    return np.asarray((done + TRUST * overall) / (days + TRUST), dtype=np.float64)


def theirs(deeds: Sequence[Deed]) -> tuple[dict[Stratum, int], dict[tuple[str, str], dict[Stratum, int]]]:
    """Of one person: days per stratum, and per behaviour days per stratum. deeds: all there are, in any order."""
    by_day: defaultdict[date, list[Deed]] = defaultdict(list)
    for deed in deeds:
        by_day[deed.at.date()].append(deed)
    came: Counter[Stratum] = Counter()
    did: defaultdict[tuple[str, str], Counter[Stratum]] = defaultdict(Counter)
    for day, of_day in by_day.items():
        stratum = (day.year * 4 + (day.month + 2) // 3, min((len(of_day) - 1).bit_length(), LARGEST))
        came[stratum] += 1
        for name in {name for deed in of_day for name in _named(deed)}:
            did[name][stratum] += 1
    return dict(came), {name: dict(counts) for name, counts in did.items()}


def _named(deed: Deed) -> Iterator[tuple[str, str]]:
    """The behaviours of one deed; the category "page" of a page viewed is the action said again."""
    action = deed.action.lower()
    for kind in KINDS:
        behaviour = (getattr(deed, kind) or "").lower()
        if behaviour and not (kind == "category" and behaviour in action):
            yield kind, behaviour


def tail(times: Any, expected: Any) -> Any:
    """The chance of at least so many days where `expected` were due, by the Poisson law, which here errs to caution."""
    return special.gammainc(times, expected)


def _threshold(surprises: list[Numbers], looks: int) -> float:
    if not surprises:
        return 0.0
    ranked = np.sort(np.concatenate(surprises))
    passing = np.flatnonzero(ranked <= ERROR * np.arange(1, len(ranked) + 1) / looks)
    return float(ranked[passing[-1]]) if len(passing) else 0.0
