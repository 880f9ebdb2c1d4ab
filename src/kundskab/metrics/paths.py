"""Paths: what came before and after an act, step by step, in shares of people, and how surely we know.

A person is read once, around their first such act in the span. Whose time around it is not wholly seen (it runs past
the newest event, or begins before the oldest one) is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import nan
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.view import View
from kundskab.metrics.groups import largest
from kundskab.metrics.readings import FEWEST, Reading, poisson, share
from kundskab.metrics.seen import Seen, seen
from kundskab.metrics.walks import PathsQuery, walks
from kundskab.types import KundskabError

DIRECTIONS = ("after", "before")
NOTHING = "nothing more"
OTHER = "other"
OTHER_OR_NOTHING = "other, or nothing more"
TOGETHER = (OTHER, OTHER_OR_NOTHING)  # of whom nobody can be listed
MOST_WALKS = 20
_MOST_STEPS = 10
_MOST_NAMES = 30
_LONGEST = timedelta(days=366)
_US = timedelta(microseconds=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00Z")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Way:
    """The share of people who went it. names: one action at a stage, or the steps of a whole walk."""

    names: tuple[str, ...]
    reading: Reading


@dataclass(frozen=True, slots=True)
class Leg:
    """People who went from one action of a stage to one of the next stage."""

    start: str
    end: str
    reading: Reading  # share of all people


@dataclass(frozen=True, slots=True)
class Paths:
    """What people did around an act. stages: for each step the actions, the commonest first, which sum to all people.

    legs: between each stage and the next; those of few people, and what would give them away, are left out.
    walks: the commonest whole ways of `query.steps` steps; other_walks: all that are rarer, together.
    NOTHING: they did nothing more in that time.  OTHER: actions that are too many or too rare to be told apart;
    OTHER_OR_NOTHING: where those who did nothing more are told with them, so that few cannot be told by subtraction.
    """

    query: PathsQuery
    people: Reading  # persons whose time around the act is wholly seen
    stages: tuple[tuple[Way, ...], ...]
    legs: tuple[tuple[Leg, ...], ...]
    walks: tuple[Way, ...]
    other_walks: Reading
    waiting: int  # persons who are left out
    as_of: datetime | None
    snapshot: int

    @property
    def is_empty(self) -> bool:
        return not (self.people.n or self.people.hidden or self.waiting)


def in_words(action: str, direction: str) -> str:
    """How a page says an action of a stage: before an act nothing came *before*."""
    return (
        action.replace(NOTHING, "nothing before")
        if action in (NOTHING, OTHER_OR_NOTHING) and direction == "before"
        else action
    )


def paths(view: View, query: PathsQuery, *, zone: ZoneInfo) -> Paths:
    """Read paths from the view; zone is the workspace's clock.

    Raises KundskabError for a direction, number of steps, time or dimension that there cannot be.
    """
    _refuse(query)
    known = seen(view)
    if known is None:
        return _unread(query, 0, view.snapshot, None, hide=False)
    table = _counted(walks(view, query, zone=zone), query, known)
    told = table.filter(table["over"])
    persons = np.asarray(told["persons"].to_numpy(), dtype=np.int64)
    people, waiting = int(persons.sum()), int(pc.sum(table["persons"]).as_py() or 0) - int(persons.sum())
    if people < FEWEST:
        return _unread(query, waiting, view.snapshot, known.as_of, hide=people > 0)
    stages, codes = [], []
    for n in range(1, query.steps + 1):
        names, code = _told_apart(told[f"step_{n}"], persons, query.most)
        counts = np.bincount(code, weights=persons, minlength=len(names)).astype(int)
        stages.append(_ways([(name,) for name in names], counts, people, view.snapshot))
        codes.append(np.array(names, dtype=object)[code])
    legs = tuple(_legs(a, b, persons, people, view.snapshot) for a, b in pairwise(codes))
    ways, rest = _whole(codes, persons, people, view.snapshot)
    low, high = poisson(people)
    whole = Reading(float(people), low, high, people, "persons", view.snapshot)
    return Paths(query, whole, tuple(stages), legs, ways, rest, waiting, known.as_of, view.snapshot)


def chosen(view: View, query: PathsQuery, *, zone: ZoneInfo, step: int, action: str) -> ibis.Table:
    """Who did this at a step, from 1: one row per person, person and at (of the act, us since 1970).

    action: as a stage names it; NOTHING: they did no more.  Only people whose time around the act is wholly seen.
    """
    _refuse(query)
    known = seen(view)
    if not 1 <= step <= query.steps or action in TOGETHER or known is None:
        raise KundskabError("Nobody can be listed for that step of these paths; choose a number of the table.")
    each = walks(view, query, zone=zone)
    each = each.filter(_over(each, query, known))
    did = each[f"step_{step}"]
    each = each.filter(did.isnull() if action == NOTHING else did == action)
    return each.select("person", "at")


def _refuse(query: PathsQuery) -> None:
    if query.direction not in DIRECTIONS:
        raise KundskabError(f"There is no direction {query.direction!r}; choose {' or '.join(DIRECTIONS)}.")
    if not 1 <= query.steps <= _MOST_STEPS:
        raise KundskabError(f"{query.steps} steps cannot be shown; choose 1 to {_MOST_STEPS}.")
    if not 2 <= query.most <= _MOST_NAMES:
        raise KundskabError(f"{query.most} actions at a step cannot be shown; choose 2 to {_MOST_NAMES}.")
    if not timedelta(0) < query.within <= _LONGEST:
        raise KundskabError(f"The time around is longer than nothing and no longer than {_LONGEST.days} days.")
    if query.until < query.since:
        raise KundskabError(f"{query.until} comes before {query.since}; put the earlier day first.")


def _counted(each: ibis.Table, query: PathsQuery, known: Seen) -> pa.Table:
    """One row per way of walking: step_1, ..., over (whether their time is wholly seen), persons."""
    steps = [f"step_{n}" for n in range(1, query.steps + 1)]
    each = each.mutate(over=_over(each, query, known))
    return each.group_by(*steps, "over").agg(persons=each.count()).to_pyarrow()


def _over(each: ibis.Table, query: PathsQuery, known: Seen) -> Any:
    window = query.within // _US
    if query.direction == "after":
        return each.at + window <= (known.as_of - _EPOCH) // _US
    return each.at - window >= (known.first - _EPOCH) // _US


def _told_apart(column: Any, persons: Ints, most: int) -> tuple[list[str], Ints]:
    """The names that a step tells apart, the commonest first and OTHER last, and which of them each row is."""
    coded = pc.dictionary_encode(pc.fill_null(column, NOTHING)).combine_chunks()
    names, index = coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)
    counts = np.bincount(index, weights=persons, minlength=len(names)).astype(int)
    sizes = dict(zip(names, counts.tolist(), strict=True))
    named, rest = _enough(list(largest(sizes, most=most)), sizes, int(persons.sum()))
    place = {name: at for at, name in enumerate(named)}
    code = np.array([place.get(name, len(named)) for name in names], dtype=np.int64)[index]
    lumped = OTHER if NOTHING in named or NOTHING not in sizes else OTHER_OR_NOTHING
    return ([*named, lumped] if rest else named), code


def _whole(steps: list[Any], persons: Ints, people: int, snapshot: int) -> tuple[tuple[Way, ...], Reading]:
    """The commonest whole walks, over names that are told apart, and the share of all others.

    Who did nothing more at one step did nothing at all later ones, also where few did, and are told with the others.
    """
    ended = np.zeros(len(persons), bool)
    over = []
    for names in steps:
        over.append(np.where(ended, NOTHING, names))
        ended |= names == NOTHING
    steps = over
    coded = [np.unique(names.astype(str), return_inverse=True) for names in steps]
    rows, place = np.unique(np.column_stack([code for _, code in coded]), axis=0, return_inverse=True)
    counts = np.bincount(place.ravel(), weights=persons).astype(int)
    ranked = [int(at) for at in np.argsort(-counts, kind="stable") if counts[at] >= FEWEST][:MOST_WALKS]
    kept, rest = _enough(ranked, dict(enumerate(counts.tolist())), people)
    ways = [tuple(str(names[rows[at, n]]) for n, (names, _) in enumerate(coded)) for at in kept]
    return _ways(ways, counts[kept], people, snapshot), share(rest, people, snapshot=snapshot, group=OTHER)


def _legs(starts: Any, ends: Any, persons: Ints, people: int, snapshot: int) -> tuple[Leg, ...]:
    """The legs between two stages, the commonest first."""
    names, row = np.unique(starts.astype(str), return_inverse=True)
    others, column = np.unique(ends.astype(str), return_inverse=True)
    table = np.zeros((len(names), len(others)), dtype=np.int64)
    np.add.at(table, (row, column), persons)
    shown = _shown(table)
    ranked = sorted(zip(*np.nonzero(shown), strict=True), key=lambda at: -table[at])
    return tuple(
        Leg(str(names[a]), str(others[b]), share(int(table[a, b]), people, snapshot=snapshot)) for a, b in ranked
    )


def _shown(table: Ints) -> npt.NDArray[np.bool_]:
    """Which cells of a two-way table are told, its margins being known.

    What is hidden of a row or a column is nobody, or too many to be told by subtraction.
    """
    shown = table >= FEWEST
    while True:
        before = shown.copy()
        for axis in (0, 1):
            hidden = np.where(shown, 0, table).sum(axis=1 - axis)
            for at in np.flatnonzero((hidden > 0) & (hidden < FEWEST)):
                line = (at, slice(None)) if axis == 0 else (slice(None), at)
                if shown[line].any():
                    smallest = np.where(shown[line], table[line], table.max() + 1).argmin()
                    shown[(at, smallest) if axis == 0 else (smallest, at)] = False
        if (shown == before).all():
            return shown


def _enough(named: list[Any], sizes: dict[Any, int], people: int) -> tuple[list[Any], int]:
    """Those that stand alone and how many people are left over: nobody, or too many to be told by subtraction."""
    rest = people - sum(sizes[name] for name in named)
    while named and 0 < rest < FEWEST:
        rest += sizes[named.pop()]
    return named, rest


def _ways(names: list[tuple[str, ...]], counts: Any, people: int, snapshot: int) -> tuple[Way, ...]:
    return tuple(
        Way(each, share(int(n), people, snapshot=snapshot, group=" > ".join(each)))
        for each, n in zip(names, counts, strict=True)
    )


def _unread(query: PathsQuery, waiting: int, snapshot: int, as_of: datetime | None, *, hide: bool) -> Paths:
    """The answer where there is nobody, or too few."""
    nobody = Reading(0.0, nan, nan, 0, "persons", snapshot)
    people = Reading.withheld("persons", snapshot=snapshot) if hide else nobody
    return Paths(query, people, (), (), (), Reading.withheld("share", snapshot=snapshot), waiting, as_of, snapshot)
