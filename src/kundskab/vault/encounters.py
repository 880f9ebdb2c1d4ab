"""What was said when we met: the customer's words and our reading of them, sealed, under the id of their event.

The lake knows that we met; the words lie here, found by event or by actor, so that they can leave with the person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from kundskab.vault.sealing import Sealer
from kundskab.vault.store import rows_in
from kundskab.vault.times import from_micros, to_micros

ANSWERS = ("yes", "no", "not asked")  # to: may we use this for research?


@dataclass(frozen=True, slots=True)
class Sealed:
    """Words and reading as they travel from the form to the vault: nobody on the way can read them."""

    key_id: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """One encounter as the vault keeps it."""

    event_id: str
    actor: str
    kind: str
    staff: str  # who of us
    occurred_at: datetime
    noted_at: datetime
    research: str  # yes | no | not asked
    sealed: Sealed


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, opened."""

    event_id: str
    actor: str
    kind: str
    staff: str
    occurred_at: datetime
    noted_at: datetime
    research: str
    words: str  # theirs
    reading: str  # ours


class Encounters:
    """The table of encounters. Who may read the words is decided by a view, not here."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def seal(self, event_id: str, *, words: str, reading: str) -> Sealed:
        """Words and reading, bound to their event: moved to another they do not open."""
        content = orjson.dumps({"words": words, "reading": reading})
        return Sealed(self._sealer.key_id, self._sealer.seal(content, place(event_id)))

    def add(self, tx: Connection, kept: Iterable[Kept]) -> list[Kept]:
        """Keep encounters, each event id once; returns those that are new."""
        listed = {one.event_id: one for one in kept}
        sql = "SELECT event_id FROM encounters WHERE event_id IN ({})"
        known = {row[0] for row in rows_in(tx, sql, sorted(listed))}
        new = [one for one in listed.values() if one.event_id not in known]
        rows = [
            (
                one.event_id,
                one.actor,
                one.kind,
                one.staff,
                to_micros(one.occurred_at),
                to_micros(one.noted_at),
                one.research,
                one.sealed.key_id,
                one.sealed.secret,
            )
            for one in new
        ]
        if rows:
            tx.exec_driver_sql(f"INSERT INTO encounters ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return new

    def of_events(self, tx: Connection, event_ids: Collection[str]) -> dict[str, Said]:
        """The encounters of these events, by event id; those that nothing is kept of are left out."""
        sql = f"SELECT {_COLUMNS} FROM encounters WHERE event_id IN ({{}})"
        return {row[0]: self._said(row) for row in rows_in(tx, sql, sorted(event_ids))}

    def of_actors(self, tx: Connection, actors: Collection[str]) -> list[Said]:
        """Everything kept of meetings with these actors, oldest first: for a copy of their data, and for erasing."""
        sql = f"SELECT {_COLUMNS} FROM encounters WHERE actor IN ({{}})"
        said = [self._said(row) for row in rows_in(tx, sql, sorted(actors))]
        return sorted(said, key=lambda one: (one.occurred_at, one.event_id))

    def count(self, tx: Connection) -> int:
        return int(tx.exec_driver_sql("SELECT count(*) FROM encounters").scalar_one())

    def _said(self, row: Sequence[Any]) -> Said:
        event_id, actor, kind, staff, occurred, noted, research, key_id, secret = row
        content = orjson.loads(self._sealer.open(key_id, secret, place(event_id)))
        times = from_micros(occurred), from_micros(noted)
        return Said(event_id, actor, kind, staff, *times, research, content["words"], content["reading"])


def place(event_id: str) -> str:
    """What the sealed words are bound to."""
    return f"encounter:{event_id}"


_COLUMNS = "event_id, actor, kind, staff, occurred_at, noted_at, research, key_id, sealed"
