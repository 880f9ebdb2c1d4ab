"""What everybody turns to: the plain guess that every model must beat, and hard to beat where fashions change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kundskab.predictions.objects.sequences import Floats, Ints, Sequences, Times
from kundskab.predictions.objects.strongest import strongest_of_dense

DAY = 86_400.0
TOP = 100  # objects offered for being popular
_CELLS = 8_000_000  # of shares held at once


@dataclass(frozen=True, slots=True, eq=False)
class Popular:
    """The share of events each object has, of all time. shares: shape (catalogue,), sums to 1."""

    shares: Floats

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """The same for everybody; shape (people, catalogue)."""
        return np.tile(self.shares, (history.people, 1))

    def some(self, history: Sequences, asked_at: Times) -> sparse.csr_array:
        """The most popular only, the same row for everybody."""
        row = strongest_of_dense(self.shares[None, :], TOP)
        return sparse.csr_array(
            (np.tile(row.data, history.people), np.tile(row.indices, history.people),
             np.arange(history.people + 1) * row.nnz),
            shape=(history.people, len(self.shares)),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class PopularLately:
    """The share of events each object has in the last days before each person is asked.

    times: shape (events,), sorted.  objects: the same order.
    """

    objects: Ints
    times: Times
    shares: Floats
    days: float

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """Shape (people, catalogue). All time breaks ties, and speaks alone where nothing happened lately."""
        found = np.empty((history.people, len(self.shares)), np.float32)
        if len(self.times):
            asked_at = np.minimum(asked_at, np.nextafter(self.times[-1], np.inf))
        order = np.argsort(asked_at, kind="stable")
        counts, begin, end = np.zeros(len(self.shares), np.float32), 0, 0
        for person in order:  # the window slides forward: each event comes in once and goes out once
            until = int(np.searchsorted(self.times, asked_at[person]))
            since = int(np.searchsorted(self.times, asked_at[person] - self.days * DAY))
            np.add.at(counts, self.objects[end:until], 1)
            np.subtract.at(counts, self.objects[begin:since], 1)
            begin, end = since, max(until, end)
            found[person] = (counts + self.shares) / (end - begin + 1)
        return found

    def some(self, history: Sequences, asked_at: Times) -> sparse.csr_array:
        """The most popular only."""
        step = max(1, _CELLS // max(len(self.shares), 1))
        parts = [sparse.csr_array((0, len(self.shares)), dtype=np.float32)]
        for begin in range(0, history.people, step):
            group = np.arange(begin, min(begin + step, history.people))
            parts.append(strongest_of_dense(self.scores(history.of(group), asked_at[group]), TOP))
        return sparse.csr_array(sparse.vstack(parts, format="csr"))

    def now(self) -> Popular:
        """What is popular in the days before the last event learnt from, for good."""
        nobody = Sequences(np.empty(0, np.int64), np.empty(0), np.zeros(2, np.int64), len(self.shares))
        return Popular(self.scores(nobody, np.array([np.inf]))[0])


def popular(train: Sequences) -> Popular:
    """Popular of all time. With no event at all every object is alike."""
    seen = train.seen()
    return Popular(((seen + 1e-3) / (seen.sum() + 1e-3 * train.catalogue)).astype(np.float32))


def popular_lately(train: Sequences, days: float = 7.0) -> PopularLately:
    """Popular in the days before each question, or before the last event learnt from where the question came later."""
    order = np.argsort(train.times, kind="stable")
    return PopularLately(train.objects[order], train.times[order], popular(train).shares, days)
