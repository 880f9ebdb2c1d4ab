"""The reading side: what lies in the journals, in order, without waiting for their writers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from kundskab.journal import files
from kundskab.journal.types import Entry, Stored

# An entry may begin at or before `after` and end behind it, hence the step back to the last one that begins there.
_SELECT = """
    SELECT first, events, source, received_us, meta, body FROM entries
    WHERE first >= coalesce((SELECT max(first) FROM entries WHERE first <= ?1), 0) AND first + events - 1 > ?1
    ORDER BY first
"""


def journals(folder: Path) -> list[str]:
    """The names of the journal files in this folder, sorted."""
    return sorted(path.stem for path in folder.glob("*.sqlite"))


def read(folder: Path, name: str, after: int, limit_events: int = 20_000) -> list[Stored]:
    """Entries with at least one event behind position `after`, in order.

    Stops with the entry that reaches limit_events: an entry is never cut, so there may be somewhat more events.
    """
    with closing(files.open_for_reading(files.database(folder, name))) as db:
        if not files.has_tables(db):
            return []
        return list(_until(limit_events, (_stored(name, row) for row in db.execute(_SELECT, (after,)))))


def received(folder: Path) -> dict[str, int]:
    """Events ever appended, per journal file; trimming leaves it alone."""
    return {name: _received_by(folder, name) for name in journals(folder)}


def _received_by(folder: Path, name: str) -> int:
    with closing(files.open_for_reading(files.database(folder, name))) as db:
        return int(db.execute("SELECT received FROM head").fetchone()[0]) if files.has_tables(db) else 0


def _until(limit_events: int, entries: Iterator[Stored]) -> Iterator[Stored]:
    events = 0
    for stored in entries:
        yield stored
        events += stored.entry.events
        if events >= limit_events:
            return


def _stored(name: str, row: tuple[int, int, str, int, bytes, bytes]) -> Stored:
    first, events, source, received_us, meta, body = row
    return Stored(name, first, Entry(source, files.from_microseconds(received_us), meta, body, events))


def oldest_waiting(folder: Path, positions: Mapping[str, int]) -> datetime | None:
    """When the oldest entry behind these positions was received; None when nothing waits."""
    waiting = [read(folder, name, positions.get(name, 0), 1) for name in journals(folder)]
    return min((entries[0].entry.received_at for entries in waiting if entries), default=None)
