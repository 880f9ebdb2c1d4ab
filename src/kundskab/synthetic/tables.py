"""Arrow tables of what a fictitious company has: events, people, facts told anew, consents and objects."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from kundskab.synthetic.batch import ACTIONS, OCCASIONS, Batch
from kundskab.synthetic.columns import MONEY, NOTHING, TIME, UNIT, hexadecimal, money, numbered, times, words
from kundskab.synthetic.consents import PLACE_NAMES, PROOFS, STATUSES, Statements, notice_versions
from kundskab.synthetic.declaration import CHANNELS, VISITED, Declaration
from kundskab.synthetic.facts import Told, answers, given_anew, given_otherwise
from kundskab.synthetic.facts import given as given_to_us
from kundskab.synthetic.identities import DIGITS, Identities
from kundskab.synthetic.names import invent, written_otherwise
from kundskab.synthetic.people import Population
from kundskab.synthetic.rhythms import Array, Story
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
    market = np.where(batch.value == NOTHING, -1, population.market[batch.person])
    columns = [
        hexadecimal(np.arange(first, first + len(batch)), salt),
        _taken(who.user_ids, who.accounts(batch.person, batch.known, batch.second)),
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
    declaration: Declaration,
    population: Population,
    story: Story,
    who: Identities,
    told: Told,
    rng: np.random.Generator,
) -> pa.Table:
    """One row per account at the end of the story, in the order of signing up; null is what was not told."""
    # everything is drawn for all, so that a person keeps it whatever day the story ends
    values = answers(declaration, len(population), rng)
    given, family, emails = invent(len(population), rng)
    rows = np.argsort(who.signed_up_at, kind="stable")
    rows = rows[who.signed_up_at[rows] < story.until]
    person = who.person_of[rows]
    names = [
        (given[one], family[one], emails[one]) if row < len(population) else written_otherwise(
            given[one], family[one], row
        )
        for row, one in zip(rows.tolist(), person.tolist(), strict=True)
    ]  # fmt: skip
    first, last, email = zip(*names, strict=True) if names else ((), (), ())
    in_second = rows >= len(population)
    others = {
        name: column.take(pa.array(person)) for name, column in answers(declaration, len(population), rng).items()
    }
    told_us = given_otherwise(given_to_us(told, values, person), others, in_second, rng)
    return pa.table({
        "user_id": who.user_ids.take(pa.array(rows)),
        "email": pa.array(email, pa.string()),
        "first_name": pa.array(first, pa.string()),
        "last_name": pa.array(last, pa.string()),
        "country": words([one.name for one in declaration.markets], population.market[person]),
        **told_us,
        "home_shop": words(population.shops or ("",), population.shop[person]),
        "sign_up_channel": words(VISITED, np.where(in_second, 0, population.signed_up_in[person])),
        "member_since": times(who.signed_up_at[rows]),
    })  # fmt: skip


def facts_table(
    declaration: Declaration,
    population: Population,
    story: Story,
    who: Identities,
    told: Told,
    rng: np.random.Generator,
) -> pa.Table:
    """One row per fact told anew, in time order: user_id, occurred_at, and the facts, of which one is filled in."""
    values = answers(declaration, len(population), rng)
    everybody = np.arange(len(population))
    told_before = told.told[everybody, told.changed] & (population.signed_up_at < told.changed_at)
    rows = np.flatnonzero(told_before & (told.changed_at < np.minimum(population.left_at, story.until)))
    rows = rows[np.argsort(told.changed_at[rows], kind="stable")]
    return pa.table({
        "user_id": who.user_ids.take(pa.array(rows)),
        "occurred_at": times(told.changed_at[rows]),
        **given_anew(told, values, rows),
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
    units = [round(price * UNIT) if price is not None else NOTHING for price in prices]
    return pa.table({
        "id": pa.array(ids),
        "name": pa.array(names),
        "category": pa.array(categories),
        "price": money(np.array(units, np.int64)),
        "currency": pa.array([declaration.markets[0].currency if price is not None else None for price in prices]),
        "valid_from": times(np.full(len(ids), story.start)),
    })  # fmt: skip


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
        parts.append(pa.nulls(len(mine), pa.string()) if kind < 0 else numbered(f"{OCCASIONS[kind]}-", numbers, DIGITS))
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
