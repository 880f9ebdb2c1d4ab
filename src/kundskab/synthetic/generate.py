"""Tells the story of a declared company week by week, reproducibly, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

import numpy as np
import pyarrow as pa

from kundskab.synthetic import mailings, tables, visits
from kundskab.synthetic.aftermath import follow
from kundskab.synthetic.batch import Batch, batch, choose, join
from kundskab.synthetic.consents import state
from kundskab.synthetic.declaration import Declaration
from kundskab.synthetic.orders import Counter, Stage, World
from kundskab.synthetic.people import drifted, populate
from kundskab.synthetic.rhythms import Floats, Habits, Story
from kundskab.synthetic.shelf import stock
from kundskab.synthetic.shopping import shop

# every part draws from its own stream, so that a change in one leaves the others as they were
_PEOPLE, _CONSENTS, _NAMES, _DRIFT, _WEEK, _EVENT_IDS, _DEVICE_IDS = range(7)
_TRUTH_EVERY_WEEKS = 13


def generate(declaration: Declaration, *, seed: int, until: datetime, people: int | None = None) -> Company:
    """A fictitious company whose story ends at the last local midnight at or before `until`.

    people: how many humans, the declared number when None; events grow in proportion (about 75 a head in the demo).
    The same declaration, seed, people and day give the same bytes with the same numpy and pyarrow.
    Raises ValueError when `until` has no time zone or `people` is below 1.
    """
    if people is not None and people < 1:
        raise ValueError("people must be at least 1")
    return Company(declaration, seed, people or declaration.people, Story.ending(until, declaration))


class Company:
    """A fictitious company: small tables that are kept, and events that are told anew each time they are asked for."""

    def __init__(self, declaration: Declaration, seed: int, people: int, story: Story) -> None:
        self.declaration = declaration
        self.seed = seed
        self.story = story
        self._population = populate(declaration, story, people, self._stream(_PEOPLE))
        self._told, self._permissions = state(declaration, self._population, story, self._stream(_CONSENTS))
        self._shelf = stock(declaration, story, self._population.shops)
        self._who = tables.identities(declaration, self._population, story, self._salt(_DEVICE_IDS))

    @cached_property
    def people(self) -> pa.Table:
        """One row per person with an account, by time of signing up: user_id, email and what they told us."""
        return tables.people_table(self.declaration, self._population, self.story, self._who, self._stream(_NAMES))

    @cached_property
    def consents(self) -> pa.Table:
        """Many rows per person or device: purpose, status, occurred_at, source, channel, notice_version, proof."""
        return tables.consents_table(self.declaration, self._told, self.story, self._who)

    @cached_property
    def objects(self) -> pa.Table:
        """One row per object: id, name, category, price, currency, valid_from."""
        return tables.objects_table(self.declaration, self._shelf, self.story)

    @cached_property
    def truth(self) -> pa.Table:
        """Person, user_id, behaviour, weight, as_of: the mixtures as they really were, every quarter."""
        starts = self.story.week_starts()
        told = ((starts[week], weights) for week, weights in self._mixtures() if week % _TRUTH_EVERY_WEEKS == 0)
        return tables.truth_table(self.declaration, self._who, told)

    @cached_property
    def humans(self) -> pa.Table:
        """One row per human, known or not: person, user_id, market, activity, joined_at, left_at (truth)."""
        return tables.humans_table(self.declaration, self._population, self._who)

    @cached_property
    def devices(self) -> pa.Table:
        """One row per human and device: person, user_id, anonymous_id, kind, first_at, owner (truth)."""
        return tables.devices_table(self._population, self._who)

    def events(self, chunk_rows: int = 100_000) -> Iterator[pa.Table]:
        """Events in time order, in tables of at least `chunk_rows` rows but the last; memory holds about a week."""
        waiting: list[pa.Table] = []
        rows = first = 0
        for told in self._weeks():
            table = tables.events_table(
                told,
                self.declaration,
                self._population,
                self._shelf,
                self._who,
                first=first,
                salt=self._salt(_EVENT_IDS),
            )
            first += len(told)
            rows += len(told)
            waiting.append(table)
            if rows >= chunk_rows:
                yield pa.concat_tables(waiting)
                waiting, rows = [], 0
        if rows:
            yield pa.concat_tables(waiting)

    def _weeks(self) -> Iterator[Batch]:
        """Each week's events in time order; what a week leads to later waits until its time has come."""
        world = World(self.declaration, self._population, self._shelf, self.story)
        habits = Habits(self.declaration.behaviours, self.declaration.rhythms)
        starts, counter, later = self.story.week_starts(), Counter(), batch(0)
        for number, weights in self._mixtures():
            rng = self._stream(_WEEK, number)
            week = visits.Week(number, starts[number], starts[number + 1], self.story.month_of_week(number), weights)
            letters, clicked, clicked_at = mailings.send(world, self._permissions, self.story, week, rng)
            come = visits.come(self.declaration, self._population, self.story, habits, week, rng)
            clicks = visits.by_click(self._population, clicked, clicked_at, weights, rng)
            seen = visits.seen(self.declaration, self._population, visits.joined([come, clicks]), rng)
            happened = shop(Stage(world, week.month, counter, rng), seen)
            after = follow(world, happened, weights, counter, rng)
            everything = join([later, letters, mailings.unsubscribe(self._permissions, week), happened, after])
            order = np.argsort(everything.at, kind="stable")
            turn = int(np.searchsorted(everything.at[order], week.end))
            yield choose(everything, order[:turn])
            later = choose(everything, order[turn:])

    def _mixtures(self) -> Iterator[tuple[int, Floats]]:
        weights = self._population.weights
        for week in range(self.story.weeks):
            yield week, weights
            weights = drifted(weights, self.declaration, self._stream(_DRIFT, week))

    def _stream(self, part: int, week: int = 0) -> np.random.Generator:
        return np.random.default_rng([self.seed, part, week])

    def _salt(self, part: int) -> int:
        return int(np.random.SeedSequence([self.seed, part]).generate_state(1, np.uint64)[0])
