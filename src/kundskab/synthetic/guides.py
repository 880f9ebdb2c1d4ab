"""Care guides: read after orders, soon or late, and in passing. Only some of these deeds make anybody stay."""

from __future__ import annotations

import numpy as np

from kundskab.synthetic.batch import ACTION, OCCASION, Batch, batch, choose, join
from kundskab.synthetic.declaration import VISITED
from kundskab.synthetic.rhythms import DAY, HOUR, SECOND, Array, Ints
from kundskab.synthetic.world import Counter, World

_TOO_LATE = 5  # times the days within which the driver counts
_WEB = VISITED.index("web")


def read_guides(world: World, happened: Batch, counter: Counter, rng: np.random.Generator) -> Batch:
    """Guides read because of a week's events, many of them in later weeks."""
    plan, shelf = world.declaration.driver, world.shelf
    orders = choose(happened, np.flatnonzero(happened.action == ACTION["Order Completed"]))
    fate = rng.random(len(orders))
    soon, later = fate < plan.soon, (fate >= plan.soon) & (fate < plan.soon + plan.later)
    days = np.where(
        soon,
        rng.integers(1, plan.within_days, len(orders)),
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
            _by_themselves(world, orders.person[after], at[after], bought[after], counter, rng),
            batch(
                len(passing), person=happened.person[passing], device=happened.device[passing],
                known=happened.known[passing], second=happened.second[passing], at=happened.at[passing] + 40 * SECOND,
                action=ACTION["Guide Read"], object=shelf.guide(happened.category[passing]),
                category=happened.category[passing], channel=happened.channel[passing],
                occasion=OCCASION["visit"], number=happened.number[passing], properties=happened.properties[passing],
            ),
        ]
    )  # fmt: skip


def _by_themselves(
    world: World, person: Array, at: Ints, category: Array, counter: Counter, rng: np.random.Generator
) -> Batch:
    """A visit to the guide and nothing else, on the person's first device; whoever has none yet leaves no trace."""
    population = world.population
    traced = population.first_at[person, 0] <= at
    person, at, category = person[traced], at[traced], category[traced]
    device = population.device[person, 0]
    stays = rng.random(len(person)) < world.declaration.devices.stays_signed_in
    known = (population.signed_in_at[person, 0] <= at) & stays
    return batch(
        len(person), person=person, device=device, known=known, at=at, action=ACTION["Guide Read"],
        object=world.shelf.guide(category), category=category, channel=_WEB, occasion=OCCASION["visit"],
        number=counter.take("visits", len(person)),
        properties=world.shelf.property("device") + population.device_kind[device],
    )  # fmt: skip
