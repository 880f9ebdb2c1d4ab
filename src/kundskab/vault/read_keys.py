"""Read keys: what a company's own server shows to be told about people, `kr_...`. Each speaks for its purposes only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Row

from kundskab.types import KundskabError
from kundskab.vault import audit
from kundskab.vault.keyring import Info, Keyring, common
from kundskab.vault.schema import read_keys

MOST_SIGNS = 100


@dataclass(frozen=True, slots=True)
class ReadKey(Info):
    """What may be shown of a read key: everything but the key."""

    name: str  # who uses it; stands in the audit
    purposes: tuple[str, ...]
    may_record: bool  # may also write down what people say about consent


def _info(row: Row[Any]) -> ReadKey:
    purposes = tuple(orjson.loads(row.purposes))
    return ReadKey(**common(row), name=row.name, purposes=purposes, may_record=bool(row.may_record))


RING = Keyring("kr_", "read key", read_keys, ("name", "purposes", "may_record"), _info)


class ReadKeys:
    """The read keys of a vault; every method takes its transaction first."""

    def create(
        self, tx: Connection, name: str, *, purposes: Sequence[str], may_record: bool, by: str, at: datetime
    ) -> str:
        """A new key "kr_...", seen in the clear only here; audited. Raises KundskabError without name or purpose."""
        name = " ".join(name.split())
        if not name or len(name) > MOST_SIGNS:
            raise KundskabError(f"A read key needs a name of at most {MOST_SIGNS} signs that says who uses it.")
        if not purposes:
            raise KundskabError("A read key needs at least one purpose; it can read for no other.")
        fields = {"name": name, "purposes": orjson.dumps(sorted(set(purposes))).decode(), "may_record": may_record}
        plain = RING.create(tx, fields, by=by, at=at)
        self._note(tx, "create_read_key", name, f"...{plain[-4:]}, {', '.join(sorted(set(purposes)))}", by, at)
        return plain

    def rotate(self, tx: Connection, key_id: int, *, overlap: timedelta, by: str, at: datetime) -> str:
        """A new key with the same rights; the old one works for `overlap` more; audited."""
        plain = RING.rotate(tx, key_id, overlap=overlap, by=by, at=at)
        self._note(tx, "rotate_read_key", f"read key {key_id}", f"...{plain[-4:]}", by, at)
        return plain

    def revoke(self, tx: Connection, key_id: int, *, by: str, at: datetime) -> None:
        """Stop a key at once; audited."""
        RING.revoke(tx, key_id, by=by, at=at)
        self._note(tx, "revoke_read_key", f"read key {key_id}", None, by, at)

    def by_plaintext(self, tx: Connection, plain: str, now: datetime) -> ReadKey | None:
        """The key when it is valid now, else None."""
        return RING.by_plaintext(tx, plain, now)

    def note_use(self, tx: Connection, last_used: Mapping[int, datetime]) -> None:
        """{key id: when it was last used}; never moves back."""
        RING.note_use(tx, last_used)

    def every(self, tx: Connection) -> list[ReadKey]:
        """All ever made, oldest first."""
        return RING.every(tx)

    def _note(self, tx: Connection, action: str, subject: str, reason: str | None, by: str, at: datetime) -> None:
        audit.write(tx, who=by, action=action, subject=subject, purpose=None, reason=reason, at=at)
