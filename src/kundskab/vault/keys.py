"""Write keys: what a sender shows at the door. Shown once, stored as a hash; they can only append events.

`kw_` + 32 signs (160 random bits) + 7 signs of checksum: the prefix lets secret scanners find a leaked key, the
checksum lets the door turn a typing error away without asking the database.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from kundskab.types import KundskabError
from kundskab.vault.schema import write_keys
from kundskab.vault.times import from_micros, maybe_time, to_micros

PREFIX = "kw_"
KINDS = ("browser", "server")
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_SIGNS = 32
_CHECK_SIGNS = 7  # of CRC-32


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What may be shown of a key: everything but the key."""

    id: int
    source: str
    kind: str  # browser: public, may claim but not prove who somebody is; server: secret, is believed
    last4: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def create(tx: Connection, source: str, *, kind: str, by: str, at: datetime) -> str:
    """A new key for a source; this return value is the only time it is seen in the clear."""
    if kind not in KINDS:
        raise KundskabError(f"A write key is for a browser or a server, not for {kind!r}.")
    plain = _draw()
    row = {
        "source": source,
        "kind": kind,
        "hash": _hash(plain),
        "last4": plain[-4:],
        "created_at": to_micros(at),
        "created_by": by,
    }
    tx.execute(insert(write_keys), row)
    return plain


def rotate(tx: Connection, key_id: int, *, overlap: timedelta, by: str, at: datetime) -> str:
    """A new key beside the old one, which works for `overlap` more. Raises KundskabError for one no longer valid."""
    old = _get(tx, key_id)
    if not old.is_valid(at):
        raise KundskabError(f"The key ending in {old.last4} is no longer valid; create a new one instead.")
    until = min(to_micros(at + overlap), to_micros(old.expires_at) if old.expires_at else to_micros(at + overlap))
    tx.execute(update(write_keys).where(write_keys.c.id == key_id).values(expires_at=until))
    return create(tx, old.source, kind=old.kind, by=by, at=at)


def revoke(tx: Connection, key_id: int, *, by: str, at: datetime) -> None:
    """Stop a key at once. Revoking twice keeps the first time."""
    _get(tx, key_id)
    query = update(write_keys).where(write_keys.c.id == key_id, write_keys.c.revoked_at.is_(None))
    tx.execute(query.values(revoked_at=to_micros(at), revoked_by=by))


def by_plaintext(tx: Connection, plain: str, now: datetime) -> KeyInfo | None:
    """The key, when it is known, not revoked and not expired. Found by hash, so timing tells nothing of stored keys."""
    if not looks_like_key(plain):
        return None
    row = tx.execute(select(write_keys).where(write_keys.c.hash == _hash(plain))).fetchone()
    found = None if row is None else _info(row)
    return found if found is not None and found.is_valid(now) else None


def valid_hashes(tx: Connection, now: datetime) -> dict[bytes, KeyInfo]:
    """SHA-256 of each valid key -> what is known of it: for a door that keeps them in memory, see `hash_of`."""
    infos = {bytes(row.hash): _info(row) for row in tx.execute(select(write_keys))}
    return {digest: info for digest, info in infos.items() if info.is_valid(now)}


def hash_of(plain: str) -> bytes | None:
    """What a key is stored as, or None when its form or checksum shows that it is none."""
    return _hash(plain) if looks_like_key(plain) else None


def looks_like_key(plain: str) -> bool:
    """Prefix, length and checksum are right."""
    body = plain[len(PREFIX) : len(PREFIX) + _RANDOM_SIGNS]
    return plain == PREFIX + body + _checksum(body) and len(body) == _RANDOM_SIGNS


def note_use(tx: Connection, last_used: dict[int, datetime]) -> None:
    """Remember when keys were last used: {key id: time}; never moves back."""
    if last_used:
        sql = "UPDATE write_keys SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?"
        tx.exec_driver_sql(sql, [(to_micros(at), key_id) for key_id, at in last_used.items()])


def every(tx: Connection, source: str | None = None) -> list[KeyInfo]:
    """All keys ever made, revoked and expired ones among them, oldest first."""
    query = select(write_keys).order_by(write_keys.c.id)
    if source is not None:
        query = query.where(write_keys.c.source == bindparam("source", source))
    return [_info(row) for row in tx.execute(query)]


def _get(tx: Connection, key_id: int) -> KeyInfo:
    row = tx.execute(select(write_keys).where(write_keys.c.id == key_id)).fetchone()
    if row is None:
        raise KundskabError(f"There is no write key {key_id}; the settings page lists them.")
    return _info(row)


def _draw() -> str:
    body = "".join(secrets.choice(_SIGNS) for _ in range(_RANDOM_SIGNS))
    return PREFIX + body + _checksum(body)


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode("utf-8", "surrogatepass"))
    return "".join(_SIGNS[(number >> shift) & 31] for shift in range(30, -1, -5)).rjust(_CHECK_SIGNS, "0")


def _hash(plain: str) -> bytes:
    return hashlib.sha256(plain.encode()).digest()


def _info(row: Row[Any]) -> KeyInfo:
    return KeyInfo(
        row.id,
        row.source,
        row.kind,
        row.last4,
        from_micros(row.created_at),
        row.created_by,
        maybe_time(row.expires_at),
        maybe_time(row.revoked_at),
        maybe_time(row.last_used_at),
    )
