"""The planted group that everybody undervalues: worth little today, known by what it does, worth much tomorrow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.synthetic.declaration import Declaration, Undervalued
from kundskab.synthetic.people import Population
from kundskab.synthetic.rhythms import NEVER, YEAR, Array, Floats, Ints, Story

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
    """Draws who belongs, and when: some mend already when the story begins, some have not grown when it ends."""
    plan, people = declaration.undervalued, len(population)
    member = (rng.random(people) < plan.share) & (population.signed_up_at < story.until)
    wait = rng.gamma(_STEADINESS, plan.mends_for_months * _MONTH / _STEADINESS, people).astype(np.int64)
    here_from = np.maximum(population.signed_up_at, story.start - wait)
    mends_from = here_from + (rng.random(people) * np.maximum(story.until - here_from, 0)).astype(np.int64)
    return Group(
        member, np.where(member, mends_from, NEVER), np.where(member, np.minimum(mends_from + wait, NEVER), NEVER), plan
    )
