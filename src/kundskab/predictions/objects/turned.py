"""Which deeds count as turning to an object, read from a view: what is bought where anything is, else every deed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.alone import OwnEvent
from kundskab.consent.view import View
from kundskab.metrics.purchases import buying
from kundskab.predictions.objects.learning import FEWEST_ASKED, Objects
from kundskab.predictions.objects.sequences import Sequences, sequences

LONGEST = 200  # last deeds of a person that are read
CATALOGUE = 100_000  # objects; the most turned to


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """persons: shape (people of events,), the token of each.  actions: that count; None: whatever has an object."""

    events: Sequences
    persons: npt.NDArray[np.object_]
    objects: Objects
    actions: tuple[str, ...] | None


def turned(view: View, *, seed: int = 0) -> Turned:
    """The sequences of everybody in a view. Deeds of one person at one time are shuffled by the seed."""
    actions = that_count(view)
    return _turned(_latest(of_objects(view, actions)), actions, seed)


def that_count(view: View) -> tuple[str, ...] | None:
    """The actions of buying, where enough people bought twice or more; None: whatever has an object."""
    bought = buying(view)
    if not bought:
        return None
    actions = (*bought.bought, *bought.as_good_as)
    each = of_objects(view, actions).group_by("person").agg(n=lambda rows: rows.count())
    return actions if each.filter(each.n >= 2).count().to_pyarrow().as_py() >= FEWEST_ASKED else None


def of_objects(view: View, actions: tuple[str, ...] | None) -> ibis.Table:
    """person, object, category, occurred_at: of events that name an object, and of the lines of orders."""
    columns = ("person", "object", "category", "occurred_at")
    parts = []
    for table in (view.events, view.items):
        some = table.filter(table.object.notnull())
        if actions is not None:
            some = some.filter(some.action.isin(actions))
        parts.append(some.select(*columns))
    return ibis.union(*parts)


def turned_by_one(events: Iterable[OwnEvent], actions: tuple[str, ...] | None) -> list[str]:
    """The objects that one person turned to, oldest first, by the same rule; what she did last weighs most."""
    found: list[tuple[datetime, str]] = []
    for event in events:
        if actions is None or event.action in actions:
            things = [event.object, *(line["object"] for line in event.items or ())]
            found += [(event.occurred_at, thing) for thing in things if thing is not None]
    return [thing for _, thing in sorted(found)[-LONGEST:]]


def _latest(both: ibis.Table) -> pa.Table:
    """Each person's last deeds with what is turned to most."""
    frequent = both.group_by("object").agg(n=both.count()).order_by(ibis.desc("n"), "object").limit(CATALOGUE)
    both = both.semi_join(frequent, "object")
    latest = ibis.row_number().over(group_by=both.person, order_by=[both.occurred_at.desc(), both.object])
    both = both.mutate(place=latest)
    return both.filter(both.place < LONGEST).drop("place").to_pyarrow()


def _turned(rows: pa.Table, actions: tuple[str, ...] | None, seed: int) -> Turned:
    rows = rows.sort_by([("person", "ascending"), ("occurred_at", "ascending"), ("object", "ascending")])
    persons, who = _numbered(rows["person"])
    names, what = _numbered(rows["object"])
    times = rows["occurred_at"].cast(pa.int64()).to_numpy() / 1e6
    kinds, categories = _categories(rows, what, len(names))
    events = sequences(who, what, times, catalogue=len(names), seed=seed)
    return Turned(events, persons, Objects(names.astype(str), categories, kinds), actions)


def _numbered(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """The distinct values, sorted, and the number of each row's."""
    coded = column.combine_chunks().dictionary_encode()
    order = pc.array_sort_indices(coded.dictionary).to_numpy().astype(np.int64)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    codes = coded.indices.to_numpy(zero_copy_only=False)
    values = coded.dictionary.to_numpy(zero_copy_only=False)
    return values[order], place[codes] if len(codes) else np.empty(0, np.int64)


def _categories(
    rows: pa.Table, what: npt.NDArray[np.int64], objects: int
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.int64]]:
    """The names of categories, and the one that each object was last told to be in."""
    found = np.full(objects, -1, np.int64)
    told = np.flatnonzero(pc.is_valid(rows["category"]).to_numpy(zero_copy_only=False))
    if not len(told):
        return np.empty(0, str), found
    kinds, which = _numbered(rows["category"].take(pa.array(told)))
    found[what[told]] = which
    return kinds.astype(str), found
