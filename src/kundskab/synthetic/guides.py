"""Care guides: read after orders, soon or late, and in passing. Only some of these deeds make anybody stay."""

from __future__ import annotations

import numpy as np

from kundskab.synthetic.batch import ACTION, OCCASION, Batch, batch, choose, join
from kundskab.synthetic.declaration import VISITED
from kundskab.synthetic.people import SECOND_SLOT
from kundskab.synthetic.rhythms import DAY, HOUR, SECOND, Array, Ints
from kundskab.synthetic.world import Counter, World

_SOON = 0.15  # of the days within which the driver counts, when most have read who will: what is new is looked up
_TOO_LATE = 5  # times the days within which the driver counts
_ON_OWN_DEVICE = 0.8  # of those who read by the link in a receipt
_WEB = VISITED.index("web")


def read_guides(world: World, happened: Batch, counter: Counter, rng: np.random.Generator) -> Batch:
    """Guides read because of a week's events, many of them in later weeks."""
    plan, shelf = world.declaration.driver, world.shelf
    orders = choose(happened, np.flatnonzero(happened.action == ACTION["Order Completed"]))
    fate = rng.random(len(orders))
    soon, later = fate < plan.soon, (fate >= plan.soon) & (fate < plan.soon + plan.later)
    days = np.where(
        soon,
        np.minimum(1 + rng.exponential(_SOON * plan.within_days, len(orders)), plan.within_days - 1).astype(np.int64),
        rng.integers(plan.within_days + 1, plan.within_days * _TOO_LATE, len(orders)),
    )
    bought = shelf.category_of[orders.line_object[orders.lines_from]]
    # at the usual time of day, give or take an hour: a day less than the limit stays within it
    at = orders.at + days * DAY + rng.integers(-HOUR // SECOND, HOUR // SECOND, len(orders)) * SECOND
    after = np.flatnonzero(soon | later)

    looks = np.flatnonzero((happened.action == ACTION["Product Viewed"]) & (happened.channel == _WEB))
    once_a_visit = looks[np.unique(happened.number[looks], return_index=True)[1]]
    passing = once_a_visit[rng.random(len(once_a_visit)) < plan.in_passing]
    return join(
        [
            _by_the_receipt(world, choose(orders, after), at[after], bought[after], counter, rng),
            batch(
                len(passing), person=happened.person[passing], device=happened.device[passing],
                known=happened.known[passing], second=happened.second[passing], at=happened.at[passing] + 40 * SECOND,
                action=ACTION["Guide Read"], object=shelf.guide(happened.category[passing]),
                category=happened.category[passing], channel=happened.channel[passing],
                occasion=OCCASION["visit"], number=happened.number[passing], properties=happened.properties[passing],
            ),
        ]
    )  # fmt: skip


def _by_the_receipt(
    world: World, orders: Batch, at: Ints, category: Array, counter: Counter, rng: np.random.Generator
) -> Batch:
    """The guide and nothing else, by the link in the receipt: it tells who reads, on whatever device.

    So whoever can buy can read: reading is not tied to having a device of one's own. A guest is her device.
    """
    population = world.population
    slot = np.where(orders.second, SECOND_SLOT, 0)
    mine = (population.first_at[orders.person, slot] <= at) & (rng.random(len(orders)) < _ON_OWN_DEVICE)
    device = np.where(orders.known, np.where(mine, population.device[orders.person, slot], -1), orders.device)
    kind = world.shelf.property("device") + population.device_kind[device]
    return batch(
        len(orders), person=orders.person, device=device, known=orders.known, second=orders.second, at=at,
        action=ACTION["Guide Read"], object=world.shelf.guide(category), category=category, channel=_WEB,
        occasion=OCCASION["visit"], number=counter.take("visits", len(orders)),
        properties=np.where(device >= 0, kind, 0),
    )  # fmt: skip
