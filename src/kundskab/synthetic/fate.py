"""What the events themselves decide: who has the planted driver, and how much longer they stay for it."""

from __future__ import annotations

import numpy as np

from kundskab.synthetic.batch import ACTION, Batch, choose
from kundskab.synthetic.people import Population
from kundskab.synthetic.rhythms import DAY, NEVER, Array, Ints
from kundskab.synthetic.world import World


class Fate:
    """Watches a story while it is told, in time order, and lets the driver do its work.

    population.left_at is moved in place: leaving is exponential and so has no memory; what is left of a stay,
    divided by the factor on the rate, is a stay at that rate.
    """

    def __init__(self, world: World) -> None:
        people = len(world.population)
        self.first_order_at = np.full(people, NEVER)
        self.read_at = np.full(people, NEVER)  # when the driver was had
        self._bought = np.zeros((people, len(world.declaration.catalogue)), bool)
        self._world = world

    def watch(self, told: Batch) -> None:
        self._first_orders(told)
        self._reads(told)

    def _first_orders(self, told: Batch) -> None:
        rows = np.flatnonzero(told.action == ACTION["Order Completed"])
        rows = rows[self.first_order_at[told.person[rows]] == NEVER]
        _, first = np.unique(told.person[rows], return_index=True)
        orders = choose(told, rows[first])
        self.first_order_at[orders.person] = orders.at
        category = self._world.shelf.category_of[orders.line_object]
        self._bought[np.repeat(orders.person, orders.lines), category] = True

    def _reads(self, told: Batch) -> None:
        rows = np.flatnonzero(told.action == ACTION["Guide Read"])
        person, at = told.person[rows], told.at[rows]
        since = at - self.first_order_at[person]
        counts = (since > 0) & (since <= self._world.declaration.driver.within_days * DAY)
        counts &= self._bought[person, told.category[rows]] & (self.read_at[person] == NEVER)
        who, first = np.unique(person[counts], return_index=True)
        self._lets_stay(who, at[counts][first])

    def _lets_stay(self, who: Array, at: Ints) -> None:
        self.read_at[who] = at
        population: Population = self._world.population
        stays = np.minimum((population.left_at[who] - at) / (1 - self._world.declaration.driver.strength), NEVER)
        if self._world.declaration.driver.strength:
            population.left_at[who] = np.minimum(at + stays.astype(np.int64), NEVER)
