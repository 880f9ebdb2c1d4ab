"""What a model of returning needs to know of each person's purchases: how many, since when, how lately, how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from kundskab.types import KundskabError

Floats = npt.NDArray[np.float64]

DAYS = 7.0  # in a week, the unit of time here
FADING_WEEKS = 8.0  # a repeat counts for 1/e after so long
FRESH_WEEKS = 3.0
LASTING_WEEKS = 26.0
LEAST_GAP_WEEKS = 0.3  # added to gaps before the logarithm, so that one day and two are not worlds apart


class NotPurchases(KundskabError):
    """The arrays cannot be read as purchases."""


@dataclass(frozen=True, slots=True)
class Purchases:
    """One row per person. An occasion is a day with at least one purchase; a repeat is any occasion after the first."""

    persons: npt.NDArray[np.generic]
    repeats: Floats  # occasions after the first
    recency: Floats  # weeks from the first occasion to the last; 0 without a repeat
    age: Floats  # weeks from the first occasion to the end of looking; at least one day
    first_value: Floats  # of the first occasion
    mean_value: Floats  # of all occasions
    last_month: Floats  # repeats of the last 4 weeks
    last_quarter: Floats  # repeats of the last 13 weeks
    faded: Floats  # repeats, older ones counting less
    gap: Floats  # mean log of the weeks between occasions; 0 without a repeat
    gap_spread: Floats  # its standard deviation; 0 with fewer than two gaps
    last_value: Floats  # of the last occasion
    last_fortnight: Floats  # occasions of the last 2 weeks, the first one included, as in all below
    last_two_months: Floats  # of the last 8 weeks
    fresh: Floats  # occasions, each counting for 1/e after 3 weeks
    lasting: Floats  # and after half a year

    def __len__(self) -> int:
        return len(self.persons)

    def of(self, rows: npt.NDArray[np.generic]) -> Purchases:
        """The same for some rows: a mask or indices."""
        return Purchases(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@dataclass(frozen=True, slots=True)
class Occasions:
    """One row per person and day, in that order."""

    person: npt.NDArray[np.generic]
    day: npt.NDArray[np.int64]
    value: Floats

    def between(self, after: int, until: int) -> Occasions:
        """Those of the days after < day <= until."""
        inside = (self.day > after) & (self.day <= until)
        return Occasions(self.person[inside], self.day[inside], self.value[inside])


def occasions(person: npt.ArrayLike, day: npt.ArrayLike, value: npt.ArrayLike) -> Occasions:
    """Purchases, many per person and in any order, summed by person and day.

    person: shape (n,), anything that sorts.  day: shape (n,), whole days (since any day zero) or datetime64.
    value: shape (n,), money; refunds may be negative.
    Raises NotPurchases when the shapes differ or a day or value is missing.
    """
    persons, values = np.asarray(person), np.asarray(value, dtype=np.float64)
    days = _whole_days(np.asarray(day))
    if not persons.shape == days.shape == values.shape or persons.ndim != 1:
        shapes = f"{persons.shape}, {days.shape} and {values.shape}"
        raise NotPurchases(f"person, day and value have the shapes {shapes}; give one of each per purchase.")
    if not np.isfinite(values).all():
        raise NotPurchases("A purchase has no value; leave it out, or say 0 if it was free.")
    order = np.lexsort((days, persons))
    persons, days, values = persons[order], days[order], values[order]
    starts = np.flatnonzero(_new(persons) | _new(days))
    return Occasions(persons[starts], days[starts], _summed(values, starts))


def sampled(bought: Occasions, most: int, rng: np.random.Generator) -> Occasions:
    """Those of at most so many persons, whole persons, so that nobody's rhythm is thinned."""
    persons = bought.person[_new(bought.person)]  # they are in order
    if len(persons) <= most:
        return bought
    chosen = np.isin(bought.person, rng.choice(persons, most, replace=False))
    return Occasions(bought.person[chosen], bought.day[chosen], bought.value[chosen])


def summarise(bought: Occasions, until: int) -> Purchases:
    """One row for each person with an occasion on or before the day `until`, in the order of persons."""
    seen = bought.between(np.iinfo(np.int64).min, until)
    starts = np.flatnonzero(_new(seen.person))
    count = np.diff(np.append(starts, len(seen.person)))
    row = np.repeat(np.arange(len(starts)), count)
    first = seen.day[starts]
    is_repeat = np.ones(len(seen.day))
    is_repeat[starts] = 0
    weeks_ago = (until - seen.day) / DAYS
    gaps = np.log(np.diff(seen.day, prepend=seen.day[:1]) * is_repeat / DAYS + LEAST_GAP_WEEKS) * is_repeat
    repeats = count - 1.0
    gap = _summed(gaps, starts) / np.maximum(repeats, 1)
    off = _summed((gaps - gap[row]) ** 2 * is_repeat, starts)
    last = starts + count - 1
    return Purchases(
        persons=seen.person[starts],
        repeats=repeats,
        recency=(seen.day[last] - first) / DAYS,
        age=np.maximum(until - first, 1) / DAYS,
        first_value=seen.value[starts],
        mean_value=_summed(seen.value, starts) / count,
        last_month=_summed(is_repeat * (weeks_ago < 4), starts),
        last_quarter=_summed(is_repeat * (weeks_ago < 13), starts),
        faded=_summed(is_repeat * np.exp(-weeks_ago / FADING_WEEKS), starts),
        gap=gap,
        gap_spread=np.sqrt(off / np.maximum(repeats - 1, 1)),
        last_value=seen.value[last],
        last_fortnight=_summed((weeks_ago < 2).astype(np.float64), starts),
        last_two_months=_summed((weeks_ago < 8).astype(np.float64), starts),
        fresh=_summed(np.exp(-weeks_ago / FRESH_WEEKS), starts),
        lasting=_summed(np.exp(-weeks_ago / LASTING_WEEKS), starts),
    )


def portions(people: Purchases, each: int = 50_000) -> Iterator[Purchases]:
    """The same people, so many at a time; one empty portion where there are none."""
    for start in range(0, max(len(people), 1), each):
        yield people.of(np.arange(start, min(start + each, len(people))))


def came(bought: Occasions, persons: npt.NDArray[np.generic], after: int, until: int) -> tuple[Floats, Floats]:
    """Occasions and value of these persons (sorted) in the days after < day <= until; each of shape (persons,)."""
    later = bought.between(after, until)
    place = np.searchsorted(persons, later.person)
    known = place < len(persons)
    known[known] = persons[place[known]] == later.person[known]
    count = np.bincount(place[known], minlength=len(persons)).astype(np.float64)
    value = np.bincount(place[known], weights=later.value[known], minlength=len(persons))
    return count, value.astype(np.float64)


def _whole_days(day: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    if np.issubdtype(day.dtype, np.datetime64):
        if np.isnat(day).any():
            raise NotPurchases("A purchase has no day; leave it out.")
        return day.astype("datetime64[D]").astype(np.int64)
    if np.issubdtype(day.dtype, np.floating) and not np.isfinite(day.astype(np.float64)).all():
        raise NotPurchases("A purchase has no day; leave it out.")
    return day.astype(np.int64)


def _new(values: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Where a sorted array begins a new value."""
    begins = np.ones(len(values), dtype=bool)
    begins[1:] = values[1:] != values[:-1]
    return begins


def _summed(values: Floats, starts: npt.NDArray[np.intp]) -> Floats:
    return np.add.reduceat(values, starts) if len(starts) else np.zeros(0)
