"""Orders: their lines, their prices in the customer's currency, and the running numbers they are told apart by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.synthetic.batch import ACTION, OCCASION, Batch, batch
from kundskab.synthetic.columns import UNIT
from kundskab.synthetic.declaration import Declaration
from kundskab.synthetic.people import Population
from kundskab.synthetic.rhythms import Array, Floats, Ints, Story
from kundskab.synthetic.shelf import Shelf
from kundskab.synthetic.visits import Visits


@dataclass(frozen=True)
class World:
    """What never changes while the story is told."""

    declaration: Declaration
    population: Population
    shelf: Shelf
    story: Story

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


@dataclass(frozen=True)
class Stage:
    """What one week's visits play on: the world, the month (0 is January), the counter and the dice."""

    world: World
    month: int
    counter: Counter
    rng: np.random.Generator


@dataclass(frozen=True)
class Lines:
    """Products taken in visits, one entry per line, visit by visit."""

    visit: Array
    product: Array
    quantity: Array

    def where(self, mask: Array) -> Lines:
        return Lines(self.visit[mask], self.product[mask], self.quantity[mask])


def quantities(stage: Stage, product: Array) -> Array:
    """How many of each product: nearly always one, seldom up to the most of it that people buy."""
    most = stage.world.shelf.most[product]
    return np.minimum(1 + stage.rng.poisson(0.25 * (most - 1) / np.maximum(most, 1)), most)


def order(stage: Stage, visits: Visits, lines: Lines, at: Ints, *, device: Array | int, properties: Array) -> Batch:
    """One order per visit that has lines; `at`, `device` and `properties` have one entry per visit."""
    count = np.bincount(lines.visit, minlength=len(visits))
    bought = np.flatnonzero(count)
    begins = np.cumsum(count[bought], dtype=np.int64) - count[bought]
    price = _prices(stage, lines.product, visits.person[lines.visit], visits.behaviour[lines.visit])
    return batch(
        len(bought), person=visits.person[bought], device=np.broadcast_to(device, len(visits))[bought],
        known=visits.known[bought], at=at[bought], action=ACTION["Order Completed"],
        value=np.add.reduceat(price * lines.quantity, begins) if len(bought) else price,
        channel=visits.channel[bought], occasion=OCCASION["order"], number=stage.counter.take("orders", len(bought)),
        properties=properties[bought], lines_from=begins, lines=count[bought],
        line_object=lines.product, line_quantity=lines.quantity, line_price=price,
    )  # fmt: skip


def _prices(stage: Stage, product: Array, person: Array, behaviour: Array) -> Ints:
    """Unit prices in ten-thousandths of the market's currency, some reduced, rounded as the market rounds."""
    world, plan = stage.world, stage.world.declaration.orders
    sale = plan.sale_months.get(stage.month + 1, 0.0)
    chance = 1 - (1 - world.of_behaviour("bargains", behaviour)) * (1 - sale)
    reduced = stage.rng.random(len(product)) < chance
    cut = np.where(reduced, stage.rng.choice(np.array(plan.reductions), len(product)), 0)
    market = world.population.market[person]
    rate = np.array([one.rate for one in world.declaration.markets])[market]
    step = np.array([one.rounding for one in world.declaration.markets])[market]
    # nothing is free: a price below one step costs one step
    steps = np.maximum(np.round(world.shelf.price[product] * rate * (100 - cut) / 100 / step), 1).astype(np.int64)
    units: Ints = steps * np.round(step * UNIT).astype(np.int64)
    return units
