"""Repairs and invitations: by what the planted group can be known, though others do both now and then."""

from __future__ import annotations

import numpy as np

from kundskab.synthetic.batch import ACTION, Batch, batch, join
from kundskab.synthetic.declaration import CHANNELS
from kundskab.synthetic.rhythms import YEAR, Array, Floats, Habits, draw_by_row
from kundskab.synthetic.visits import Week
from kundskab.synthetic.world import World


def mend(world: World, habits: Habits, week: Week, rng: np.random.Generator) -> Batch:
    """The week's repairs and invitations: by the group while it mends, and now and then by others."""
    population, group = world.population, world.group
    here = np.flatnonzero((population.signed_up_at <= week.start) & (population.left_at > week.start))
    mends = (group.mends_from[here] <= week.start) & (week.start < group.grows_at[here])
    share = (week.end - week.start) / YEAR
    plan = world.declaration.undervalued

    def who(ours: float, others: float) -> Array:
        return np.repeat(here, rng.poisson(np.where(mends, ours, others) * share)).astype(np.int32)

    repairs = who(plan.repairs_per_year, plan.others_repairs_per_year)
    invites = who(plan.invites_per_year, plan.others_invites_per_year)
    behaviour = _likeliest(week.weights, repairs)
    product = draw_by_row(world.shelf.ladders[week.month], behaviour, rng)
    has_shop = population.shop[repairs] >= 0
    at_counter = habits.moments(world.story, week.number, np.full(len(repairs), habits.shop), rng)
    return join([
        batch(
            len(repairs), person=repairs, known=True, at=at_counter, action=ACTION["Repair Booked"], object=product,
            category=world.shelf.category_of[product],
            channel=np.where(has_shop, CHANNELS.index("shop"), CHANNELS.index("email")),
        ),
        batch(
            len(invites), person=invites, known=True, action=ACTION["Friend Invited"], channel=CHANNELS.index("email"),
            at=habits.moments(world.story, week.number, _likeliest(week.weights, invites), rng),
        ),
    ])  # fmt: skip


def _likeliest(weights: Floats, person: Array) -> Array:
    behaviour: Array = weights[person].argmax(axis=1) if len(person) else np.empty(0, np.int64)
    return behaviour
