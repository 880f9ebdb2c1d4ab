"""What people ask of us about themselves: a copy, to be forgotten, a correction, quiet, a human."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, insert, select, update

from kundskab.types import KundskabError
from kundskab.vault.schema import requests as table
from kundskab.vault.sealing import Sealer
from kundskab.vault.store import rows_in
from kundskab.vault.times import from_micros, maybe_time, to_micros

KINDS = ("copy", "forget", "correct", "restrict", "human")


@dataclass(frozen=True, slots=True)
class Request:
    """One request; open until it is settled. details: what exactly they asked, in their words."""

    id: int
    actor: str
    kind: str  # one of KINDS
    at: datetime
    source: str  # where it was made
    details: Mapping[str, Any]
    settled_at: datetime | None
    settled_by: str | None
    outcome: str | None  # what came of it, one sentence


class Requests:
    """The requests of one vault; every method takes the transaction."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def add(
        self, tx: Connection, actor: str, kind: str, *, at: datetime, source: str, details: Mapping[str, Any]
    ) -> int:
        """Record a request and return its number. Raises KundskabError for a kind that cannot be asked."""
        if kind not in KINDS:
            raise KundskabError(f"{kind!r} is nothing that can be asked; choose one of {', '.join(KINDS)}.")
        row = {
            "actor": actor,
            "kind": kind,
            "at": to_micros(at),
            "source": source,
            "key_id": self._sealer.key_id,
            "sealed": self._sealer.seal(orjson.dumps(dict(details)), _place(actor, kind)),
        }
        number: int = tx.execute(insert(table).returning(table.c.id), row).scalar_one()
        return number

    def settle(self, tx: Connection, number: int, *, by: str, outcome: str, at: datetime) -> Request:
        """Close a request with what came of it.

        Raises KundskabError when there is no such request, or it is settled already.
        """
        found = tx.execute(select(table).where(table.c.id == number)).fetchone()
        if found is None:
            raise KundskabError(f"There is no request {number}; the list of requests has the numbers.")
        if found.settled_at is not None:
            raise KundskabError(f"Request {number} was settled before, by {found.settled_by}.")
        tx.execute(
            update(table)
            .where(table.c.id == number)
            .values(settled_at=to_micros(at), settled_by=by, outcome=outcome.strip())
        )
        return self._request(found)

    def of(self, tx: Connection, actors: Collection[str]) -> list[Request]:
        """Everything these actors ever asked, newest first."""
        found = rows_in(tx, "SELECT * FROM requests WHERE actor IN ({})", sorted(actors))
        return sorted((self._request(row) for row in found), key=lambda request: -request.id)

    def open(self, tx: Connection) -> list[Request]:
        """Those nobody has settled, the longest waiting first."""
        query = select(table).where(table.c.settled_at.is_(None)).order_by(table.c.id)
        return [self._request(row) for row in tx.execute(query)]

    def settled(self, tx: Connection, limit: int = 50) -> list[Request]:
        """Those settled last, newest first."""
        query = select(table).where(table.c.settled_at.is_not(None)).order_by(table.c.settled_at.desc()).limit(limit)
        return [self._request(row) for row in tx.execute(query)]

    def _request(self, row: Row[Any]) -> Request:
        details = orjson.loads(self._sealer.open(row.key_id, row.sealed, _place(row.actor, row.kind)))
        times = from_micros(row.at), maybe_time(row.settled_at)
        return Request(
            row.id, row.actor, row.kind, times[0], row.source, details, times[1], row.settled_by, row.outcome
        )


def _place(actor: str, kind: str) -> str:
    return f"request:{actor}:{kind}"
