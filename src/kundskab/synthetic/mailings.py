"""Mailings to those who allowed them: sent, opened by some, clicked by fewer, and now and then the last one."""

from __future__ import annotations

import numpy as np

from kundskab.synthetic.batch import ACTION, OCCASION, Batch, batch, join
from kundskab.synthetic.consents import Permissions
from kundskab.synthetic.declaration import CHANNELS
from kundskab.synthetic.rhythms import HOUR, SECOND, Array, Ints, Story, waits
from kundskab.synthetic.shelf import MAILING
from kundskab.synthetic.visits import Week
from kundskab.synthetic.world import World

_AWAKE = (6, 24)  # nobody opens mail between midnight and six
_SENDING_TAKES = 1800  # seconds until the last letter has left


def send(
    world: World, permissions: Permissions, story: Story, week: Week, rng: np.random.Generator
) -> tuple[Batch, Array, Ints]:
    """The week's mailing: (events, who clicked, when); nothing in weeks between mailings."""
    plan = world.declaration.mailings
    if week.number % plan.every_weeks:
        return batch(0), np.empty(0, np.int32), np.empty(0, np.int64)
    population = world.population
    leaves = int(story.instant(np.array([week.number * 7 + plan.weekday]), np.array([plan.hour * HOUR]))[0])
    sent_at = leaves + rng.integers(0, _SENDING_TAKES, len(population)) * SECOND
    allowed = (permissions.mail_from <= sent_at) & (sent_at < permissions.mail_until) & (sent_at < story.until)
    to = np.flatnonzero(allowed).astype(np.int32)

    found_at = sent_at[to] + 60 * SECOND + waits(7 * HOUR, len(to), rng)
    opened_at = story.opened(found_at, *_AWAKE, rng, spread_hours=6)
    opens = rng.random(len(to)) < _chance(plan.opened, population.keen[to])
    # those who left are still sent mail, but open nothing; after an unsubscription old mail stays closed
    opens &= (opened_at < population.left_at[to]) & (opened_at < permissions.mail_until[to])
    clicks = opens & (rng.random(len(to)) < plan.clicked)
    clicked_at = opened_at + 5 * SECOND + waits(60 * SECOND, len(to), rng)

    def events(who: Array, at: Ints, action: str) -> Batch:
        return batch(
            len(who), person=who, known=True, at=at, action=ACTION[action], channel=CHANNELS.index("email"),
            object=world.shelf.mailing(week.number), category=world.shelf.category(MAILING),
            occasion=OCCASION["mailing"], number=week.number + 1,
        )  # fmt: skip

    letters = join(
        [
            events(to, sent_at[to], "Mailing Sent"),
            events(to[opens], opened_at[opens], "Mailing Opened"),
            events(to[clicks], clicked_at[clicks], "Mailing Clicked"),
        ]
    )
    return letters, to[clicks], clicked_at[clicks] + 2 * SECOND


def unsubscribe(permissions: Permissions, week: Week) -> Batch:
    """The week's unsubscriptions by the link in a mailing; each is a withdrawal among the statements too."""
    gone = permissions.unsubscribed & (permissions.mail_until >= week.start) & (permissions.mail_until < week.end)
    who = np.flatnonzero(gone).astype(np.int32)
    return batch(
        len(who), person=who, known=True, at=permissions.mail_until[who],
        action=ACTION["Unsubscribed"], channel=CHANNELS.index("email"),
    )  # fmt: skip


def _chance(mean: float, keen: Array) -> Array:
    """The share of mailings each person opens: the declared log-odds plus the person's own."""
    odds = mean / max(1 - mean, 1e-9) * np.exp(keen)
    return odds / (1 + odds)
