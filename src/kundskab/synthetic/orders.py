"""Orders: their lines and their prices in the customer's currency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.synthetic.batch import ACTION, OCCASION, Batch, batch
from kundskab.synthetic.columns import UNIT
from kundskab.synthetic.rhythms import Array, Ints
from kundskab.synthetic.visits import Visits, by_second_account
from kundskab.synthetic.world import Stage


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
    value = np.add.reduceat(price * lines.quantity, begins) if len(bought) else price
    stage.tally.orders(stage.world, visits.person[bought], visits.behaviour[bought], at[bought], value)
    return batch(
        len(bought), person=visits.person[bought], device=np.broadcast_to(device, len(visits))[bought],
        known=visits.known[bought], second=by_second_account(stage.world.population, visits)[bought],
        at=at[bought], action=ACTION["Order Completed"], value=value,
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
