"""What all keys share: shown once, stored as a hash, rotated with overlap, stopped at once.

A prefix + 32 signs (160 random bits) + 7 signs of checksum: the prefix lets secret scanners find a leaked key, the
checksum lets the door turn a typing error away without asking the database.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, insert, select, update

from kundskab.types import KundskabError
from kundskab.vault.times import from_micros, maybe_time, to_micros

_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_SIGNS = 32
_CHECK_SIGNS = 7  # of CRC-32


@dataclass(frozen=True, slots=True)
class Info:
    """What may be shown of any key: everything but the key."""

    id: int
    last4: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def common(row: Row[Any]) -> dict[str, Any]:
    """The fields of Info from a row of any kind of key."""
    return {
        "id": row.id,
        "last4": row.last4,
        "created_at": from_micros(row.created_at),
        "created_by": row.created_by,
        "expires_at": maybe_time(row.expires_at),
        "revoked_at": maybe_time(row.revoked_at),
        "last_used_at": maybe_time(row.last_used_at),
    }


I = TypeVar("I", bound=Info)  # noqa: E741


@dataclass(frozen=True, slots=True)
class Keyring(Generic[I]):
    """The keys of one kind. word: what they are called ("write key").  bound: the columns a rotated key keeps."""

    prefix: str
    word: str
    table: Table
    bound: tuple[str, ...]
    info: Callable[[Row[Any]], I]

    def create(self, tx: Connection, fields: Mapping[str, Any], *, by: str, at: datetime) -> str:
        """A new key; this return value is the only time it is seen in the clear."""
        plain = self.draw()
        row = {"hash": _hash(plain), "last4": plain[-4:], "created_at": to_micros(at), "created_by": by}
        tx.execute(insert(self.table), {**fields, **row})
        return plain

    def rotate(self, tx: Connection, key_id: int, *, overlap: timedelta, by: str, at: datetime) -> str:
        """A new key beside the old one, which works for `overlap` more. Raises KundskabError for an invalid one."""
        row = self._get(tx, key_id)
        old = self.info(row)
        if not old.is_valid(at):
            raise KundskabError(f"The key ending in {old.last4} is no longer valid; create a new one instead.")
        until = min(to_micros(at + overlap), to_micros(old.expires_at) if old.expires_at else to_micros(at + overlap))
        tx.execute(update(self.table).where(self.table.c.id == key_id).values(expires_at=until))
        return self.create(tx, {name: row._mapping[name] for name in self.bound}, by=by, at=at)

    def revoke(self, tx: Connection, key_id: int, *, by: str, at: datetime) -> None:
        """Stop a key at once. Revoking twice keeps the first time."""
        self._get(tx, key_id)
        query = update(self.table).where(self.table.c.id == key_id, self.table.c.revoked_at.is_(None))
        tx.execute(query.values(revoked_at=to_micros(at), revoked_by=by))

    def by_plaintext(self, tx: Connection, plain: str, now: datetime) -> I | None:
        """The key, when it is known, not revoked and not expired. Found by hash, so timing tells nothing."""
        digest = self.hash_of(plain)
        if digest is None:
            return None
        row = tx.execute(select(self.table).where(self.table.c.hash == digest)).fetchone()
        found = None if row is None else self.info(row)
        return found if found is not None and found.is_valid(now) else None

    def valid_hashes(self, tx: Connection, now: datetime) -> dict[bytes, I]:
        """SHA-256 of each valid key -> what is known of it: for a door that keeps them in memory, see `hash_of`."""
        infos = {bytes(row.hash): self.info(row) for row in tx.execute(select(self.table))}
        return {digest: info for digest, info in infos.items() if info.is_valid(now)}

    def hash_of(self, plain: str) -> bytes | None:
        """What a key is stored as, or None when its form or checksum shows that it is none."""
        body = plain[len(self.prefix) : len(self.prefix) + _RANDOM_SIGNS]
        well_formed = plain == self.prefix + body + _checksum(body) and len(body) == _RANDOM_SIGNS
        return _hash(plain) if well_formed else None

    def note_use(self, tx: Connection, last_used: Mapping[int, datetime]) -> None:
        """Remember when keys were last used: {key id: time}; never moves back."""
        if last_used:
            sql = f"UPDATE {self.table.name} SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?"
            tx.exec_driver_sql(sql, [(to_micros(at), key_id) for key_id, at in last_used.items()])

    def every(self, tx: Connection, where: ColumnElement[bool] | None = None) -> list[I]:
        """All keys ever made, revoked and expired ones among them, oldest first."""
        query = select(self.table).order_by(self.table.c.id)
        return [self.info(row) for row in tx.execute(query if where is None else query.where(where))]

    def _get(self, tx: Connection, key_id: int) -> Row[Any]:
        row = tx.execute(select(self.table).where(self.table.c.id == key_id)).fetchone()
        if row is None:
            raise KundskabError(f"There is no {self.word} {key_id}; the settings page lists them.")
        return row

    def draw(self) -> str:
        """A key that nobody has yet; nothing is written."""
        body = "".join(secrets.choice(_SIGNS) for _ in range(_RANDOM_SIGNS))
        return self.prefix + body + _checksum(body)


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode("utf-8", "surrogatepass"))
    return "".join(_SIGNS[(number >> shift) & 31] for shift in range(30, -1, -5)).rjust(_CHECK_SIGNS, "0")


def _hash(plain: str) -> bytes:
    return hashlib.sha256(plain.encode()).digest()
