"""Who comes in a week, when, on which channel and device, and whether we know who it is."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from kundskab.synthetic.declaration import VISITED, Declaration
from kundskab.synthetic.people import APP_SLOT, SECOND_SLOT, SLOTS, WEB_SLOTS, Population
from kundskab.synthetic.rhythms import NEVER, Array, Floats, Habits, Ints, Story, draw, draw_by_row

WEB, APP, SHOP = range(len(VISITED))
PLAIN, FIRST, SIGN_IN, SIGN_UP, CLICK = range(5)  # why somebody comes
_WEEKS_PER_MONTH = 30.4375 / 7
_PLACES = np.array([0.70, 0.20, 0.10])  # how often each of the devices for the web is taken


@dataclass(frozen=True)
class Visits:
    """One entry per visit; `slot` is the person's place for devices, -1 in the shop; `why` as the constants above."""

    person: Array
    behaviour: Array
    at: Ints
    channel: Array
    slot: Array
    known: Array
    why: Array

    def __len__(self) -> int:
        return len(self.person)

    def where(self, mask: Array) -> Visits:
        return Visits(*(getattr(self, field.name)[mask] for field in fields(Visits)))


@dataclass(frozen=True)
class Week:
    """One week of the story as visits and mailings need it."""

    number: int
    start: int
    end: int
    month: int  # 0 is January
    weights: Floats  # the mixtures of this week
    pace: Floats  # per person: multiplies the visits of this week


def come(
    declaration: Declaration, population: Population, story: Story, habits: Habits, week: Week, rng: np.random.Generator
) -> Visits:
    """All visits that begin in a week, except those that follow from a mailing."""
    usual = _usual(declaration, population, story, habits, week, rng)
    return joined([usual, _milestones(population, week, rng)])


def seen(declaration: Declaration, population: Population, visits: Visits, rng: np.random.Generator) -> Visits:
    """The visits that leave a trace, with `known` filled in: a trace needs a device in use, or a membership card."""
    stays = rng.random(len(visits)) < declaration.devices.stays_signed_in
    online = visits.slot >= 0
    slot = np.maximum(visits.slot, 0)
    in_use = population.first_at[visits.person, slot] <= visits.at
    member = population.signed_up_at[visits.person] <= visits.at
    signed_in = population.signed_in_at[visits.person, slot] <= visits.at
    # an app keeps its sign-in; a browser forgets; whoever signs in or follows a mailing's link is known
    known = np.where(online, signed_in & (stays | (slot == APP_SLOT) | (visits.why >= SIGN_IN)), member)
    present = (population.joined_at[visits.person] <= visits.at) & (visits.at < population.left_at[visits.person])
    told = Visits(visits.person, visits.behaviour, visits.at, visits.channel, visits.slot, known, visits.why)
    return told.where(present & np.where(online, in_use, member))


def by_second_account(population: Population, visits: Visits) -> Array:
    """Whether each visit goes by its person's second account, when we know who it is at all."""
    second: Array = population.second[visits.person] & (visits.slot == SECOND_SLOT)
    return second


def by_click(population: Population, person: Array, at: Ints, weights: Floats, rng: np.random.Generator) -> Visits:
    """Visits on the web that begin with a click in a mailing."""
    ladders = np.cumsum(weights[person], axis=1)
    behaviour = _steps(ladders, rng)
    slot = _web_slot(population, person, at, rng)
    return _visits(person, behaviour, at, np.full(len(person), WEB, np.int8), slot, CLICK)


def joined(parts: list[Visits]) -> Visits:
    return Visits(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Visits)))


def _usual(
    declaration: Declaration, population: Population, story: Story, habits: Habits, week: Week, rng: np.random.Generator
) -> Visits:
    per_week = np.array([one.visits_per_month for one in declaration.behaviours]) / _WEEKS_PER_MONTH
    here = np.flatnonzero((population.joined_at < week.end) & (population.left_at > week.start))
    often = (population.activity * week.pace)[here, None]
    rates = week.weights[here] * (per_week * habits.seasons[:, week.month]) * often
    count = rng.poisson(rates.sum(axis=1))
    row = np.repeat(np.arange(len(here)), count)
    behaviour = _steps(np.cumsum(rates, axis=1)[row], rng)
    person = here[row].astype(np.int32)

    channels = np.cumsum([one.channels for one in declaration.behaviours], axis=1)
    channel = draw_by_row(channels, behaviour, rng).astype(np.int8)
    channel[(channel == SHOP) & (population.shop[person] < 0)] = WEB
    at = habits.moments(story, week.number, np.where(channel == SHOP, habits.shop, behaviour), rng)
    channel[(channel == APP) & (population.first_at[person, APP_SLOT] > at)] = WEB
    slot = np.where(channel == WEB, _web_slot(population, person, at, rng), np.where(channel == APP, APP_SLOT, -1))
    return _visits(person, behaviour, at, channel, slot, PLAIN)


def _milestones(population: Population, week: Week, rng: np.random.Generator) -> Visits:
    """The first visit on each device and the visits in which people sign up or sign in: these happen at a set time."""
    parts = []
    for slot in range(SLOTS):
        channel = APP if slot == APP_SLOT else WEB
        sign_up_slot = slot in (0, APP_SLOT)
        first, known = population.first_at[:, slot], population.signed_in_at[:, slot]
        sign_up = (known < NEVER) & (population.signed_up_in == channel) & sign_up_slot
        sign_up &= known == population.signed_up_at
        if slot == SECOND_SLOT:
            sign_up = population.second & (known < NEVER)
        for why, at, which in (
            (SIGN_UP, known, sign_up),
            (SIGN_IN, known, ~sign_up),
            (FIRST, first, first != known),
        ):
            parts.append(_set_visits(week, which, at, channel, slot, why, rng))
    in_shop = population.signed_up_in == SHOP
    parts.append(_set_visits(week, in_shop, population.signed_up_at, SHOP, -1, SIGN_UP, rng))
    return joined(parts)


def _set_visits(
    week: Week, which: Array, at: Ints, channel: int, slot: int, why: int, rng: np.random.Generator
) -> Visits:
    person = np.flatnonzero(which & (at >= week.start) & (at < week.end)).astype(np.int32)
    behaviour = _steps(np.cumsum(week.weights[person], axis=1), rng)
    everyone = np.ones(len(person), np.int8)
    return _visits(person, behaviour, at[person], channel * everyone, slot * everyone, why)


def _web_slot(population: Population, person: Array, at: Ints, rng: np.random.Generator) -> Array:
    slot = draw(_PLACES, len(person), rng)
    assert len(_PLACES) == WEB_SLOTS
    # a device that is not there (yet) leaves the visit to the first one
    return np.where(population.first_at[person, slot] <= at, slot, 0)


def _steps(ladders: Floats, rng: np.random.Generator) -> Array:
    """One position per row of cumulated weights."""
    height = rng.random(len(ladders)) * ladders[:, -1] if len(ladders) else np.empty(0)
    steps: Array = np.minimum((ladders <= height[:, None]).sum(axis=1), ladders.shape[1] - 1)
    return steps


def _visits(person: Array, behaviour: Array, at: Ints, channel: Array, slot: Array, why: int) -> Visits:
    unknown = np.zeros(len(person), bool)
    return Visits(person, behaviour, at, channel, slot.astype(np.int8), unknown, np.full(len(person), why, np.int8))
