"""Bad rows of files, kept aside in the quarantine.

A row's place there is its content, so that it is kept once per source, however often its file, or another one that
holds the row too, is imported.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from kundskab.vault import Bad


def quarantine_journal(source: str, what: str = "") -> str:
    """Under which journal name the vault keeps the bad rows of an import's events, people or objects."""
    return f"import{what and '-'}{what}:{source}"


def aside(
    journal: str,
    source: str,
    now: datetime,
    *,
    row_id: str,
    reason: str,
    text: str,
    body: str,
    row_number: int,
) -> Bad:
    """A bad row as the quarantine wants it; text: what helps."""
    return Bad(
        journal=journal,
        position=int.from_bytes(blake2b(row_id.encode(), digest_size=8).digest(), "big") >> 1,  # 63 bits: positive
        source=source,
        event_id=row_id,
        reason=reason,
        help=text,
        body=body.encode("utf-8", "replace"),
        received_at=now,
        row_number=row_number,
    )
