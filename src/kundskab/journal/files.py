"""The files of a slot: which are there, how they are opened, what shape they have."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kundskab.types import KundskabError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# One tuple entry per schema version; PRAGMA user_version tells how many have been applied.
MIGRATIONS = (
    """
    CREATE TABLE entries (
        first INTEGER PRIMARY KEY,       -- position of the entry's first event; positions count events from 1
        events INTEGER NOT NULL CHECK (events > 0),
        source TEXT NOT NULL,
        received_us INTEGER NOT NULL,    -- microseconds since 1970, UTC
        meta BLOB NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE head (received INTEGER NOT NULL) STRICT;  -- events ever appended: trimming leaves it alone
    INSERT INTO head VALUES (0);
    """,
)


def database(folder: Path, name: str) -> Path:
    return folder / f"{name}.sqlite"


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open or create a journal file; the caller must hold its slot's lock.

    Raises sqlite3.Error when the disk refuses, KundskabError when a newer Kundskab wrote the file.
    """
    # Owner alone, like everything that holds people; SQLite gives the log and its index the same mode.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=16)
    try:
        db.execute("PRAGMA auto_vacuum=INCREMENTAL")  # before the first table, else it has no effect
        db.execute("PRAGMA journal_mode=WAL")
        # FULL, not NORMAL: with NORMAL a power cut loses commits that were acknowledged.
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA secure_delete=ON")  # bodies name people; trimmed bytes are overwritten
        db.execute("PRAGMA wal_autocheckpoint=4000")
        db.execute("PRAGMA journal_size_limit=16777216")
        db.execute("PRAGMA busy_timeout=5000")
        _migrate(db, path)
        sync_folder(path.parent)
    except BaseException:
        db.close()
        raise
    return db


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open a journal file read-only: a reader neither waits for the writer nor makes it wait."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5)


def has_tables(db: sqlite3.Connection) -> bool:
    """False for a file that its writer created this instant and has not yet given its tables."""
    return int(db.execute("PRAGMA user_version").fetchone()[0]) > 0


def sync_folder(folder: Path) -> None:
    """Make a new file's name durable; without it a power cut may forget the file itself."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def to_microseconds(when: datetime) -> int:
    return (when - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    return _EPOCH + timedelta(microseconds=count)


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise KundskabError(f"{path} was written by a newer Kundskab (schema {version}); upgrade this one")
    for number in range(version, len(MIGRATIONS)):
        db.executescript(f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version={number + 1}; COMMIT;")
