"""The planted group that everybody undervalues: worth little today, known by what it does, worth much tomorrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kundskab.synthetic.batch import ACTION, Batch, batch, join
from kundskab.synthetic.declaration import CHANNELS, Declaration, Undervalued
from kundskab.synthetic.people import Population
from kundskab.synthetic.rhythms import NEVER, YEAR, Array, Floats, Habits, Ints, Story, draw_by_row

if TYPE_CHECKING:
    from kundskab.synthetic.visits import Week
    from kundskab.synthetic.world import World

_MONTH = YEAR / 12
_STEADINESS = 8.0  # shape of the gamma of the time from the first repairs to growing: most within half and double


@dataclass(frozen=True)
class Group:
    """One entry per human: when they begin to mend, and when they have grown; NEVER for those who do not belong."""

    member: Array
    mends_from: Ints
    grows_at: Ints
    plan: Undervalued

    def modest(self, person: Array, at: Ints) -> Array:
        """Whether each person at each time belongs to the group and has not grown."""
        modest: Array = self.member[person] & (at < self.grows_at[person])
        return modest

    def buys(self, person: Array, at: Ints) -> Floats:
        """Multiplies the chance that a visit ends in an order."""
        return np.where(self.modest(person, at), self.spends_before, 1.0)

    @property
    def spends_before(self) -> float:
        return self.plan.spends_now if self.plan.strength else 1.0

    def pace(self, at: int) -> Floats:
        """Multiplies everybody's visits at a time."""
        return np.where(self.member & (self.grows_at <= at), 1.0 + self.plan.strength, 1.0)

    def one_thing_only(self, person: Array, at: Ints) -> Array:
        """Whether an order at that time holds no more than one line."""
        return self.modest(person, at) & (self.plan.strength > 0)


def gather(declaration: Declaration, population: Population, story: Story, rng: np.random.Generator) -> Group:
    """Draws who belongs, and when: some mend already when the story begins, others will only after it."""
    plan, people = declaration.undervalued, len(population)
    member = (rng.random(people) < plan.share) & (population.signed_up_at < story.until)
    wait = rng.gamma(_STEADINESS, plan.mends_for_months * _MONTH / _STEADINESS, people).astype(np.int64)
    here_from = np.maximum(population.signed_up_at, story.start - wait)
    mends_from = here_from + (rng.random(people) * np.maximum(story.until - here_from, 0)).astype(np.int64)
    return Group(
        member, np.where(member, mends_from, NEVER), np.where(member, np.minimum(mends_from + wait, NEVER), NEVER), plan
    )


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
