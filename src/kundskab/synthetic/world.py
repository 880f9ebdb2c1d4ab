"""What a story is played in: the world, which stays, and the stage, which is set anew each week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.synthetic.declaration import Declaration
from kundskab.synthetic.facts import Told
from kundskab.synthetic.menders import Group
from kundskab.synthetic.people import Population
from kundskab.synthetic.rhythms import Array, Floats, Ints, Story
from kundskab.synthetic.shelf import Shelf
from kundskab.synthetic.visits import Visits


@dataclass(frozen=True)
class World:
    """What never changes while the story is told, but for `population.left_at`, which fate may move."""

    declaration: Declaration
    population: Population
    shelf: Shelf
    story: Story
    group: Group
    told: Told

    def of_behaviour(self, field: str, behaviour: Array) -> Floats:
        """A declared number of each visit's behaviour."""
        numbers: Floats = np.array([float(getattr(one, field)) for one in self.declaration.behaviours])[behaviour]
        return numbers


@dataclass
class Counter:
    """Running numbers of visits, orders and tickets, so that no two share one."""

    visits: int = 0
    orders: int = 0
    tickets: int = 0

    def take(self, kind: str, count: int) -> Ints:
        first = getattr(self, kind)
        setattr(self, kind, first + count)
        return np.arange(first + 1, first + count + 1, dtype=np.int64)


class Tally:
    """What visits of each behaviour were worth on average: (behaviours, 2); 1 is the group before it has grown.

    Money is counted in the first market's currency, so that people of all markets can be averaged.
    """

    def __init__(self, behaviours: int) -> None:
        self._visits = np.zeros((behaviours, 2))
        self._value = np.zeros((behaviours, 2))

    def visits(self, world: World, come: Visits) -> None:
        modest = world.group.modest(come.person, come.at).astype(int)
        np.add.at(self._visits, (come.behaviour, modest), 1)

    def orders(self, world: World, person: Array, behaviour: Array, at: Ints, value: Ints) -> None:
        rates = np.array([one.rate for one in world.declaration.markets])[world.population.market[person]]
        np.add.at(self._value, (behaviour, world.group.modest(person, at).astype(int)), value / rates)

    @property
    def worth_of_a_visit(self) -> Floats:
        """(behaviours, 2), in ten-thousandths of the first market's currency."""
        worth: Floats = self._value / np.maximum(self._visits, 1)
        return worth


@dataclass(frozen=True)
class Stage:
    """What one week's visits play on: the world, the month (0 is January), the running numbers and the dice."""

    world: World
    month: int
    counter: Counter
    tally: Tally
    rng: np.random.Generator
