"""Who turned to which object when: sequences of many people as flat arrays, and the three ways of splitting them.

Times by the day leave the order within a day to the file, and a file's order may be the catalogue's. So objects of the
same time are shuffled by a seed, unless the order is known to be true.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Times = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """One sequence per person, oldest event first.

    objects: shape (events,), numbers in [0, catalogue).  times: shape (events,), seconds.
    starts: shape (people + 1,); the events of person p are those from starts[p] up to, not with, starts[p + 1].
    """

    objects: Ints
    times: Times
    starts: Ints
    catalogue: int

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

    @property
    def ages(self) -> Ints:
        """How many events of the same person came after each event; 0 is their last. Shape (events,)."""
        return np.repeat(self.starts[1:], self.lengths) - 1 - np.arange(len(self.objects))

    def seen(self) -> Ints:
        """How many events each object has; shape (catalogue,)."""
        return np.bincount(self.objects, minlength=self.catalogue)

    def without_last(self, events: int) -> Sequences:
        """Everybody's sequence less its last events; who had no more is there with none."""
        return self._only(self.ages >= events)

    def from_last(self, place: int) -> Ints:
        """Everybody's object at this place from the end (0 is the last). Raises ValueError when somebody has fewer."""
        if (self.lengths <= place).any():
            raise ValueError(f"somebody has fewer than {place + 1} events")
        return self.objects[self.starts[1:] - 1 - place]

    def of(self, people: npt.NDArray[Any]) -> Sequences:
        """The sequences of these people (numbers or a mask), in that order."""
        chosen = np.flatnonzero(people) if people.dtype == bool else people
        lengths = self.lengths[chosen]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        at = np.repeat(self.starts[chosen] - starts[:-1], lengths) + np.arange(starts[-1])
        return replace(self, objects=self.objects[at], times=self.times[at], starts=starts)

    def before(self, time: float) -> Sequences:
        """What was known just before this time; people stay, with or without events."""
        return self._only(self.times < time)

    def _only(self, kept: npt.NDArray[np.bool_]) -> Sequences:
        lengths = np.bincount(self.owners[kept], minlength=self.people)
        starts = np.concatenate(([0], np.cumsum(lengths)))
        return replace(self, objects=self.objects[kept], times=self.times[kept], starts=starts)


def sequences(
    people: npt.ArrayLike, objects: npt.ArrayLike, times: npt.ArrayLike, *, catalogue: int, seed: int | None = 0
) -> Sequences:
    """Sequences from one row per event, in any order.

    people, objects: shape (events,), whole numbers from 0.  times: shape (events,), seconds.
    seed: shuffles the events of one person at one time; None keeps the order they came in, where that is true.
    Raises ValueError for lengths that differ, times that are not finite, or numbers out of range.
    """
    who, what, when = np.asarray(people, np.int64), np.asarray(objects, np.int64), np.asarray(times, np.float64)
    if not len(who) == len(what) == len(when):
        raise ValueError(f"{len(who)} people, {len(what)} objects and {len(when)} times are not one row per event")
    if len(who) and (who.min() < 0 or what.min() < 0 or what.max() >= catalogue):
        raise ValueError(f"people count from 0, objects from 0 to {catalogue - 1}")
    if not np.isfinite(when).all():
        raise ValueError("a time is missing or infinite")
    within = np.arange(len(who)) if seed is None else np.random.default_rng(seed).random(len(who))
    order = np.lexsort((within, when, who))
    lengths = np.bincount(who)
    starts = np.concatenate(([0], np.cumsum(lengths[lengths > 0])))
    return Sequences(what[order], when[order], starts.astype(np.int64), catalogue)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What a model may learn from, what is known of each person when it is asked, and what they turned to then.

    target: shape (people of history,).  asked_at: shape (people of history,), the seconds of the target.
    """

    train: Sequences
    history: Sequences
    target: Ints
    asked_at: Times


def settling(events: Sequences) -> Split:
    """For choosing settings: learns from all but the last two events of each, asks for the second-last."""
    return _leaving(events, trained_without=2, place=1)


def strict(events: Sequences) -> Split:
    """As papers do: learns from all but the last two events; the second-last is known when asked, never learnt from."""
    return _leaving(events, trained_without=2, place=0)


def refit(events: Sequences) -> Split:
    """As in daily use: learns from everything before the last event."""
    return _leaving(events, trained_without=1, place=0)


def in_time(events: Sequences, at: float) -> Split:
    """Learns from what was before a moment; asks for the first event from then on of people who were there before."""
    known = events.before(at)
    still = known.starts[:-1] + (events.starts - known.starts)[:-1]  # where each person's events begin in `events`
    later = (known.lengths > 0) & (events.lengths > known.lengths)
    first = still[later] + known.lengths[later]
    return Split(known, known.of(later), events.objects[first], events.times[first])


def _leaving(events: Sequences, *, trained_without: int, place: int) -> Split:
    """Only people with three events or more are there: the protocol needs one to learn from."""
    long = events.of(events.lengths >= 3)
    train, history = long.without_last(trained_without), long.without_last(place + 1)
    return Split(train, history, long.from_last(place), long.times[long.starts[1:] - 1 - place])
