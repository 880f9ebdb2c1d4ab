"""Permissions: why a row may be used for a purpose, declared once and pointed at by every lake row it covers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from kundskab.types import KundskabError
from kundskab.vault.purposes import BASES
from kundskab.vault.schema import permissions
from kundskab.vault.times import from_micros, to_micros

HOWS = ("signal", *BASES)


@dataclass(frozen=True, slots=True)
class Permission:
    """purposes: {purpose: how}; how is "consent" (needs the person's grant now), "signal" or another lawful basis."""

    id: int
    source: str
    purposes: Mapping[str, str]
    declared_by: str
    declared_at: datetime


def intern(tx: Connection, source: str, purposes: Mapping[str, str], *, declared_by: str, at: datetime) -> int:
    """The number of this declaration, made when new. Equal declarations by the same person share one number."""
    for purpose, how in purposes.items():
        if how not in HOWS:
            raise KundskabError(f"{how!r} is no reason to use data for {purpose}; choose one of {', '.join(HOWS)}.")
    row = {
        "source": source,
        "purposes": json.dumps(dict(purposes), sort_keys=True),
        "declared_by": declared_by,
        "declared_at": to_micros(at),
    }
    tx.execute(upsert(permissions).on_conflict_do_nothing(), row)
    query = select(permissions.c.id).where(*(permissions.c[name] == row[name] for name in list(row)[:3]))
    return int(tx.execute(query).scalar_one())


def every(tx: Connection) -> list[Permission]:
    """All declarations, oldest first."""
    rows = tx.execute(select(permissions).order_by(permissions.c.id))
    return [Permission(r.id, r.source, json.loads(r.purposes), r.declared_by, from_micros(r.declared_at)) for r in rows]
