"""Who did what when: everybody's actions as flat arrays, and the moments at which we ask what comes next.

Actions of the same time stand in an order that says nothing (by event id), so that nothing is learnt from a file's
order. Rare actions are folded into one, since a chance per action is shown and must be learnt from something.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.consent.view import View
from kundskab.drivers.deeds import NOT_CHOSEN

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_ACTIONS = 40
OTHER = "(other)"
END = "(nothing more)"


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """One history per person, oldest event first.

    actions: shape (events,), numbers of `names`.  times: shape (events,), seconds since 1970, UTC.
    starts: shape (people + 1,); the events of person p are those from starts[p] up to, not with, starts[p + 1].
    persons: shape (people,), their tokens, sorted; empty where nobody asked for them.
    """

    actions: Ints
    times: Floats
    starts: Ints
    names: tuple[str, ...]
    persons: pa.Array

    @property
    def people(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Ints:
        return np.diff(self.starts)

    @property
    def owners(self) -> Ints:
        """The person of each event; shape (events,)."""
        return np.repeat(np.arange(self.people), self.lengths)

    def shares(self) -> Floats:
        """Of all events, how many are each action; shape (actions,)."""
        seen = np.bincount(self.actions, minlength=len(self.names)).astype(np.float64)
        return np.asarray(seen / max(float(seen.sum()), 1.0))

    def of(self, people: npt.NDArray[Any]) -> Histories:
        """The histories of these people (numbers or a mask), in that order."""
        chosen = np.flatnonzero(people) if people.dtype == bool else people
        lengths = self.lengths[chosen]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        at = np.repeat(self.starts[chosen] - starts[:-1], lengths) + np.arange(starts[-1])
        persons = self.persons.take(pa.array(chosen)) if len(self.persons) else self.persons
        return replace(self, actions=self.actions[at], times=self.times[at], starts=starts, persons=persons)

    def with_end(self) -> Histories:
        """A last action, "nothing more", closes each history: for histories that are over, such as cases."""
        last = np.maximum(self.starts[1:] - 1, 0)
        actions = np.insert(self.actions, self.starts[1:], len(self.names))
        times = np.insert(self.times, self.starts[1:], self.times[last] if len(self.times) else 0.0)
        starts = self.starts + np.arange(len(self.starts))
        return replace(self, actions=actions, times=times, starts=starts, names=(*self.names, END))


def histories(
    people: npt.ArrayLike, actions: npt.ArrayLike, times: npt.ArrayLike, *, most: int = MOST_ACTIONS
) -> Histories:
    """Histories from one row per event; rows of one person at one time keep the order in which they come.

    people, actions: anything that can be told apart and sorted.  times: seconds.  most: actions beyond are one.
    Raises ValueError for lengths that differ or a time that is not finite.
    """
    who, when = pa.array(people).dictionary_encode(), np.asarray(times, np.float64)
    what = pa.array(actions).dictionary_encode()
    if not len(who) == len(what) == len(when):
        raise ValueError(f"{len(who)} people, {len(what)} actions and {len(when)} times are not one row per event")
    if not np.isfinite(when).all():
        raise ValueError("a time is missing or infinite")
    return _laid_out(who, what, when, _commonest(what, most))


def is_act(action: str | None) -> bool:
    """Whether it is what somebody did: the same as `acts`, of one."""
    return action is not None and action.lower() not in NOT_CHOSEN


def acts(events: ibis.Table) -> ibis.Table:
    """What people did themselves, without what was done to them: a letter that is sent is no move of theirs."""
    return events.filter(events.action.notnull() & events.action.lower().notin(NOT_CHOSEN))


def of_view(view: View, *, most: int = MOST_ACTIONS) -> Histories:
    """Everybody's actions of the view, set-wise; events of the same time by their id."""
    return of_acts(acts(view.events), most=most)


def of_acts(rows: ibis.Table, *, most: int = MOST_ACTIONS, names: tuple[str, ...] | None = None) -> Histories:
    """The same of some `acts`.  names: the actions to be told apart; None: the commonest.

    What is not among the names is "(other)", and left out where they have no such.
    """
    # The number made of an id orders events of one time: as good as by chance, and the same at each refresh.
    table = rows.select("person", "action", "occurred_at", tie=rows.event_id.hash()).to_pyarrow()
    who, what = (_whole(pc.dictionary_encode(table[name].combine_chunks())) for name in ("person", "action"))
    when = table["occurred_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy() / 1e6
    return _laid_out(who, what, when, names or _commonest(what, most), table["tie"].to_numpy())


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _laid_out(
    who: pa.DictionaryArray,
    what: pa.DictionaryArray,
    when: Floats,
    names: tuple[str, ...],
    tie: npt.NDArray[Any] | None = None,
) -> Histories:
    persons, rank = _sorted(who.dictionary)
    owner, action = rank[_codes(who)], _places(what, names)[_codes(what)]
    keys = (when, owner) if tie is None else (tie, when, owner)
    order = np.lexsort(keys)  # stable: rows of the same time keep their order
    if (action < 0).any():
        order = order[action[order] >= 0]
    lengths = np.bincount(owner[order], minlength=len(persons))
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    return Histories(action[order], when[order], starts, names, persons)


def _codes(values: pa.DictionaryArray) -> Ints:
    return values.indices.to_numpy(zero_copy_only=False).astype(np.int64) if len(values) else np.empty(0, np.int64)


def _sorted(values: pa.Array) -> tuple[pa.Array, Ints]:
    order = pc.sort_indices(values).to_numpy(zero_copy_only=False).astype(np.int64)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return values.take(pa.array(order)), rank


def _commonest(what: pa.DictionaryArray, most: int) -> tuple[str, ...]:
    """The commonest actions, by name; the rest are one."""
    names = [str(name) for name in what.dictionary.to_pylist()]
    seen = np.bincount(_codes(what), minlength=len(names))
    order = sorted(range(len(names)), key=lambda i: (-seen[i], names[i]))
    rare = len(names) > most
    kept = sorted(names[i] for i in (order[: most - 1] if rare else order))
    return (*kept, OTHER) if rare else tuple(kept)


def _places(what: pa.DictionaryArray, names: tuple[str, ...]) -> Ints:
    """Of each entry of the dictionary its number among the names; -1 where it has none."""
    place = {name: number for number, name in enumerate(names)}
    other = place.get(OTHER, -1)
    found: Ints = np.array([place.get(str(name), other) for name in what.dictionary.to_pylist()], np.int64)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Moments at which somebody's next action is asked for.

    owner: shape (moments,), the person.  known: how many of their events have happened.  asked_at: seconds, at or after
    the last of them.  target: the action that came next, -1 where none has.  waited: seconds from asked_at until it
    came, or until we stopped looking.
    """

    owner: Ints
    known: Ints
    asked_at: Floats
    target: Ints
    waited: Floats

    def __len__(self) -> int:
        return len(self.owner)

    def of(self, chosen: npt.NDArray[Any]) -> Moments:
        """These moments (numbers or a mask)."""
        return Moments(*(getattr(self, name)[chosen] for name in self.__slots__))


def after_each_event(events: Histories) -> Moments:
    """Right after each event, and once before the first: as a process is foretold while it runs."""
    owner = events.owners
    known = np.arange(len(owner)) - events.starts[owner]
    before = np.maximum(np.arange(len(owner)) - 1, 0)
    asked_at = np.where(known > 0, events.times[before], events.times) if len(owner) else events.times
    return Moments(owner, known, asked_at, events.actions, events.times - asked_at)


def at_time(events: Histories, time: float, until: float = np.inf) -> Moments:
    """One moment for everybody who had done something by `time`; what came up to `until` is their target."""
    known_all = events.times <= time
    known = np.bincount(events.owners[known_all], minlength=events.people)
    owner = np.flatnonzero(known > 0)
    known = known[owner]
    next_at = events.starts[owner] + known
    there = next_at < events.starts[owner + 1]
    safe = np.minimum(next_at, max(len(events.times) - 1, 0))
    there &= events.times[safe] <= until
    newest = until if np.isfinite(until) else float(events.times.max(initial=time))
    waited = np.where(there, events.times[safe], newest) - time
    target = np.where(there, events.actions[safe], -1)
    return Moments(owner, known, np.full(len(owner), float(time)), target, np.maximum(waited, 0.0))


def together(parts: list[Moments]) -> Moments:
    """Moments one after the other."""
    return Moments(*(np.concatenate([getattr(part, name) for part in parts]) for name in Moments.__slots__))
