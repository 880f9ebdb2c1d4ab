"""Everybody's days: how many of them each person came, and how many with each behaviour, as numbers.

A behaviour is an action, a category or a channel. Everything is counted in days with a person, not in events, since
the events of one evening hang together. Days fall into strata: a day is like others of as many events in the same
quarter of the year.
"""

from __future__ import annotations

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
Places = npt.NDArray[np.int64]

KINDS = ("action", "category", "channel")
FEWEST_DOING = 5  # a behaviour of fewer people is not compared
MOST_BEHAVIOURS = 300
LARGEST = 5  # sizes of days: 1 event, 2, up to 4, 8, 16, and more
_SIZES = LARGEST + 1


@dataclass(frozen=True, slots=True)
class Done:
    """One behaviour: N rows, one per person who did it and stratum, in the order of the persons."""

    who: Places  # (N,): place of the person
    stratum: Places  # (N,)
    days: Numbers  # (N,): >= 1


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


def everybodys_days(view: View, *, zone: str) -> Days:
    """The days of all people of this view, by the clock of `zone` (IANA name).

    Nothing but counts leaves the engine: one row per person and stratum, and one per person, behaviour and stratum.
    """
    events = own(view.events)
    days = _days(events, zone)
    came = days.group_by("person", "quarter", "size").agg(n=days.count()).to_pyarrow()
    persons = _whole(came["person"]).dictionary_encode()
    codes = _stratum_codes(came)
    known = np.unique(codes)
    at = (np.asarray(persons.indices, dtype=np.int64), np.searchsorted(known, codes))
    shape = (len(persons.dictionary), len(known))
    counted = sparse.csr_array((_numbers(came["n"]), at), shape=shape)
    strata = {(int(code) // _SIZES, int(code) % _SIZES): place for place, code in enumerate(known)}
    behaviours, done = _done(_did(events, days, zone).to_pyarrow(), persons.dictionary, known)
    return Days(persons.dictionary, strata, counted, behaviours, done)


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


def _done(did: pa.Table, persons: pa.Array, known: Places) -> tuple[tuple[tuple[str, str], ...], tuple[Done, ...]]:
    """The commonest behaviours by the number of people, and who did each on how many days of which stratum."""
    who = np.asarray(pc.index_in(_whole(did["person"]), value_set=persons), dtype=np.int64)
    stratum = np.searchsorted(known, _stratum_codes(did))
    kinds, names = (_whole(did[column]).dictionary_encode() for column in ("kind", "behaviour"))
    width = max(1, len(names.dictionary))
    behaviour = np.asarray(kinds.indices, dtype=np.int64) * width + np.asarray(names.indices, dtype=np.int64)
    order = np.lexsort((stratum, who, behaviour))
    behaviour, who, stratum, days = behaviour[order], who[order], stratum[order], _numbers(did["n"])[order]
    starts = np.flatnonzero(np.diff(behaviour, prepend=-1))
    ends = np.append(starts, len(behaviour))[1:]
    told = [
        (kinds.dictionary[code // width].as_py(), names.dictionary[code % width].as_py())
        for code in behaviour[starts].tolist()
    ]
    doing = [len(np.unique(who[start:end])) for start, end in zip(starts, ends, strict=True)]
    kept = [place for place, persons_doing in enumerate(doing) if persons_doing >= FEWEST_DOING]
    kept = sorted(kept, key=lambda place: (-doing[place], told[place]))[:MOST_BEHAVIOURS]
    rows = [slice(starts[k], ends[k]) for k in kept]
    done = [Done(who[of], stratum[of], days[of]) for of in rows]
    return tuple(told[k] for k in kept), tuple(done)


def _stratum_codes(table: pa.Table) -> Places:
    quarter, size = (np.asarray(table[name], dtype=np.int64) for name in ("quarter", "size"))
    return np.asarray(quarter * _SIZES + size, dtype=np.int64)


def _numbers(column: Any) -> Numbers:
    return np.asarray(column, dtype=np.float64)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(
        [chunk.cast(pa.large_string()) for chunk in column.chunks] or [pa.array([], pa.large_string())]
    )
