"""A declared company as tables: reproducible by its seed, its events told anew each time in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

import numpy as np
import pyarrow as pa

from kundskab.synthetic import encounters, tables, truths
from kundskab.synthetic.columns import hexadecimal
from kundskab.synthetic.consents import state
from kundskab.synthetic.declaration import Declaration
from kundskab.synthetic.facts import tell
from kundskab.synthetic.identities import identities
from kundskab.synthetic.menders import gather
from kundskab.synthetic.people import drifted, populate
from kundskab.synthetic.rhythms import Floats, Story
from kundskab.synthetic.shelf import stock
from kundskab.synthetic.telling import Plot, Telling
from kundskab.synthetic.truths import Ending
from kundskab.synthetic.world import World

# every part draws from its own stream, so that a change in one leaves the others as they were
_PEOPLE, _CONSENTS, _NAMES, _DRIFT, _WEEK, _EVENT_IDS, _DEVICE_IDS, _GROUP, _FACTS, _ANEW, _MEETINGS = range(11)
_TRUTH_EVERY_WEEKS = 13


def generate(declaration: Declaration, *, seed: int, until: datetime, people: int | None = None) -> Company:
    """A fictitious company whose story ends at the last local midnight at or before `until`.

    people: how many humans, the declared number when None; events grow in proportion (about 85 a head in the demo).
    The same declaration, seed, people and day give the same bytes with the same numpy and pyarrow.
    Raises ValueError when `until` has no time zone or `people` is below 1.
    """
    if people is not None and people < 1:
        raise ValueError("people must be at least 1")
    return Company(declaration, seed, people or declaration.people, Story.ending(until, declaration))


class Company:
    """A fictitious company: small tables that are kept, and events that are told anew each time they are asked for.

    What the events decide (encounters, and most of the truth) is known once they have been told; who asks for it
    before waits until a telling is done.
    """

    def __init__(self, declaration: Declaration, seed: int, people: int, story: Story) -> None:
        self.declaration = declaration
        self.seed = seed
        self.story = story
        population = populate(declaration, story, people, self._stream(_PEOPLE))
        statements, permissions = state(declaration, population, story, self._stream(_CONSENTS))
        shelf = stock(declaration, story, population.shops)
        group = gather(declaration, population, story, self._stream(_GROUP))
        told = tell(declaration, population.signed_up_at, story.start, self._stream(_FACTS))
        self._population, self._statements, self._shelf, self._facts = population, statements, shelf, told
        self._world = World(declaration, population, shelf, story, group, told)
        self._meetings = encounters.plan(declaration, population, story, shelf, self._stream(_MEETINGS))
        self._plot = Plot(
            self._world, permissions, self._meetings, self._mixtures, lambda week: self._stream(_WEEK, week)
        )
        self._who = identities(declaration, population, story, self._salt(_DEVICE_IDS))
        self._ended: Ending | None = None

    @cached_property
    def people(self) -> pa.Table:
        """One row per account, by time of signing up: user_id, email and what they told us."""
        streams = self._stream(_NAMES)
        return tables.people_table(self.declaration, self._population, self.story, self._who, self._facts, streams)

    @cached_property
    def facts(self) -> pa.Table:
        """One row per fact that somebody told anew later: user_id, occurred_at, and the fact."""
        stream = self._stream(_ANEW)
        return tables.facts_table(self.declaration, self._population, self.story, self._who, self._facts, stream)

    @cached_property
    def consents(self) -> pa.Table:
        """Many rows per account or device: purpose, status, occurred_at, source, channel, notice_version, proof."""
        return tables.consents_table(self.declaration, self._statements, self.story, self._who)

    @cached_property
    def objects(self) -> pa.Table:
        """One row per object: id, name, category, price, currency, valid_from."""
        return tables.objects_table(self.declaration, self._shelf, self.story)

    @cached_property
    def encounters(self) -> pa.Table:
        """One row per encounter: event_id, user_id, occurred_at, kind, channel, staff, words, reading, research."""
        ending = self._ending()
        ids = hexadecimal(ending.met_in, self._salt(_EVENT_IDS))
        return encounters.encounters_table(
            self.declaration, self._meetings, self._shelf, ending.met, ids, self._who.user_ids
        )

    @cached_property
    def truth(self) -> pa.Table:
        """Person, user_id, behaviour, weight, as_of: the mixtures as they really were, every quarter."""
        starts = self.story.week_starts()
        told = ((starts[week], weights) for week, weights in self._mixtures() if week % _TRUTH_EVERY_WEEKS == 0)
        return truths.truth_table(self.declaration, self._who, told)

    @cached_property
    def humans(self) -> pa.Table:
        """One row per human, known or not: their accounts, market, activity, joined_at, left_at (truth)."""
        return truths.humans_table(self.declaration, self._population, self._who, self._ending())

    @cached_property
    def devices(self) -> pa.Table:
        """One row per human and device: person, user_id, anonymous_id, kind, first_at, owner (truth)."""
        return truths.devices_table(self._population, self._who)

    @cached_property
    def driver(self) -> pa.Table:
        """One row per human: who had the planted driver and when, and their rates of leaving (truth)."""
        return truths.driver_table(self._world, self._who, self._ending())

    @cached_property
    def worth(self) -> pa.Table:
        """One row per human: who is undervalued and since when, what they spent and will spend (truth)."""
        return truths.worth_table(self._world, self._who, self._ending())

    @cached_property
    def forms(self) -> pa.Table:
        """One row per form: how hard it was made, and which is the hardest (truth)."""
        return truths.forms_table(self.declaration)

    def events(self, chunk_rows: int = 100_000) -> Iterator[pa.Table]:
        """Events in time order, in tables of at least `chunk_rows` rows but the last; memory holds about a week."""
        waiting: list[pa.Table] = []
        rows = first = 0
        telling, salt = Telling(self._plot), self._salt(_EVENT_IDS)
        for week in telling.weeks():
            waiting.append(
                tables.events_table(
                    week, self.declaration, self._population, self._shelf, self._who, first=first, salt=salt
                )
            )
            first += len(week)
            rows += len(week)
            if rows >= chunk_rows:
                yield pa.concat_tables(waiting)
                waiting, rows = [], 0
        self._ended = telling.ending
        if rows:
            yield pa.concat_tables(waiting)

    def _ending(self) -> Ending:
        if self._ended is None:
            telling = Telling(self._plot)
            for _ in telling.weeks():
                pass
            self._ended = telling.ending
        assert self._ended is not None
        return self._ended

    def _mixtures(self) -> Iterator[tuple[int, Floats]]:
        weights = self._population.weights
        for week in range(self.story.weeks):
            yield week, weights
            weights = drifted(weights, self.declaration, self._stream(_DRIFT, week))

    def _stream(self, part: int, week: int = 0) -> np.random.Generator:
        return np.random.default_rng([self.seed, part, week])

    def _salt(self, part: int) -> int:
        return int(np.random.SeedSequence([self.seed, part]).generate_state(1, np.uint64)[0])
