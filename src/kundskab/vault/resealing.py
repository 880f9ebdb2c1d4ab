"""Sealing old values anew under the active key pair, a slice at a time; each slice may be the last or come twice.

The content stays what it is, in the ledger too: a seal opens to the same words before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kundskab.vault.encounters import place as of_encounter
from kundskab.vault.facts import _place as of_fact
from kundskab.vault.identifiers import _place as of_identifier
from kundskab.vault.ledger import _place as of_proof
from kundskab.vault.quarantine import _place as of_quarantined
from kundskab.vault.requests import _place as of_request
from kundskab.vault.sealing import Sealer

SLICE_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class SealedTable:
    """Where sealed values lie.  key: the column that names a row.  bound: what a value's place is made of."""

    name: str
    key: str
    bound: tuple[str, ...]
    place: Callable[..., str]


TABLES = (
    SealedTable("identifiers", "actor", ("actor",), of_identifier),
    SealedTable("facts", "id", ("actor", "name"), of_fact),
    SealedTable("statements", "seq", ("actor", "position"), of_proof),
    SealedTable("quarantine", "id", ("journal", "position"), of_quarantined),
    SealedTable("encounters", "event_id", ("event_id",), of_encounter),
    SealedTable("requests", "id", ("actor", "kind"), of_request),
)


def waiting(tx: Connection, sealer: Sealer) -> int:
    """How many values are sealed by an older key pair."""
    counts = (
        tx.exec_driver_sql(f"SELECT count(*) FROM {table.name} WHERE key_id != ?", (sealer.key_id,)).scalar_one()
        for table in TABLES
    )
    return sum(counts)


def reseal(
    tx: Connection, sealer: Sealer, table: SealedTable, after: Any = None, *, limit: int = SLICE_ROWS
) -> tuple[int, Any]:
    """Seal up to `limit` values of a table anew; returns how many, and after which row the next slice begins.

    Identifiers get their look-up anew, too.  Raises KundskabError for a value that does not open; nothing is written.
    """
    columns = ", ".join((table.key, "key_id", "sealed", *table.bound))
    behind = "" if after is None else f" AND {table.key} > ?"
    rows = tx.exec_driver_sql(
        f"SELECT {columns} FROM {table.name} WHERE key_id != ?{behind} ORDER BY {table.key} LIMIT ?",
        (sealer.key_id, *(() if after is None else (after,)), limit),
    ).fetchall()
    if not rows:
        return 0, after
    places = [table.place(*row[3:]) for row in rows]
    opened = [sealer.open(row[1], row[2], place) for row, place in zip(rows, places, strict=True)]
    sealed = sealer.seal_many(opened, places)
    keys = [row[0] for row in rows]
    with _Unlocked(tx, table.name):
        tx.exec_driver_sql(
            f"UPDATE {table.name} SET key_id = ?, sealed = ? WHERE {table.key} = ?",
            [(sealer.key_id, secret, key) for secret, key in zip(sealed, keys, strict=True)],
        )
    if table.name == "identifiers":
        _look_up_anew(tx, sealer, keys, opened)
    return len(rows), keys[-1]


def _look_up_anew(tx: Connection, sealer: Sealer, actors: Sequence[str], values: Sequence[bytes]) -> None:
    """Put look-ups by the active pair in the place of those by older ones."""
    active, *older = sealer.lookups
    marks = ",".join("?" * len(actors))
    sql = f"SELECT i.actor, k.name FROM identifiers i JOIN kinds k ON k.id = i.kind WHERE i.actor IN ({marks})"
    kind_of = dict(tuple(row) for row in tx.exec_driver_sql(sql, tuple(actors)).fetchall())
    for kind in set(kind_of.values()):
        some = [(actor, value) for actor, value in zip(actors, values, strict=True) if kind_of[actor] == kind]
        encoded = [value for _, value in some]
        for old in older:
            tx.exec_driver_sql("DELETE FROM lookups WHERE lookup = ?", [(key,) for key in old.many(kind, encoded)])
        new = zip(active.many(kind, encoded), (actor for actor, _ in some), strict=True)
        tx.exec_driver_sql("INSERT OR IGNORE INTO lookups VALUES (?, ?)", list(new))


class _Unlocked:
    """The table without its trigger against changes, until the block ends; in one transaction, so nobody sees it."""

    def __init__(self, tx: Connection, table: str) -> None:
        self._tx = tx
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name = ?"
        self._trigger = tx.exec_driver_sql(sql, (f"{table}_no_update",)).fetchone()

    def __enter__(self) -> None:
        if self._trigger:
            self._tx.exec_driver_sql(f"DROP TRIGGER {self._trigger[0]}")

    def __exit__(self, *_: object) -> None:
        if self._trigger:
            self._tx.exec_driver_sql(self._trigger[1])
