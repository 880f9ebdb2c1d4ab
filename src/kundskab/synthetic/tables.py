"""Arrow tables from what was simulated: events, people, consents, objects, and the truth behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kundskab.synthetic.batch import ACTIONS, OCCASIONS, Batch
from kundskab.synthetic.columns import MONEY, TIME, UNIT, hexadecimal, money, numbered, times, words
from kundskab.synthetic.consents import PLACE_NAMES, PROOFS, STATUSES, Statements, notice_versions
from kundskab.synthetic.declaration import CHANNELS, VISITED, Declaration
from kundskab.synthetic.names import invent
from kundskab.synthetic.people import DEVICE_KINDS, Population
from kundskab.synthetic.rhythms import NEVER, Array, Floats, Ints, Story
from kundskab.synthetic.shelf import Shelf

ITEM = pa.struct([
    ("object", pa.string()), ("category", pa.string()), ("quantity", pa.float64()), ("price", MONEY),
])  # fmt: skip
EVENTS = pa.schema([
    ("event_id", pa.string()), ("user_id", pa.string()), ("anonymous_id", pa.string()), ("occurred_at", TIME),
    ("action", pa.string()), ("object", pa.string()), ("category", pa.string()), ("quantity", pa.float64()),
    ("value", MONEY), ("currency", pa.string()), ("channel", pa.string()), ("occasion", pa.string()),
    ("account", pa.string()), ("items", pa.list_(ITEM)), ("properties", pa.string()),
])  # fmt: skip
_DIGITS = 8


@dataclass(frozen=True)
class Identities:
    """Which identifier stands for whom: one user id per person (null for strangers), one anonymous id per device."""

    user_ids: pa.Array
    anonymous_ids: pa.Array


def identities(declaration: Declaration, population: Population, story: Story, salt: int) -> Identities:
    # customer numbers rise with the day of signing up, as they do in life
    order = np.empty(len(population), np.int64)
    order[np.argsort(population.signed_up_at, kind="stable")] = np.arange(1, len(population) + 1)
    stranger = population.signed_up_at >= story.until
    user_ids = numbered(declaration.population.user_id_prefix, order, _DIGITS, missing=stranger)
    return Identities(user_ids, hexadecimal(np.arange(len(population.device_owner)), salt))


def events_table(
    batch: Batch,
    declaration: Declaration,
    population: Population,
    shelf: Shelf,
    who: Identities,
    *,
    first: int,
    salt: int,
) -> pa.Table:
    """The batch as a table of schema EVENTS; `first` is the running number of its first event."""
    ids = [one[0] for one in shelf.objects]
    currencies = [one.currency for one in declaration.markets]
    market = np.where(batch.value == np.iinfo(np.int64).min, -1, population.market[batch.person])
    columns = [
        hexadecimal(np.arange(first, first + len(batch)), salt),
        _taken(who.user_ids, np.where(batch.known, batch.person, -1)),
        _taken(who.anonymous_ids, batch.device),
        times(batch.at),
        words(ACTIONS, batch.action),
        words(ids, batch.object),
        words(shelf.categories, batch.category),
        _numbers(batch.quantity),
        money(batch.value),
        words(currencies, market),
        words(CHANNELS, batch.channel),
        _occasions(batch),
        pa.nulls(len(batch), pa.string()),
        _items(batch, ids, shelf),
        words(shelf.properties, batch.properties),
    ]
    return pa.Table.from_arrays(columns, schema=EVENTS)


def people_table(
    declaration: Declaration, population: Population, story: Story, who: Identities, rng: np.random.Generator
) -> pa.Table:
    """One row per person with an account at the end of the story, in the order of signing up."""
    # names are drawn for all, so that a person keeps the name whatever day the story ends
    given, family, emails = invent(len(population), rng)
    born = rng.integers(1942, 2006, len(population)).astype(np.int32)
    told = rng.random(len(population)) < declaration.population.birth_year_given
    rows = np.argsort(population.signed_up_at, kind="stable")
    rows = rows[population.signed_up_at[rows] < story.until]
    taken = pa.array(rows)
    return pa.table({
        "user_id": who.user_ids.take(taken),
        "email": pa.array(emails).take(taken),
        "first_name": pa.array(given).take(taken),
        "last_name": pa.array(family).take(taken),
        "country": words([one.name for one in declaration.markets], population.market[rows]),
        "birth_year": pa.array(born[rows], mask=~told[rows]),
        "home_shop": words(population.shops or ("",), population.shop[rows]),
        "sign_up_channel": words(VISITED, population.signed_up_in[rows]),
        "member_since": times(population.signed_up_at[rows]),
    })  # fmt: skip


def consents_table(declaration: Declaration, told: Statements, story: Story, who: Identities) -> pa.Table:
    """One row per statement, in time order; either user_id or anonymous_id is given, never both."""
    versions = [version for version, _ in declaration.consents.notices]
    return pa.table({
        "user_id": _taken(who.user_ids, told.person),
        "anonymous_id": _taken(who.anonymous_ids, told.device),
        "purpose": words(told.purposes, told.purpose),
        "status": words(STATUSES, told.status),
        "occurred_at": times(told.at),
        "source": words(PLACE_NAMES, told.place),
        "channel": words(CHANNELS, told.channel),
        "notice_version": words(versions, notice_versions(declaration, story, told.at)),
        "proof": words(PROOFS, told.place),
    })  # fmt: skip


def objects_table(declaration: Declaration, shelf: Shelf, story: Story) -> pa.Table:
    """One row per object: products with a price in the first market's currency, pages and mailings without."""
    ids, names, categories, prices = zip(*shelf.objects, strict=True)
    units = [round(price * UNIT) if price is not None else np.iinfo(np.int64).min for price in prices]
    return pa.table({
        "id": pa.array(ids),
        "name": pa.array(names),
        "category": pa.array(categories),
        "price": money(np.array(units, np.int64)),
        "currency": pa.array([declaration.markets[0].currency if price is not None else None for price in prices]),
        "valid_from": times(np.full(len(ids), story.start)),
    })  # fmt: skip


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


def humans_table(declaration: Declaration, population: Population, who: Identities) -> pa.Table:
    """One row per human: when they came and left, and how active they are against the average; null = not (yet)."""
    left = population.left_at
    return pa.table({
        "person": _humans(np.arange(len(population))),
        "user_id": who.user_ids,
        "market": words([one.name for one in declaration.markets], population.market),
        "activity": pa.array(population.activity),
        "joined_at": times(population.joined_at),
        "left_at": pa.array(np.minimum(left, NEVER), mask=left >= NEVER).cast(TIME),
    })  # fmt: skip


def devices_table(population: Population, who: Identities) -> pa.Table:
    """One row per human and device they use: the links that are true; a shared device has several rows."""
    person, slot = np.nonzero(population.device >= 0)
    device = population.device[person, slot]
    return pa.table({
        "person": _humans(person),
        "user_id": who.user_ids.take(pa.array(person)),
        "anonymous_id": who.anonymous_ids.take(pa.array(device)),
        "kind": words(DEVICE_KINDS, population.device_kind[device]),
        "first_at": times(population.first_at[person, slot]),
        "owner": pa.array(population.device_owner[device] == person),
    })  # fmt: skip


def _humans(numbers: Ints) -> pa.Array:
    return numbered("human-", numbers + 1, _DIGITS)


def _taken(values: pa.Array, codes: Array) -> pa.Array:
    return values.take(pa.array(codes, mask=codes < 0))


def _numbers(quantity: Array) -> pa.Array:
    return pa.array(quantity.astype(float), mask=quantity < 0)


def _occasions(batch: Batch) -> pa.Array:
    """The visit, order, ticket or mailing by kind and number, as in order-00000042."""
    parts = [pa.nulls(0, pa.string())]
    rows = [np.empty(0, np.int64)]
    for kind in range(-1, len(OCCASIONS)):
        mine = np.flatnonzero(batch.occasion == kind)
        numbers = batch.number[mine]
        parts.append(
            pa.nulls(len(mine), pa.string()) if kind < 0 else numbered(f"{OCCASIONS[kind]}-", numbers, _DIGITS)
        )
        rows.append(mine)
    back = np.argsort(np.concatenate(rows), kind="stable")
    return pa.concat_arrays(parts).take(pa.array(back))


def _items(batch: Batch, ids: list[str], shelf: Shelf) -> pa.Array:
    offsets = np.concatenate([[0], np.cumsum(batch.lines)]).astype(np.int32)
    fields = [
        words(ids, batch.line_object),
        words(shelf.categories, shelf.category_of[batch.line_object]),
        pa.array(batch.line_quantity.astype(float)),
        money(batch.line_price),
    ]
    values = pa.StructArray.from_arrays(fields, fields=list(ITEM))
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=pa.list_(ITEM), mask=pa.array(batch.lines == 0))
