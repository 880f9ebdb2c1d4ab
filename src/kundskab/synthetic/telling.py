"""Tells a story week by week: who comes, what they do, what follows from it, and what it decides about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from kundskab.synthetic import encounters, guides, mailings, mending, visits
from kundskab.synthetic.aftermath import follow
from kundskab.synthetic.batch import ACTION, Batch, batch, choose, join
from kundskab.synthetic.consents import Permissions
from kundskab.synthetic.encounters import Meetings
from kundskab.synthetic.fate import Fate
from kundskab.synthetic.rhythms import YEAR, Array, Floats, Habits, Ints
from kundskab.synthetic.shopping import shop
from kundskab.synthetic.truths import Ending
from kundskab.synthetic.world import Counter, Stage, Tally, World

# what people do by themselves outside a visit: planned ahead, and not done by those who have left meanwhile
_OWN_DEEDS = [ACTION[name] for name in ("Guide Read", "Repair Booked", "Friend Invited", "Encounter")]


@dataclass(frozen=True)
class Plot:
    """What is decided before the story is told."""

    world: World
    permissions: Permissions
    meetings: Meetings
    mixtures: Callable[[], Iterable[tuple[int, Floats]]]  # (week, (people, behaviours)) in order
    dice: Callable[[int], np.random.Generator]  # a week's own stream


class Telling:
    """One telling of a story; `ending` is there once all weeks have been told."""

    def __init__(self, plot: Plot) -> None:
        population = plot.world.population
        # fate moves left_at in place: each telling has its own
        self._world = replace(plot.world, population=replace(population, left_at=population.left_at.copy()))
        self._plot = plot
        self._fate = Fate(self._world)
        self._tally = Tally(len(self._world.declaration.behaviours))
        self._spent = np.zeros(len(population))
        self._met: list[tuple[Array, Ints]] = []
        self.ending: Ending | None = None

    def weeks(self) -> Iterator[Batch]:
        """Each week's events in time order; what a week leads to later waits until its time has come."""
        story, counter, later, told = self._world.story, Counter(), batch(0), 0
        habits = Habits(self._world.declaration.behaviours, self._world.declaration.rhythms)
        starts = story.week_starts()
        for number, weights in self._plot.mixtures():
            start, end = starts[number], starts[number + 1]
            pace = self._world.group.pace(start)
            week = visits.Week(number, start, end, story.month_of_week(number), weights, pace)
            everything = join([later, *self._week(week, habits, counter)])
            order = np.argsort(everything.at, kind="stable")
            turn = int(np.searchsorted(everything.at[order], end))
            happened = self._without_those_who_left(choose(everything, order[:turn]))
            self._fate.watch(happened)
            self._note(happened, told)
            told += len(happened)
            yield happened
            later = choose(everything, order[turn:])
        self.ending = self._end(weights)

    def _week(self, week: visits.Week, habits: Habits, counter: Counter) -> list[Batch]:
        world, rng = self._world, self._plot.dice(week.number)
        letters, clicked, clicked_at = mailings.send(world, self._plot.permissions, world.story, week, rng)
        come = visits.come(world.declaration, world.population, world.story, habits, week, rng)
        self._tally.visits(world, come.where(come.why == visits.PLAIN))
        clicks = visits.by_click(world.population, clicked, clicked_at, week.weights, rng)
        seen = visits.seen(world.declaration, world.population, visits.joined([come, clicks]), rng)
        happened = shop(Stage(world, week.month, counter, self._tally, rng), seen)
        return [
            letters,
            mailings.unsubscribe(self._plot.permissions, week),
            happened,
            follow(world, happened, week.weights, counter, rng),
            guides.read_guides(world, happened, counter, rng),
            mending.mend(world, habits, week, rng),
            encounters.meet(self._plot.meetings, world.shelf, week.start, week.end),
        ]

    def _without_those_who_left(self, happened: Batch) -> Batch:
        gone = np.isin(happened.action, _OWN_DEEDS) & (happened.at >= self._world.population.left_at[happened.person])
        return choose(happened, np.flatnonzero(~gone))

    def _note(self, happened: Batch, told: int) -> None:
        """Keep what the ending tells: which encounters took place, and what was spent in the last year."""
        met = np.flatnonzero(happened.action == ACTION["Encounter"])
        self._met.append((happened.number[met], told + met))
        orders = (happened.action == ACTION["Order Completed"]) & (happened.at >= self._world.story.until - YEAR)
        rates = np.array([one.rate for one in self._world.declaration.markets])
        person = happened.person[orders]
        np.add.at(self._spent, person, happened.value[orders] / rates[self._world.population.market[person]])

    def _end(self, weights: Floats) -> Ending:
        met, met_in = (np.concatenate(column) for column in zip(*self._met, strict=True))
        return Ending(
            self._world.population.left_at,
            self._fate.first_order_at,
            self._fate.read_at,
            self._spent,
            weights,
            self._tally.worth_of_a_visit,
            met,
            met_in,
        )
