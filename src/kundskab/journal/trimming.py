"""Trimming: digested entries leave, but only by the hand of the slot's holder.

A second writing connection would be simpler, yet SQLite before 3.51.3 can corrupt a WAL file when two connections
commit and checkpoint at the same instant (https://www.sqlite.org/wal.html#walresetbug), and Debian 12 ships 3.40.
So a trim of a file that a collector holds is left as a note, and the collector does it between two commits.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from kundskab.journal import files
from kundskab.journal.room import Room
from kundskab.journal.slots import take

# Small enough that a waiting sender does not notice, and that a full disk has room for the pages it touches.
_ENTRIES_AT_ONCE = 250
_BYTES_AT_ONCE = 1 << 20
_OLDEST = "SELECT first, events, received_us, length(body) FROM entries ORDER BY first LIMIT ?"


@dataclass(frozen=True, slots=True)
class Trim:
    """Entries wholly at or before position `upto` and received before `older_us` may go."""

    upto: int
    older_us: int


def trim(folder: Path, name: str, upto: int, older_than: datetime) -> int:
    """Delete entries whose last position is <= upto and that were received before older_than.

    Returns the number of entries deleted now; 0 as well when a collector holds the file: it then deletes them
    itself within seconds. The count of events received stays as it was. The newest entry is never in question:
    positions go on from the head, not from the rows.
    """
    request = Trim(upto, files.to_microseconds(older_than))
    slot = take(folder, name)
    if slot is None:
        _ask(folder, name, request)
        return 0
    try:
        return _trim_at_once(folder, name, request)
    finally:
        slot.release()


def requested(folder: Path, name: str) -> Trim | None:
    """The trim that the holder of this slot has been asked for, if any."""
    try:
        return Trim(**json.loads(_note(folder, name).read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):  # a power cut may leave an empty note; whoever wants to trim asks again
        done(folder, name)
        return None


def done(folder: Path, name: str) -> None:
    """Strike the note: nothing is left to trim."""
    _note(folder, name).unlink(missing_ok=True)


def delete_some(db: sqlite3.Connection, request: Trim) -> int:
    """Delete those of the oldest handful that may go and hand their pages back; returns how many.

    Looks at the oldest only: a trim that has nothing to do costs the same however long the journal is.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        leaving = _leaving(db.execute(_OLDEST, (_ENTRIES_AT_ONCE,)), request)
        db.executemany("DELETE FROM entries WHERE first = ?", leaving)
        db.execute("COMMIT")
    except sqlite3.Error:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise
    if leaving:
        # Not execute(): this pragma answers one row without columns per page, and Python stops at the first.
        db.executescript("PRAGMA incremental_vacuum")
    # The log still holds the deleted bodies.
    fold_log(db)
    return len(leaving)


def fold_log(db: sqlite3.Connection) -> None:
    """Bring the write-ahead log into the file and cut it to nothing; a reader may put that off, not prevent it."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _leaving(oldest: Iterable[tuple[int, int, int, int]], request: Trim) -> list[tuple[int]]:
    leaving: list[tuple[int]] = []
    size = 0
    for first, events, received_us, length in oldest:
        size += length
        if leaving and size > _BYTES_AT_ONCE:
            break
        if first + events - 1 <= request.upto and received_us < request.older_us:
            leaving.append((first,))
    return leaving


def _trim_at_once(folder: Path, name: str, request: Trim) -> int:
    room = Room(folder, name)
    total = 0
    while True:
        try:
            deleted = _delete_in_own_connection(folder, name, request)
        except sqlite3.Error:
            if not room.burn_reserve():
                raise
            continue
        total += deleted
        if deleted == 0:
            done(folder, name)
            return total


def _delete_in_own_connection(folder: Path, name: str, request: Trim) -> int:
    db = files.open_for_writing(files.database(folder, name))
    try:
        return delete_some(db, request)
    finally:
        db.close()


def _ask(folder: Path, name: str, request: Trim) -> None:
    draft = _note(folder, name).with_suffix(".trim-new")
    draft.write_text(json.dumps(asdict(request)))
    os.replace(draft, _note(folder, name))


def _note(folder: Path, name: str) -> Path:
    return folder / f"{name}.trim"
