"""The yardstick: on how many days people as active, at the same time of year, do each behaviour.

A behaviour is an action, a category or a channel. Everything is counted in days with a person, not in events, since
the events of one evening hang together. A day is compared with days of as many events in the same quarter of the year:
who comes in winter and looks long is not special for having looked at skis.

Only sums over all people are in a yardstick; nobody can be read out of it, save who is alone in a quarter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import numpy.typing as npt
from scipy import special

from kundskab.profiles.own import Deed, local, own

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from kundskab.consent.view import View

Stratum = tuple[int, int]  # quarter of the year, counted from year 0, and size of the day
Numbers = npt.NDArray[np.float64]

KINDS = ("action", "category", "channel")
FEWEST_PERSONS = 50  # below this nobody can be told apart from the others
FEWEST_DOING = 5  # a behaviour of fewer people is not compared
MOST_BEHAVIOURS = 300
ERROR = 0.05
_TRUST = 20.0  # days of its own after which a quarter is believed as much as all quarters together
_LARGEST = 5  # sizes of days: 1 event, 2, up to 4, 8, 16, and more
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
    """The yardstick of all people of this view; None below FEWEST_PERSONS.

    Nothing but counts leaves the engine: one row per person and stratum, and one per person and behaviour done.
    """
    days = _days(own(view.events), zone)
    came = days.group_by("person", "quarter", "size").agg(n=days.count()).to_pyarrow()
    people, person_of = np.unique(came["person"].to_numpy(zero_copy_only=False), return_inverse=True)
    if len(people) < FEWEST_PERSONS:
        return None
    strata = {pair: place for place, pair in enumerate(sorted({*_pairs(came)}))}
    stratum_of = np.array([strata[pair] for pair in _pairs(came)])
    exposure = np.zeros((len(people), len(strata)))
    exposure[person_of, stratum_of] = came["n"].to_numpy()
    behaviours, done, counted = _behaviours(view, days, strata, people, zone)
    return _measured(len(people), behaviours, strata, done, exposure, counted)


def rates(done: Numbers, days: Numbers) -> Numbers:
    """Share of days with each behaviour: done (B, S) of days (S,), each quarter leaning on the whole."""
    overall = done.sum(axis=1, keepdims=True) / max(days.sum(), 1.0)
    return np.asarray((done + _TRUST * overall) / (days + _TRUST), dtype=np.float64)


def theirs(deeds: Sequence[Deed]) -> tuple[dict[Stratum, int], dict[tuple[str, str], dict[Stratum, int]]]:
    """Of one person: days per stratum, and per behaviour days per stratum. deeds: all there are, in any order."""
    by_day: defaultdict[date, list[Deed]] = defaultdict(list)
    for deed in deeds:
        by_day[deed.at.date()].append(deed)
    came: Counter[Stratum] = Counter()
    did: defaultdict[tuple[str, str], Counter[Stratum]] = defaultdict(Counter)
    for day, of_day in by_day.items():
        stratum = (day.year * 4 + (day.month + 2) // 3, min((len(of_day) - 1).bit_length(), _LARGEST))
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


def _days(events: Table, zone: str) -> Table:
    """One row per person and day, with its stratum: quarter and size."""
    day = local(events.occurred_at, zone).date()
    sized = events.select("person", day=day).group_by("person", "day").agg(events=lambda t: t.count())
    return sized.mutate(
        quarter=(sized.day.year() * 4 + sized.day.quarter()).cast("int64"),
        size=ibis.least(sized.events.log2().ceil(), _LARGEST).cast("int64"),
    )


def _did(events: Table, days: Table, zone: str) -> Table:
    """Days on which a behaviour was done: person, kind, behaviour, quarter, size, n."""
    day = local(events.occurred_at, zone).date()
    said = {kind: events[kind].lower() for kind in KINDS}
    said["category"] = ibis.ifelse(said["action"].contains(said["category"]), None, said["category"])
    named = [
        events.select("person", day=day, kind=ibis.literal(kind), behaviour=behaviour).distinct()
        for kind, behaviour in said.items()
    ]
    done = ibis.union(*named).filter(lambda t: t.behaviour.notnull() & (t.behaviour != ""))
    joined = done.join(days, ["person", "day"])
    return joined.group_by("person", "kind", "behaviour", "quarter", "size").agg(n=joined.count())


def _behaviours(
    view: View, days: Table, strata: dict[Stratum, int], people: npt.NDArray[Any], zone: str
) -> tuple[tuple[tuple[str, str], ...], Numbers, list[tuple[npt.NDArray[np.int64], Numbers]]]:
    """The commonest behaviours, days of each per stratum, and per behaviour who did it on how many days."""
    did = _did(own(view.events), days, zone).to_pandas()
    did["place"] = np.searchsorted(people, did["person"].to_numpy())
    did["stratum"] = [strata[pair] for pair in zip(did["quarter"], did["size"], strict=True)]
    doing = did.groupby(["kind", "behaviour"])["person"].nunique()
    kept = doing[doing >= FEWEST_DOING].sort_values(ascending=False, kind="stable").head(MOST_BEHAVIOURS)
    groups = dict(iter(did.groupby(["kind", "behaviour"])))
    done = np.zeros((len(kept), len(strata)))
    counted = []
    for place, name in enumerate(kept.index):
        rows = groups[name]
        np.add.at(done[place], rows["stratum"].to_numpy(), rows["n"].to_numpy())
        by_person = rows.groupby("place")["n"].sum()
        counted.append((by_person.index.to_numpy(), by_person.to_numpy(dtype=np.float64)))
    return tuple((str(kind), str(behaviour)) for kind, behaviour in kept.index), done, counted


def _measured(
    persons: int,
    behaviours: tuple[tuple[str, str], ...],
    strata: dict[Stratum, int],
    done: Numbers,
    exposure: Numbers,
    counted: list[tuple[npt.NDArray[np.int64], Numbers]],
) -> Yardstick:
    """How unlike people are in each behaviour, and from which p-value on somebody stands out.

    The threshold is Benjamini and Hochberg's (1995, JRSS B 57, 289-300) over every pair of person and behaviour: where
    nobody is special, the chance that anybody at all stands out is at most ERROR.
    """
    days = exposure.sum(axis=0)
    shares = rates(done, days)
    together = exposure.T @ exposure  # turns the sum of squared expectations into S x S numbers
    breadth, surprises = np.zeros(len(behaviours)), []
    for place, (who, times) in enumerate(counted):
        share = shares[place]
        expected = exposure[who] @ share
        squares = float(share @ together @ share)
        excess = float((times**2).sum() - 2 * (times * expected).sum()) + squares - float(days @ share)
        breadth[place] = np.clip(excess / squares, *_BREADTHS) if squares else _BREADTHS[0]
        surprises.append(tail(times, expected))
    return Yardstick(persons, behaviours, strata, done, days, breadth, _threshold(surprises, persons * len(behaviours)))


def tail(times: Any, expected: Any) -> Any:
    """The chance of at least so many days where `expected` were due, by the Poisson law, which here errs to caution."""
    return special.gammainc(times, expected)


def _threshold(surprises: list[Numbers], looks: int) -> float:
    if not surprises:
        return 0.0
    ranked = np.sort(np.concatenate(surprises))
    passing = np.flatnonzero(ranked <= ERROR * np.arange(1, len(ranked) + 1) / looks)
    return float(ranked[passing[-1]]) if len(passing) else 0.0


def _pairs(table: Any) -> list[Stratum]:
    return list(zip(table["quarter"].to_pylist(), table["size"].to_pylist(), strict=True))
