"""Everybody's days: how many of them each person came, and how many with each behaviour, as numbers.

A behaviour is an action, a category or a channel. Everything is counted in days with a person, not in events, since
the events of one evening hang together. Days fall into strata: a day is like others of as many events in the same
quarter of the year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from kundskab.profiles.own import local, own

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from kundskab.consent.view import View

Stratum = tuple[int, int]  # quarter of the year, counted from year 0, and size of the day
Numbers = npt.NDArray[np.float64]
Small = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64 | np.int32]

KINDS = ("action", "category", "channel")
FEWEST_DOING = 5  # a behaviour of fewer people is not compared
MOST_BEHAVIOURS = 300
LARGEST = 5  # sizes of days: 1 event, 2, up to 4, 8, 16, and more
AT_A_TIME = 300_000  # events: a third of the memory of a million at once, a sixth more time
SHARES = 12  # at the most: each of them reads all rows once
_SIZES = LARGEST + 1


@dataclass(frozen=True, slots=True)
class Done:
    """One behaviour: N rows, one per person who did it and stratum, in the order of the persons."""

    who: Places  # (N,): place of the person
    stratum: Places  # (N,)
    days: Small  # (N,): >= 1


@dataclass(frozen=True, slots=True)
class Days:
    """What everybody did on how many days. P persons, S strata, B behaviours, the commonest first."""

    persons: pa.Array  # (P,) strings
    strata: dict[Stratum, int]  # (quarter, size) -> place
    came: sparse.csr_array  # (P, S): days with at least one event
    behaviours: tuple[tuple[str, str], ...]  # (kind, behaviour), in lower case
    done: tuple[Done, ...]  # (B,)

    def of_all(self) -> Numbers:
        """(B, S): days with each behaviour, of all people together."""
        sums = [np.bincount(one.stratum, one.days, minlength=len(self.strata)) for one in self.done]
        return np.asarray(sums, dtype=np.float64).reshape(len(self.done), len(self.strata))


@dataclass(frozen=True, slots=True)
class Counted:
    """N rows in any order: on how many days of a stratum, told by its code, a person did a behaviour."""

    who: Places
    stratum: Places  # quarter * _SIZES + size
    days: Small
    behaviour: Places  # 0 where all of them are counted alike


def everybodys_days(view: View, *, zone: str) -> Days:
    """The days of all people of this view, by the clock of `zone` (IANA name).

    Nothing but counts leaves the engine: one row per person and stratum, and one per person, behaviour and stratum.
    Of many events some people's are counted at a time, so that memory grows with the people and not with their deeds.
    """
    events = own(view.events)
    shares = min(max(1, -(-int(events.count().to_pyarrow().as_py()) // AT_A_TIME)), SHARES)
    names, first = dict[tuple[str, str], int](), 0
    persons, came, did = list[pa.Array](), list[Counted](), list[Counted]()
    for share in range(shares):
        theirs = events if shares == 1 else events.filter(events.person.hash().abs() % shares == share)
        days = _days(theirs, zone)
        table = days.group_by("person", "quarter", "size").agg(n=days.count()).to_pyarrow()
        known = _whole(table["person"]).dictionary_encode()
        who = first + _places(known.indices)
        came.append(Counted(who, _stratum_codes(table), _numbers(table["n"]), np.zeros_like(who)))
        table = _did(theirs, days, zone).to_pyarrow()
        did.append(_did_by(table, known.dictionary, first, names))
        persons.append(known.dictionary)
        first += len(known.dictionary)
    return _days_of(pa.concat_arrays(persons), _together(came), _together(did), tuple(names))


def _days(events: Table, zone: str) -> Table:
    """One row per person and day, with its stratum: quarter and size."""
    day = local(events.occurred_at, zone).date()
    sized = events.select("person", day=day).group_by("person", "day").agg(events=lambda t: t.count())
    return sized.mutate(
        quarter=(sized.day.year() * 4 + sized.day.quarter()).cast("int64"),
        size=ibis.least(sized.events.log2().ceil(), LARGEST).cast("int64"),
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


def _did_by(did: pa.Table, persons: pa.Array, first: int, names: dict[tuple[str, str], int]) -> Counted:
    """The rows as numbers; behaviours not met before are added to `names`.  first: the place of persons[0]."""
    who = first + _places(pc.index_in(_whole(did["person"]), value_set=persons))
    kinds, said = (_whole(did[column]).dictionary_encode() for column in ("kind", "behaviour"))
    width = max(1, len(said.dictionary))
    pairs, pair = np.unique(_places(kinds.indices).astype(np.int64) * width + said.indices, return_inverse=True)
    told = [(kinds.dictionary[at // width].as_py(), said.dictionary[at % width].as_py()) for at in pairs.tolist()]
    numbers = np.array([names.setdefault(name, len(names)) for name in told], dtype=np.int32)
    return Counted(who, _stratum_codes(did), _numbers(did["n"]), numbers[pair])


def _days_of(persons: pa.Array, came: Counted, did: Counted, names: tuple[tuple[str, str], ...]) -> Days:
    """The commonest behaviours by the number of people, and who did each on how many days of which stratum."""
    known = np.unique(came.stratum)
    at = (came.who, np.searchsorted(known, came.stratum))
    counted = sparse.csr_array((came.days.astype(np.float64), at), shape=(len(persons), len(known)))
    strata = {(int(code) // _SIZES, int(code) % _SIZES): place for place, code in enumerate(known)}
    order = np.lexsort((did.stratum, did.who, did.behaviour))
    ends = np.cumsum(np.bincount(did.behaviour, minlength=len(names)))
    rows = [order[end - many : end] for end, many in zip(ends, np.diff(ends, prepend=0), strict=True)]
    doing = [int(np.count_nonzero(np.diff(did.who[of], prepend=-1))) for of in rows]
    kept = [place for place, persons_doing in enumerate(doing) if persons_doing >= FEWEST_DOING]
    kept = sorted(kept, key=lambda place: (-doing[place], names[place]))[:MOST_BEHAVIOURS]
    done = [Done(did.who[of], np.searchsorted(known, did.stratum[of]), did.days[of]) for of in (rows[k] for k in kept)]
    return Days(persons, strata, counted, tuple(names[k] for k in kept), tuple(done))


def _together(parts: Sequence[Counted]) -> Counted:
    columns = zip(*((part.who, part.stratum, part.days, part.behaviour) for part in parts), strict=True)
    return Counted(*(np.concatenate(column) for column in columns))


def _stratum_codes(table: pa.Table) -> Places:
    quarter, size = (np.asarray(table[name], dtype=np.int64) for name in ("quarter", "size"))
    return (quarter * _SIZES + size).astype(np.int32)


def _places(column: Any) -> Places:
    return np.asarray(column, dtype=np.int32)


def _numbers(column: Any) -> Small:
    return np.asarray(column, dtype=np.float32)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    large = column.cast(
        pa.large_string()
    )  # a million names of 64 letters are more than one array of the small kind holds
    return large.combine_chunks() if large.num_chunks != 1 else large.chunk(0)
