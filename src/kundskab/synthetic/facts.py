"""What invented people tell about themselves when they make an account, and what they tell anew later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.synthetic.columns import numbered
from kundskab.synthetic.declaration import TOLD, Declaration
from kundskab.synthetic.names import towns
from kundskab.synthetic.rhythms import YEAR, Array, Ints, waits

COLUMNS = (*TOLD[:3], "postcode", *TOLD[3:])  # a postcode comes with its town
_SIZES = ("XS", "S", "M", "L", "XL", "XXL")
_TOWNS = 60
_MOST_TOPICS = 3
_OTHERWISE = {"phone": 0.3, "city": 0.15}  # of second accounts, how many give another value than in the first
_STAYS = ("birth_year",)  # nobody is born twice


@dataclass(frozen=True)
class Told:
    """Who told what, and when somebody told something anew; the values come with `answers`.

    told: (people, len(TOLD)), at sign-up.  changed, changed_at: per human the number in TOLD and the time of the
    one change they may tell; it counts only when they had told the fact before.
    """

    told: Array
    changed: Array
    changed_at: Ints

    def knows(self, fact: str, person: Array) -> Array:
        """Whether we know this fact of each person, given that they have an account."""
        if fact not in TOLD:  # nobody makes an account without a name and an e-mail
            return np.ones(len(person), bool)
        known: Array = self.told[person, TOLD.index(fact)]
        return known


def tell(declaration: Declaration, signed_up_at: Ints, start: int, rng: np.random.Generator) -> Told:
    """Draws who tells what; rate of changes as declared, from signing up or the start of the story."""
    people, plan = len(signed_up_at), declaration.facts
    told = rng.random((people, len(TOLD))) < np.array([plan.told[name] for name in TOLD])
    may_change = [number for number, name in enumerate(TOLD) if name not in _STAYS]
    changed = np.array(may_change)[rng.integers(0, len(may_change), people)]
    wait = waits(YEAR / max(plan.changes_per_year, 1e-6), people, rng)
    return Told(told, changed, np.maximum(signed_up_at, start) + wait)


def answers(declaration: Declaration, people: int, rng: np.random.Generator) -> dict[str, pa.Array]:
    """What everybody would answer, by the names of COLUMNS; one entry per human."""
    plan = declaration.facts
    names, codes = towns(_TOWNS)
    town = pa.array(rng.integers(0, len(names), people))
    foot = np.clip(np.round(rng.normal(41, 2.6, people)), 35, 48).astype(np.int32)
    size = np.clip(np.round((foot - 35) / 2.4 + rng.normal(0, 0.7, people)), 0, len(_SIZES) - 1).astype(int)
    return {
        # an area code of zeros is dialled nowhere, so no real person's phone rings
        "phone": numbered("+46 000 ", rng.integers(0, 10**8, people), 8),
        "birth_year": pa.array(rng.integers(1942, 2006, people).astype(np.int32)),
        "city": pa.array(names).take(town),
        "postcode": pa.array(codes).take(town),
        "shoe_size": pa.array(foot),
        "clothing_size": pa.array(_SIZES).take(pa.array(size)),
        "favourite_activity": pa.array(plan.activities).take(pa.array(rng.integers(0, len(plan.activities), people))),
        "newsletter_topics": _topics(plan.topics, people, rng),
    }


def given(told: Told, values: dict[str, pa.Array], rows: Array) -> dict[str, pa.Array]:
    """The answers of these humans, null where they told nothing."""
    return {
        name: _where(told.told[rows, TOLD.index(_told_with(name))], column.take(pa.array(rows)))
        for name, column in values.items()
    }


def given_anew(told: Told, values: dict[str, pa.Array], rows: Array) -> dict[str, pa.Array]:
    """The one answer that each of these humans changes, null elsewhere."""
    return {
        name: _where(told.changed[rows] == TOLD.index(_told_with(name)), column.take(pa.array(rows)))
        for name, column in values.items()
    }


def given_otherwise(
    first: dict[str, pa.Array], others: dict[str, pa.Array], in_second: Array, rng: np.random.Generator
) -> dict[str, pa.Array]:
    """The answers of accounts (rows as in `first` and `others`), where some second accounts give other ones."""
    differs = {
        name: in_second & (rng.random(len(in_second)) < _OTHERWISE.get(name, 0.0))
        for name in first
        if name != "postcode"
    }
    return {
        # what the first account does not tell, the second does not either
        name: pc.if_else(pc.and_(pa.array(differs[_told_with(name)]), column.is_valid()), others[name], column)
        for name, column in first.items()
    }


def _told_with(column: str) -> str:
    return "city" if column == "postcode" else column


def _where(mask: Array, column: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(mask), column, pa.scalar(None, column.type))


def _topics(topics: tuple[str, ...], people: int, rng: np.random.Generator) -> pa.Array:
    """One to three topics each, from a list of all such choices that is drawn once."""
    choices = [
        ", ".join(topics[one] for one in sorted(rng.permutation(len(topics))[: 1 + place % _MOST_TOPICS].tolist()))
        for place in range(4 * len(topics))
    ]
    return pa.array(choices).take(pa.array(rng.integers(0, len(choices), people)))
