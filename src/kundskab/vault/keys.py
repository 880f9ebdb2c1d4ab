"""Write keys: what a sender shows at the door, `kw_...`. They can only append events. See keyring.py for all else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from kundskab.types import KundskabError
from kundskab.vault.keyring import Info, Keyring, common
from kundskab.vault.schema import write_keys

KINDS = ("browser", "server")


@dataclass(frozen=True, slots=True)
class KeyInfo(Info):
    """What may be shown of a write key: everything but the key."""

    source: str
    kind: str  # browser: public, may claim but not prove who somebody is; server: secret, is believed


def _info(row: Row[Any]) -> KeyInfo:
    return KeyInfo(**common(row), source=row.source, kind=row.kind)


RING = Keyring("kw_", "write key", write_keys, ("source", "kind"), _info)

rotate = RING.rotate
revoke = RING.revoke
by_plaintext = RING.by_plaintext
valid_hashes = RING.valid_hashes
hash_of = RING.hash_of
note_use = RING.note_use
draw = RING.draw


def create(tx: Connection, source: str, *, kind: str, by: str, at: datetime) -> str:
    """A new key for a source; this return value is the only time it is seen in the clear."""
    if kind not in KINDS:
        raise KundskabError(f"A write key is for a browser or a server, not for {kind!r}.")
    return RING.create(tx, {"source": source, "kind": kind}, by=by, at=at)


def every(tx: Connection, source: str | None = None) -> list[KeyInfo]:
    """All keys ever made, revoked and expired ones among them, oldest first."""
    return RING.every(tx, None if source is None else write_keys.c.source == source)
