"""The audit: who did what to whom and why. Append-only; subjects are tokens, so erasing a person breaks nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from kundskab.vault.schema import audit as table
from kundskab.vault.times import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class AuditRow:
    seq: int
    at: datetime
    who: str
    action: str  # a verb: reveal, find, withdraw, create_key, ...
    subject: str  # a token, a source name, a key id; never a name or an address
    purpose: str | None
    reason: str | None


def write(
    tx: Connection, *, who: str, action: str, subject: str, purpose: str | None, reason: str | None, at: datetime
) -> None:
    """Add one row; it is on disk when the transaction is, together with the deed itself."""
    row = {"at": to_micros(at), "who": who, "action": action, "subject": subject, "purpose": purpose, "reason": reason}
    tx.execute(insert(table), row)


def read(tx: Connection, *, limit: int = 100, subject: str | None = None) -> list[AuditRow]:
    """The newest rows first; `subject` narrows them to one person, source or key."""
    query = select(table).order_by(table.c.seq.desc()).limit(limit)
    if subject is not None:
        query = query.where(table.c.subject == subject)
    return [
        AuditRow(r.seq, from_micros(r.at), r.who, r.action, r.subject, r.purpose, r.reason) for r in tx.execute(query)
    ]
