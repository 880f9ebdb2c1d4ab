"""Encounters: when staff of a fictitious company meet customers, and what is said.

Who is met when is drawn for the whole story at once, so that the words can be kept apart from the events:
the lake learns that we met, never what was said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kundskab.synthetic.batch import ACTION, Batch, batch
from kundskab.synthetic.columns import times, words
from kundskab.synthetic.declaration import CHANNELS, MEETINGS, RESEARCH, Declaration
from kundskab.synthetic.people import Population
from kundskab.synthetic.rhythms import SECOND, YEAR, Array, Ints, Story, draw
from kundskab.synthetic.shelf import Shelf

KINDS = tuple(MEETINGS)
_CHANNEL = np.array([CHANNELS.index(channel) for channel in MEETINGS.values()])
_SHOP_FLOOR, _CALL = KINDS.index("shop floor"), KINDS.index("call")
_OPEN, _CLOSED = 10, 18  # local hours in which staff meet people


@dataclass(frozen=True)
class Meetings:
    """One entry per meeting, in time order; those with people who have left by then never happen."""

    person: Array
    at: Ints
    kind: Array  # number in KINDS
    staff: Array  # number in the declared staff
    research: Array  # number in RESEARCH
    said: Array  # number in the declared texts
    product: Array  # number of the product that stands for {product}

    def __len__(self) -> int:
        return len(self.at)


def plan(
    declaration: Declaration, population: Population, story: Story, shelf: Shelf, rng: np.random.Generator
) -> Meetings:
    """Draws all meetings of the story: Poisson at the declared rates, thinned as the business moves online."""
    what = declaration.encounters
    rates = np.array([
        [what.per_year.get(one.name, {}).get(kind, 0.0) for kind in KINDS] for one in declaration.behaviours
    ])  # fmt: skip
    # only whom we know can be noted down; strangers are met as well, and nobody can say whom
    known = population.signed_up_at < story.until
    expected = population.weights @ rates * known[:, None] * (story.until - story.start) / YEAR
    count = rng.poisson(expected)
    person, kind = (np.repeat(one.ravel(), count.ravel()) for one in np.indices(count.shape))
    # where there is no shop, people call instead
    kind = np.where((kind == _SHOP_FLOOR) & (population.shop[person] < 0), _CALL, kind)
    day = rng.integers(0, story.days, len(person))
    at = story.instant(day, rng.integers(_OPEN * 3600, _CLOSED * 3600, len(person)) * SECOND)
    stays = rng.random(len(person)) < np.exp(-what.fewer_per_year * day / 365.25)
    stays &= (at >= population.signed_up_at[person]) & (at < story.until)
    kept = np.flatnonzero(stays)
    kept = kept[np.argsort(at[kept], kind="stable")]
    return Meetings(
        person[kept].astype(np.int32), at[kept], kind[kept],
        _staff(declaration, kind[kept], rng), draw(np.array(what.research), len(kept), rng),
        rng.integers(0, len(what.said), len(kept)), rng.integers(0, shelf.products, len(kept)),
    )  # fmt: skip


def meet(meetings: Meetings, shelf: Shelf, start: int, end: int) -> Batch:
    """The encounters of a stretch of time as events; `number` is the meeting's."""
    first, last = np.searchsorted(meetings.at, [start, end])
    rows = np.arange(first, last)
    kind = meetings.kind[rows]
    return batch(
        len(rows), person=meetings.person[rows], known=True, at=meetings.at[rows], action=ACTION["Encounter"],
        category=shelf.category(KINDS[0]) + kind, channel=_CHANNEL[kind], number=rows,
        properties=shelf.property("staff") + meetings.staff[rows] * len(RESEARCH) + meetings.research[rows],
    )  # fmt: skip


def encounters_table(
    declaration: Declaration, meetings: Meetings, shelf: Shelf, rows: Array, event_ids: pa.Array, user_ids: pa.Array
) -> pa.Table:
    """One row per encounter that took place (`rows`): who, when, how, whom of us, their words and our reading."""
    said = [
        (one.words.replace("{product}", shelf.objects[product][1]), one.reading)
        for one, product in (
            (declaration.encounters.said[text], product)
            for text, product in zip(meetings.said[rows].tolist(), meetings.product[rows].tolist(), strict=True)
        )
    ]
    return pa.table({
        "event_id": event_ids,
        "user_id": user_ids.take(pa.array(meetings.person[rows])),
        "occurred_at": times(meetings.at[rows]),
        "kind": words(KINDS, meetings.kind[rows]),
        "channel": words(CHANNELS, _CHANNEL[meetings.kind[rows]]),
        "staff": words([one.name for one in declaration.encounters.staff], meetings.staff[rows]),
        "words": pa.array([words_ for words_, _ in said], pa.string()),
        "reading": pa.array([reading for _, reading in said], pa.string()),
        "research": words(RESEARCH, meetings.research[rows]),
    })  # fmt: skip


def _staff(declaration: Declaration, kind: Array, rng: np.random.Generator) -> Array:
    staff = np.zeros(len(kind), np.int64)
    for number, name in enumerate(KINDS):
        mine = np.flatnonzero(kind == number)
        if len(mine):
            staff[mine] = draw(np.array([one.meets[name] for one in declaration.encounters.staff]), len(mine), rng)
    return staff
