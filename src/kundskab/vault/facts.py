"""Facts about people: sealed values with their whole history; the latest per name is what we know now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from kundskab.vault.sealing import Sealer
from kundskab.vault.store import rows_in, tuples_in
from kundskab.vault.times import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known about an actor. One position (an event, a row) gives a name at most once."""

    actor: str
    name: str
    value: Any  # any JSON value
    how: str  # given | observed | inferred
    source: str | None
    occurred_at: datetime
    received_at: datetime
    position: str  # where it was received, e.g. "00:1734"; makes adding it twice harmless
    permission: int  # the declaration it may be used under, as lake rows have it
    event_id: str | None = None
    claimed: bool = False  # a browser said so of a user id that it only claims to be


def add(tx: Connection, sealer: Sealer, facts: Iterable[Fact]) -> int:
    """Record facts; ones recorded before (same position, actor, name) stay as they are. Returns how many are new."""
    listed = list(facts)
    values = [orjson.dumps(fact.value) for fact in listed]
    sealed = sealer.seal_many(values, [_place(fact.actor, fact.name) for fact in listed])
    rows = [
        (
            fact.actor,
            fact.name,
            fact.how,
            fact.permission,
            fact.source,
            fact.event_id,
            to_micros(fact.occurred_at),
            to_micros(fact.received_at),
            fact.position,
            sealer.key_id,
            secret,
            fact.claimed,
        )
        for fact, secret in zip(listed, sealed, strict=True)
    ]
    if not rows:
        return 0
    sql = (
        "INSERT INTO facts (actor, name, how, permission, source, event_id, occurred_at, received_at, position, "
        "key_id, sealed, claimed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (position, actor, name) DO NOTHING"
    )
    return tx.exec_driver_sql(sql, rows).rowcount


def known_positions(tx: Connection, positions: Collection[str]) -> set[str]:
    """Those of these positions that gave a fact before."""
    return {
        row[0] for row in rows_in(tx, "SELECT DISTINCT position FROM facts WHERE position IN ({})", sorted(positions))
    }


def history_of(tx: Connection, sealer: Sealer, actors: Collection[str]) -> list[Fact]:
    """Every fact ever recorded about these actors, oldest first; equal times in the order they were recorded."""
    found = tuples_in(tx, f"SELECT {_COLUMNS} FROM facts WHERE actor IN ({{}})", sorted(actors))
    return [_fact(sealer, row) for row in sorted(found, key=lambda row: (row[6], row[11]))]


def every(tx: Connection, sealer: Sealer) -> Iterator[Fact]:
    """Every fact about everybody, oldest first."""
    for row in tx.exec_driver_sql(f"SELECT {_COLUMNS} FROM facts ORDER BY occurred_at, id"):
        yield _fact(sealer, row)


def latest_of(tx: Connection, sealer: Sealer, actors: Collection[str]) -> list[Fact]:
    """What is known now of the person these actors are: one fact per name, the latest, ordered by name."""
    latest = {fact.name: fact for fact in history_of(tx, sealer, actors)}
    return [latest[name] for name in sorted(latest)]


_COLUMNS = (
    "actor, name, key_id, sealed, how, source, occurred_at, received_at, position, permission, event_id, id, claimed"
)


def _fact(sealer: Sealer, row: Sequence[Any]) -> Fact:
    actor, name, key_id, secret, how, source, occurred, received, position, permission, event_id, _, claimed = row
    value = orjson.loads(sealer.open(key_id, secret, _place(actor, name)))
    times = from_micros(occurred), from_micros(received)
    return Fact(actor, name, value, how, source, *times, position, permission, event_id, bool(claimed))


def _place(actor: str, name: str) -> str:
    return f"fact:{actor}:{name}"
