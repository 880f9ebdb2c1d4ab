"""What nobody in the company knows, kept beside the events for tests: mixtures, humans, devices, what is planted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kundskab.synthetic.columns import TIME, UNIT, numbered, times, words
from kundskab.synthetic.declaration import Declaration
from kundskab.synthetic.identities import DIGITS, Identities
from kundskab.synthetic.people import DEVICE_KINDS, SECOND_SLOT, Population
from kundskab.synthetic.rhythms import NEVER, YEAR, Array, Floats, Ints
from kundskab.synthetic.world import World


@dataclass(frozen=True)
class Ending:
    """What had become of everybody when the story had been told; arrays have one entry per human.

    met, met_in: numbers of the encounters that took place, and the positions of their events.
    """

    left_at: Ints
    first_order_at: Ints
    read_at: Ints
    spent: Floats  # in the last year, in ten-thousandths of the first market's currency
    weights: Floats  # the mixtures of the last week
    worth_of_a_visit: Floats  # (behaviours, 2), see world.Tally
    met: Array
    met_in: Ints


def truth_table(declaration: Declaration, who: Identities, mixtures: Iterable[tuple[int, Floats]]) -> pa.Table:
    """One row per person, behaviour and time: the weight that nobody in the company can see; weights sum to 1."""
    names = [one.name for one in declaration.behaviours]
    parts = []
    for at, weights in mixtures:
        people, behaviours = weights.shape
        person = np.repeat(np.arange(people), behaviours)
        parts.append(pa.table({
            "person": _humans(person),
            "user_id": who.user_ids.take(pa.array(person)),
            "behaviour": words(names, np.tile(np.arange(behaviours), people)),
            "weight": pa.array(weights.ravel()),
            "as_of": times(np.full(len(person), at)),
        }))  # fmt: skip
    return pa.concat_tables(parts)


def humans_table(declaration: Declaration, population: Population, who: Identities, ending: Ending) -> pa.Table:
    """One row per human: accounts, when they came and left, how active they are against the average; null = never."""
    people = np.arange(len(population))
    second = who.account_of
    return pa.table({
        "person": _humans(people),
        "user_id": who.user_ids.take(pa.array(people)),
        "second_user_id": who.user_ids.take(pa.array(second, mask=second < 0)),
        "market": words([one.name for one in declaration.markets], population.market),
        "activity": pa.array(population.activity),
        "joined_at": times(population.joined_at),
        "left_at": _when(ending.left_at),
    })  # fmt: skip


def devices_table(population: Population, who: Identities) -> pa.Table:
    """One row per human and device they use: the links that are true; a shared device has several rows.

    user_id: the account that is used there, which is the second one on the second device of those who have two.
    """
    person, slot = np.nonzero(population.device >= 0)
    device = population.device[person, slot]
    account = np.where(population.second[person] & (slot == SECOND_SLOT), who.account_of[person], person)
    return pa.table({
        "person": _humans(person),
        "user_id": who.user_ids.take(pa.array(account)),
        "anonymous_id": who.anonymous_ids.take(pa.array(device)),
        "kind": words(DEVICE_KINDS, population.device_kind[device]),
        "first_at": times(population.first_at[person, slot]),
        "owner": pa.array(population.device_owner[device] == person),
    })  # fmt: skip


def driver_table(world: World, who: Identities, ending: Ending) -> pa.Table:
    """One row per human: first order, when they had the driver (null = not), and the rate at which they leave.

    leaves_per_year: before the driver; leaves_per_year_now: at the end of the story, driver counted.
    """
    rate = leaving_rate(world)
    had = ending.read_at < NEVER
    people = np.arange(len(world.population))
    return pa.table({
        "person": _humans(people),
        "user_id": who.user_ids.take(pa.array(people)),
        "first_order_at": _when(ending.first_order_at),
        "driver_at": _when(ending.read_at),
        "leaves_per_year": pa.array(rate),
        "leaves_per_year_now": pa.array(np.where(had, rate * (1 - world.declaration.driver.strength), rate)),
    })  # fmt: skip


def worth_table(world: World, who: Identities, ending: Ending) -> pa.Table:
    """One row per human: whether and since when they are undervalued, what they spent, what they will.

    spent: in the story's last year.  worth: expected in the year after the story; both before refunds, in the
    first market's currency. The expectation knows the mixtures, the rates and the group; nobody in the company does.
    """
    group, people = world.group, np.arange(len(world.population))
    return pa.table({
        "person": _humans(people),
        "user_id": who.user_ids.take(pa.array(people)),
        "undervalued": pa.array(group.member),
        "mends_from": _when(group.mends_from),
        "grows_at": _when(group.grows_at),
        "spent": pa.array(np.round(ending.spent / UNIT, 2)),
        "worth": pa.array(np.round(expected_worth(world, ending) / UNIT, 2)),
    })  # fmt: skip


def forms_table(declaration: Declaration) -> pa.Table:
    """One row per form: the chances behind it, and which one is planted as the hardest."""
    errors = [one.errors for one in declaration.forms]
    return pa.table({
        "form": pa.array([one.name for one in declaration.forms], pa.string()),
        "errors": pa.array(errors, pa.float64()),
        "anew": pa.array([one.anew for one in declaration.forms], pa.float64()),
        "gives_up": pa.array([one.gives_up for one in declaration.forms], pa.float64()),
        "hardest": pa.array([error == max(errors) for error in errors], pa.bool_()),
    })  # fmt: skip


def leaving_rate(world: World) -> Floats:
    """The rate a year at which each human leaves as long as no driver is at work."""
    rates = np.array([one.leaves_per_year for one in world.declaration.behaviours])
    rate: Floats = world.population.weights @ rates
    return rate


def expected_worth(world: World, ending: Ending) -> Floats:
    """Per human what they are expected to order for in the year after the story; 0 for those who have left.

    The mean visits a year of their mixture, each worth what such visits were worth on average, for as long as
    they are expected to stay. Drivers and drift still to come are not foreseen.
    """
    population, until = world.population, world.story.until
    seasons = [np.mean(world.declaration.rhythms.seasons[one.season]) for one in world.declaration.behaviours]
    visits = np.array([one.visits_per_month for one in world.declaration.behaviours]) * 12 * seasons
    a_year = (ending.weights * visits) @ ending.worth_of_a_visit * population.activity[:, None]
    had = ending.read_at < NEVER
    leaving = np.maximum(leaving_rate(world) * np.where(had, 1 - world.declaration.driver.strength, 1.0), 1e-9)
    grows_in = np.clip((world.group.grows_at - until) / YEAR, 0, 1)
    grows_in = np.where(world.group.member, grows_in, 0.0)
    pace = np.where(world.group.member, 1 + world.declaration.undervalued.strength, 1.0)
    modestly = -np.expm1(-leaving * grows_in) / leaving
    fully = (np.exp(-leaving * grows_in) - np.exp(-leaving)) / leaving
    worth: Floats = a_year[:, 1] * modestly + a_year[:, 0] * pace * fully
    return np.where(ending.left_at > until, worth, 0.0)


def _humans(numbers: Ints) -> pa.Array:
    return numbered("human-", numbers + 1, DIGITS)


def _when(at: Ints) -> pa.Array:
    return pa.array(np.minimum(at, NEVER), mask=at >= NEVER).cast(TIME)
