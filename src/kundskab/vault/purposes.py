"""Purposes: what data is used for, each with its lawful basis, its bit in the map, and the notice people were shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from kundskab.types import KundskabError
from kundskab.vault.schema import notices, purposes
from kundskab.vault.times import from_micros, to_micros

MOST = 62  # bits in a signed 64-bit number, less the sign and one to spare
BASES = ("consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interests")


@dataclass(frozen=True, slots=True)
class Purpose:
    name: str
    bit: int  # its place in the map's granted and denied numbers
    basis: str
    description: str
    notice_version: str  # of the notice shown now

    @property
    def mask(self) -> int:
        return 1 << self.bit


def put(
    tx: Connection, name: str, *, basis: str, description: str, notice: str, notice_version: str, at: datetime
) -> Purpose:
    """Add a purpose, or renew its basis, description and notice; its bit never changes.

    Raises KundskabError for an unknown basis, a notice version that already has another text, or a 63rd purpose.
    """
    if basis not in BASES:
        raise KundskabError(f"{basis!r} is no lawful basis; choose one of {', '.join(BASES)}.")
    _put_row(tx, name, {"basis": basis, "description": description, "notice_version": notice_version})
    _put_notice(tx, name, notice_version, notice, at)
    return next(p for p in every(tx) if p.name == name)


def every(tx: Connection) -> list[Purpose]:
    """All purposes, in the order they were added."""
    rows = tx.execute(select(purposes).order_by(purposes.c.bit))
    return [Purpose(r.name, r.bit, r.basis, r.description, r.notice_version) for r in rows]


def notice(tx: Connection, purpose: str, version: str) -> str | None:
    """The text people were shown under this version."""
    query = select(notices.c.text).where(notices.c.purpose == purpose, notices.c.version == version)
    found: str | None = tx.execute(query).scalar()
    return found


def notices_of(tx: Connection, purpose: str) -> list[tuple[str, str, datetime]]:
    """(version, text, since when) of every notice of a purpose, newest first."""
    query = select(notices).where(notices.c.purpose == purpose).order_by(notices.c.at.desc(), notices.c.version.desc())
    return [(row.version, row.text, from_micros(row.at)) for row in tx.execute(query)]


def _put_row(tx: Connection, name: str, values: dict[str, str]) -> None:
    known = every(tx)
    if any(p.name == name for p in known):
        tx.execute(update(purposes).where(purposes.c.name == name).values(values))
    elif len(known) >= MOST:
        raise KundskabError(f"A workspace has at most {MOST} purposes; {name!r} would be one more.")
    else:
        tx.execute(insert(purposes), {"name": name, "bit": len(known), **values})


def _put_notice(tx: Connection, name: str, version: str, text: str, at: datetime) -> None:
    row = {"purpose": name, "version": version, "text": text, "at": to_micros(at)}
    tx.execute(upsert(notices).on_conflict_do_nothing(), row)
    if notice(tx, name, version) != text:
        raise KundskabError(
            f"Version {version} of the notice for {name!r} has another text, and people agreed to that one; "
            "give the new text a new version."
        )
