"""Quarantine: what could not be read or cannot be true. Bodies are sealed, since they may hold anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from kundskab.vault.schema import quarantine as table
from kundskab.vault.sealing import Sealer
from kundskab.vault.store import rows_in
from kundskab.vault.times import from_micros, maybe_time, to_micros


@dataclass(frozen=True, slots=True)
class Bad:
    """One event or row that was kept aside."""

    journal: str  # journal file name, or "import:<id>"
    position: int  # within it
    source: str
    event_id: str | None
    reason: str  # short stable code
    help: str  # one sentence
    body: bytes
    received_at: datetime
    row_number: int | None = None  # in an imported file, the first row is 1
    id: int | None = None  # given by the vault
    replayed_at: datetime | None = None
    outcome: str | None = None  # stored | duplicate | refused


def add(tx: Connection, sealer: Sealer, bad: Iterable[Bad]) -> int:
    """Keep them aside; ones kept before (same journal and position) are left as they are. Returns how many are new."""
    listed = list(bad)
    sealed = sealer.seal_many([b.body for b in listed], [_place(b.journal, b.position) for b in listed])
    rows = [
        (
            b.journal,
            b.position,
            b.source,
            b.event_id,
            b.reason,
            b.help,
            to_micros(b.received_at),
            b.row_number,
            sealer.key_id,
            secret,
        )
        for b, secret in zip(listed, sealed, strict=True)
    ]
    if not rows:
        return 0
    sql = (
        "INSERT INTO quarantine (journal, position, source, event_id, reason, help, received_at, row_number, key_id, "
        "sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (journal, position) DO NOTHING"
    )
    return tx.exec_driver_sql(sql, rows).rowcount


def page(tx: Connection, sealer: Sealer, *, limit: int = 50, offset: int = 0, reason: str | None = None) -> list[Bad]:
    """Those still waiting for a replay, newest first."""
    query = select(table).where(table.c.replayed_at.is_(None))
    if reason is not None:
        query = query.where(table.c.reason == reason)
    query = query.order_by(table.c.id.desc()).limit(limit).offset(offset)
    return [_bad(sealer, row) for row in tx.execute(query)]


def by_ids(tx: Connection, sealer: Sealer, ids: Sequence[int]) -> list[Bad]:
    """Those with these numbers, replayed or not, in the order they were kept."""
    found = rows_in(tx, "SELECT * FROM quarantine WHERE id IN ({})", ids)
    return sorted((_bad(sealer, row) for row in found), key=lambda b: b.id or 0)


def ids(tx: Connection) -> list[tuple[str, str, str, int]]:
    """(source, event id, journal, position) of everything that came through a journal with an id."""
    query = select(table.c.source, table.c.event_id, table.c.journal, table.c.position)
    query = query.where(table.c.event_id.is_not(None), table.c.journal.not_like("import%"))
    return [(row[0], row[1], row[2], row[3]) for row in tx.execute(query)]


def reasons(tx: Connection) -> dict[str, int]:
    """How many wait, by reason."""
    query = select(table.c.reason, func.count()).where(table.c.replayed_at.is_(None)).group_by(table.c.reason)
    return {row[0]: row[1] for row in tx.execute(query)}


def outcomes(tx: Connection) -> dict[str, int]:
    """What became of those that were replayed: stored | duplicate | refused -> how many."""
    query = select(table.c.outcome, func.count()).where(table.c.outcome.is_not(None)).group_by(table.c.outcome)
    return {row[0]: row[1] for row in tx.execute(query)}


def by_help(tx: Connection, reason: str) -> list[tuple[str, str, int]]:
    """(source, what would help, how many) of those waiting for this reason, the most first."""
    query = select(table.c.source, table.c.help, func.count().label("n")).where(
        table.c.replayed_at.is_(None), table.c.reason == reason
    )
    query = query.group_by(table.c.source, table.c.help).order_by(func.count().desc())
    return [(row[0], row[1], row[2]) for row in tx.execute(query)]


def count(tx: Connection, journal: str) -> int:
    """How many of this journal were ever kept aside, replayed ones among them."""
    return int(tx.execute(select(func.count()).where(table.c.journal == journal)).scalar_one())


def mark_replayed(tx: Connection, outcomes: dict[int, str], at: datetime) -> int:
    """Note what the replay made of each: {number: stored | duplicate | refused}. The first outcome stands."""
    if not outcomes:
        return 0
    sql = "UPDATE quarantine SET replayed_at = ?, outcome = ? WHERE id = ? AND replayed_at IS NULL"
    return tx.exec_driver_sql(sql, [(to_micros(at), outcome, number) for number, outcome in outcomes.items()]).rowcount


def _bad(sealer: Sealer, row: Row[Any]) -> Bad:
    return Bad(
        row.journal,
        row.position,
        row.source,
        row.event_id,
        row.reason,
        row.help,
        sealer.open(row.key_id, row.sealed, _place(row.journal, row.position)),
        from_micros(row.received_at),
        row.row_number,
        row.id,
        maybe_time(row.replayed_at),
        row.outcome,
    )


def _place(journal: str, position: int) -> str:
    return f"quarantine:{journal}:{position}"
