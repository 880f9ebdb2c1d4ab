"""The map from actor to person with permission bits: small, materialised, joined to the lake at every read.

Only actors that differ from the default (a person of their own, nothing granted, nothing denied) need a row. A row that
returns to the default stays as a default row, so that whoever follows the map by `seq` hears of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
from sqlalchemy import Connection

from kundskab.vault.store import bump, counter, tuples_in

_SCHEMA = pa.schema([("actor", pa.string()), ("person", pa.string()), ("granted", pa.int64()), ("denied", pa.int64())])


@dataclass(frozen=True, slots=True)
class MapRow:
    """granted, denied: one bit per purpose, see Purpose.bit."""

    actor: str
    person: str
    granted: int = 0
    denied: int = 0

    @property
    def is_default(self) -> bool:
        return self.person == self.actor and self.granted == 0 and self.denied == 0


class LikeMapRow(Protocol):
    """What the consent floor hands down; it does not know this one."""

    @property
    def actor(self) -> str: ...
    @property
    def person(self) -> str: ...
    @property
    def granted(self) -> int: ...
    @property
    def denied(self) -> int: ...


def write(tx: Connection, rows: Iterable[LikeMapRow]) -> int:
    """Write the rows that differ from what the map says; returns how many. The map's number grows if any did."""
    wanted = {row.actor: MapRow(row.actor, row.person, row.granted, row.denied) for row in rows}
    present = {row.actor: row for row in of(tx, wanted)}
    changed = [row for actor, row in wanted.items() if row != present[actor]]
    if changed:
        seq = bump(tx, "map")
        sql = (
            "INSERT INTO people_map VALUES (?, ?, ?, ?, ?) ON CONFLICT (actor) DO UPDATE SET "
            "person = excluded.person, granted = excluded.granted, denied = excluded.denied, seq = excluded.seq"
        )
        tx.exec_driver_sql(sql, sorted((r.actor, r.person, r.granted, r.denied, seq) for r in changed))
    return len(changed)


def of(tx: Connection, actors: Collection[str]) -> list[MapRow]:
    """What the map says of each of these actors, the default for those without a row."""
    sql = "SELECT actor, person, granted, denied FROM people_map WHERE actor IN ({})"
    present = {row[0]: MapRow(*row) for row in tuples_in(tx, sql, sorted(actors))}
    return [present.get(actor) or MapRow(actor, actor) for actor in actors]


def present(tx: Connection, actors: Collection[str]) -> dict[str, tuple[str, int, int]]:
    """(person, granted, denied) of those of these actors that have a row."""
    sql = "SELECT actor, person, granted, denied FROM people_map WHERE actor IN ({})"
    return {row[0]: (row[1], row[2], row[3]) for row in tuples_in(tx, sql, sorted(actors))}


def read(tx: Connection, since_seq: int | None = None) -> pa.Table:
    """actor, person (string), granted, denied (int64): one row per actor that has one, or that changed after a number.

    The answer for an actor without a row is (itself, 0, 0).
    """
    sql = "SELECT actor, person, granted, denied FROM people_map WHERE seq > ? ORDER BY actor"
    rows = tx.exec_driver_sql(sql, (-1 if since_seq is None else since_seq,)).fetchall()
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA)


def seq(tx: Connection) -> int:
    """The map's number; it changes whenever the map does."""
    return counter(tx, "map")


def members(tx: Connection, person: str) -> list[str]:
    """The actors of a person, sorted; a person nobody was joined to is its own only member."""
    joined = {row[0] for row in tuples_in(tx, "SELECT actor FROM people_map WHERE person IN ({})", [person])}
    moved = next(iter(of(tx, [person]))).person != person
    return sorted(joined if moved else joined | {person})


def person_of(tx: Connection, actor: str) -> str:
    return of(tx, [actor])[0].person


def joined(tx: Connection) -> int:
    """How many actors belong to a person that carries another actor's token: persons = actors - joined."""
    return int(tx.exec_driver_sql("SELECT count(*) FROM people_map WHERE person <> actor").scalar_one())
