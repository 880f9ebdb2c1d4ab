"""Foretelling: from a company's occasions to what is told of each person: returns, events, value, doubt and reasons.

`returns` gives the chance to come again, `worth` how often and what it brings; both are held beside a plain guess on a
window that is over. What is told of one person can be made anew from her own occasions and what was kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from kundskab.predictions import returns, worth
from kundskab.predictions.kept import Kept
from kundskab.predictions.purchases import DAYS, Floats, Occasions, Purchases, came, sampled, summarise
from kundskab.predictions.returns import Entry, paired

LEARN_FROM = 20_000  # persons
EXACT = 3_000  # persons up to whom everybody's futures are drawn; beyond, as many stand for those near them
FEWEST = 50  # persons in a try
PAST, MODEL, SEASON = "past rate", "BG/NBD with hindsight, Gamma-Gamma", "the same with last year's season"
WORDS = {
    PAST: "each goes on at the pace of the past",
    MODEL: "people buy at a pace of their own and may leave; earlier errors taken back",
    SEASON: "and as much more or less as a year ago at this time",
}
_STEADY = 5.0  # days of everybody's habit that a person's own occasions a day are held against
_YEAR = 364  # days: whole weeks, so that Saturdays meet Saturdays
_SEASON_TRUST = 0.5
_SEASON_STEADY = 100.0  # occasions of last year that weigh as much as "no season"
_NEIGHBOURS = 25
_SPANS = ((1.0, "day", 13), (7.0, "week", 90), (30.44, "month", 700), (365.25, "year", 10**9))  # up to so many days


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of people's occasions: one row per person and day, and how many occasions each row was."""

    bought: Occasions
    many: Floats


@dataclass(frozen=True, slots=True)
class Told:
    """One entry per person, in the order of `people`. value in units; nan where nobody buys."""

    people: Purchases
    returns: Floats
    returns_low: Floats
    returns_high: Floats
    returns_plain: Floats
    events: Floats
    events_low: Floats
    events_high: Floats
    events_plain: Floats
    value: Floats
    value_low: Floats
    value_high: Floats
    value_plain: Floats
    alive: Floats


@dataclass(frozen=True, slots=True)
class Tried:
    """A contest: kind "returns", "events" or "value"; the models, and which of them is the plain guess."""

    kind: str
    entries: tuple[Entry, ...]
    baseline: str


def learn(
    seen: Seen, *, until: int, days: int, rng: np.random.Generator, is_buying: bool, units: dict[str, float]
) -> tuple[Kept, tuple[Tried, ...]]:
    """Both models and the contests behind them, from what is known on the day `until`."""
    weeks = days / DAYS
    known = seen.bought.between(np.iinfo(np.int64).min, until)
    chances = returns.learn(known, until=until, days=days, rng=rng)
    some = sampled(known, LEARN_FROM, rng)
    counted, valued = _tries(some, until, days, rng)
    season = _season(some, until, days, rng) if _chosen(counted) == SEASON else 1.0
    kept = Kept(
        returns=chances,
        foresight=worth.learn(some, until=until, weeks=weeks, rng=rng) if len(known.day) else None,
        is_buying=is_buying,
        units=units,
        a_day=float(seen.many.sum() / max(len(seen.many), 1)) or 1.0,
        season=season,
        plain=tuple(kind for kind, tried in (("events", counted), ("value", valued)) if _chosen(tried) == PAST),
    )
    tried = [Tried("returns", chances.contest, returns.BASE), Tried("events", counted, PAST)]
    if is_buying:
        tried.append(Tried("value", valued, PAST))
    return kept, tuple(each for each in tried if each.entries)


def tell(kept: Kept, seen: Seen, until: int, *, rng: np.random.Generator) -> Told:
    """Of everybody with an occasion on or before `until`, or of one person from her own; in milliseconds for one."""
    people = summarise(seen.bought, until)
    weeks = kept.returns.days / DAYS
    chance, low, high = kept.returns.told(people)
    a_day = _a_day(seen, people, until, kept.a_day)
    pace = (people.repeats + 0.5) / (people.age + 1) * weeks
    if kept.foresight is None:
        nothing = np.zeros(len(people))
        foretold, ranges = worth.Worth(nothing + 1, nothing, nothing, nothing), (nothing,) * 4
    else:
        foretold = kept.foresight.worth(people)
        ranges = _ranges(kept.foresight, people, foretold, rng)
    scale = a_day * kept.season
    money = kept.season if kept.is_buying else np.nan
    events_plain = pace * a_day
    value_plain = pace * people.mean_value * (1.0 if kept.is_buying else np.nan)
    events = events_plain if "events" in kept.plain else foretold.occasions * scale
    return Told(
        people=people,
        returns=chance,
        returns_low=low,
        returns_high=high,
        returns_plain=kept.returns.baseline(people),
        events=np.maximum(events, chance),  # whoever comes does so at least once
        events_low=np.floor(ranges[0] * scale),
        events_high=np.ceil(ranges[1] * scale),
        events_plain=events_plain,
        value=value_plain if "value" in kept.plain else foretold.value * money,
        value_low=ranges[2] * money,
        value_high=ranges[3] * money,
        value_plain=value_plain,
        alive=foretold.alive,
    )


def reasons(people: Purchases, *, is_buying: bool) -> list[str]:
    """One sentence each on what the forecast rests on: "bought 4 times, every 5 weeks or so; last 3 weeks ago"."""
    did = "bought" if is_buying else "came on"
    pause = np.where(people.repeats > 0, people.recency / np.maximum(people.repeats, 1), 0.0)
    told = np.rint(np.column_stack([people.repeats + 1, pause * DAYS, (people.age - people.recency) * DAYS]))
    base = told.max(axis=0, initial=0).astype(np.int64) + 1
    number = (told.astype(np.int64) * [base[1] * base[2], base[2], 1]).sum(axis=1)
    # Many people stand in the same place: each sentence is made once.
    _, one, place = np.unique(number, return_index=True, return_inverse=True)
    said = [_reason(did, int(times), pause, quiet) for times, pause, quiet in told[one].tolist()]
    return np.array(said, dtype=object)[place].tolist() if said else []


def beaten(tried: Tried) -> str:
    """Whether something is surely better than the plain guess, in words."""
    best = next(entry for entry in tried.entries if entry.chosen)
    if best.model == tried.baseline or best.high >= 0:
        return "Nothing is surely better than the plain guess here: we do not know more."
    return "Surely better than the plain guess on windows that are over."


def _reason(did: str, times: int, pause: float, quiet: float) -> str:
    """pause, quiet: whole days."""
    last = _span(quiet, "today", "{} ago")
    if did == "came on":
        how_often = f"came on {times} days" if times > 1 else "came on one day"
    else:
        how_often = f"{did} {('once', 'twice')[times - 1] if times < 3 else f'{times} times'}"
    if times == 1:
        return f"{how_often}, {last}"
    return f"{how_often}, every {_span(pause, 'day', '{}', one='{}')} or so; last {last}"


def _span(days: float, none: str, said: str, one: str | None = None) -> str:
    if days < 1:
        return none
    length, word = next((length, word) for length, word, up_to in _SPANS if days <= up_to)
    n = max(1, round(days / length))
    if n == 1 and one is not None:
        return word
    return said.format(f"{n} {word}{'s' if n > 1 else ''}")


def _a_day(seen: Seen, people: Purchases, until: int, overall: float) -> Floats:
    """Occasions of each on a day with at least one, drawn towards everybody's."""
    inside = seen.bought.day <= until
    place = np.searchsorted(people.persons, seen.bought.person[inside])
    many = np.bincount(place, weights=seen.many[inside], minlength=len(people))
    shrunk: Floats = (many + _STEADY * overall) / (people.repeats + 1 + _STEADY)
    return shrunk


def _ranges(
    foresight: worth.Foresight, people: Purchases, foretold: worth.Worth, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, Floats]:
    """low and high of occasions, then of value. Of many people some stand for those with nearly the same forecast."""
    if len(people) <= EXACT:
        doubt = foresight.doubt(people, rng=rng)
        return doubt.occasions.low, doubt.occasions.high, doubt.value.low, doubt.value.high
    order = np.argsort(foretold.occasions, kind="stable")
    stand = order[np.linspace(0, len(order) - 1, EXACT).astype(int)]
    doubt = foresight.doubt(people.of(stand), rng=rng)
    at = foretold.occasions[stand]
    each = foretold.value / np.maximum(foretold.occasions, 1e-12)
    near = partial(_smooth, at=at, wanted=foretold.occasions)
    ends = [near(end) for end in (doubt.occasions.low, doubt.occasions.high)]
    money = [near(end / np.maximum(each[stand], 1e-12)) * each for end in (doubt.value.low, doubt.value.high)]
    return ends[0], ends[1], money[0], money[1]


def _smooth(end: Floats, *, at: Floats, wanted: Floats) -> Floats:
    """The mean of an interval's end over neighbours, at everybody's forecast."""
    window = np.ones(_NEIGHBOURS) / _NEIGHBOURS
    padded = np.pad(end, _NEIGHBOURS // 2, mode="edge")
    smooth: Floats = np.interp(wanted, at, np.convolve(padded, window, mode="valid"))
    return smooth


def _tries(
    known: Occasions, until: int, days: int, rng: np.random.Generator
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The contests for events and for value on the latest window that is over; nothing where there was too little."""
    start = until - days
    then = known.between(np.iinfo(np.int64).min, start)
    people = summarise(then, start)
    if len(people) < FEWEST or start - int(then.day.min()) < days:
        return (), ()
    weeks = days / DAYS
    foretold = worth.learn(then, until=start, weeks=weeks, rng=rng).worth(people)
    pace = (people.repeats + 0.5) / (people.age + 1) * weeks
    events = {PAST: pace, MODEL: foretold.occasions}
    value = {PAST: pace * people.mean_value, MODEL: foretold.value}
    if _lived_a_year(then, start, days):
        factor = _season(then, start, days, rng)
        events[SEASON], value[SEASON] = foretold.occasions * factor, foretold.value * factor
    count, money = came(known, people.persons, start, until)
    least = 1e-6
    counted = {
        name: np.maximum(each, least) - count * np.log(np.maximum(each, least)) + gammaln(count + 1)
        for name, each in events.items()
    }
    usual = float(np.square(value[PAST] - money).mean()) or 1.0
    valued = {name: np.square(each - money) / usual for name, each in value.items()}
    return _entries(counted, events, count, rng), _entries(valued, value, money, rng)


def _entries(
    losses: dict[str, Floats], told: dict[str, Floats], real: Floats, rng: np.random.Generator
) -> tuple[Entry, ...]:
    person = np.arange(len(real))
    better = [name for name in losses if name != PAST]
    best = min(better, key=lambda name: float(losses[name].mean()))
    ends = paired({name: loss - losses[PAST] for name, loss in losses.items()}, person, rng)
    if ends[best][0] > 0:  # surely worse than the plain guess
        best = PAST
    return tuple(
        Entry(
            name, float(loss.mean()), *ends[name], returns.ece(told[name], real),
            float(told[name].sum() / max(real.sum(), 1e-9) - 1), len(real), name == best,
        )
        for name, loss in losses.items()
    )  # fmt: skip


def _lived_a_year(known: Occasions, until: int, days: int) -> bool:
    """Whether a year ago enough was known to foretell the same season from."""
    return bool(len(known.day)) and until - _YEAR - int(known.day.min()) >= 2 * days


def _season(known: Occasions, until: int, days: int, rng: np.random.Generator) -> float:
    """What came a year ago at this time for each occasion that would have been foretold then; in part, drawn to 1."""
    if not _lived_a_year(known, until, days):
        return 1.0
    start = until - _YEAR
    then = known.between(np.iinfo(np.int64).min, start)
    people = summarise(then, start)
    if len(people) < FEWEST:
        return 1.0
    expected = worth.learn(then, until=start, weeks=days / DAYS, rng=rng).worth(people).occasions.sum()
    real = came(known, people.persons, start, start + days)[0].sum()
    return float(((real + _SEASON_STEADY) / (expected + _SEASON_STEADY)) ** _SEASON_TRUST)


def _chosen(entries: tuple[Entry, ...]) -> str | None:
    return next((entry.model for entry in entries if entry.chosen), None)


def daily(person: npt.NDArray[np.generic], day: npt.NDArray[np.int64], value: Floats) -> Seen:
    """Occasions, many per person and day and in any order, as `Seen`: values added up, occasions counted."""
    order = np.lexsort((day, person))
    person, day, value = person[order], day[order], value[order]
    new = np.ones(len(day), dtype=bool)
    new[1:] = (person[1:] != person[:-1]) | (day[1:] != day[:-1])
    starts = np.flatnonzero(new)
    many = np.diff(np.append(starts, len(day))).astype(np.float64)
    summed = np.add.reduceat(value, starts) if len(starts) else np.zeros(0)
    return Seen(Occasions(person[starts], day[starts], summed), many)
