"""The writing side: one process, one file, one transaction for whatever is pending."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from kundskab.journal import files, trimming
from kundskab.journal.room import Room
from kundskab.journal.slots import Slot, take_first_free
from kundskab.journal.types import Entry, JournalFull

_INSERT = "INSERT INTO entries (first, events, source, received_us, meta, body) VALUES (?, ?, ?, ?, ?, ?)"
_Row = tuple[int, int, str, int, bytes, bytes]


class Journal:
    """The one writer of one journal file. Not thread-safe: one thread at a time may call it.

    An `append` that returns is on disk (fsynced). One that raises may or may not be: the sender tries again, and
    the message id makes the second a duplicate.
    """

    def __init__(self, folder: Path, slot: Slot, *, synced: bool = True) -> None:
        self.folder = folder
        self.name = slot.name
        self._slot = slot
        self._synced = synced
        self._room = Room(folder, slot.name)
        self._db: sqlite3.Connection | None = None
        self._received = 0

    @classmethod
    def open(cls, folder: Path, *, synced: bool = True) -> Journal:
        """Take the first free slot of the folder and open its file.

        synced: False hands each append to the kernel alone: it outlives this process, but not a power cut.
        Raises Busy when no slot is free, JournalFull when the disk refuses.
        """
        folder.mkdir(parents=True, exist_ok=True)
        journal = cls(folder, take_first_free(folder), synced=synced)
        try:
            journal._connected()
        except BaseException:
            journal.close()
            raise
        journal._room.keep_reserve()
        return journal

    @property
    def has_room(self) -> bool:
        """False when an append would be refused for want of disk."""
        return self._room.enough()

    def append(self, entries: Sequence[Entry]) -> list[int]:
        """Put the entries on disk in one transaction; returns the position of each entry's first event.

        Raises JournalFull when the disk has no room or fails; then nothing may be acknowledged.
        """
        if not self._room.enough(sum(len(entry.body) for entry in entries)):
            raise JournalFull(f"the disk under {self.folder} is nearly full; free some space")
        self._connected()
        rows = _rows(entries, after=self._received)
        try:
            self._commit(rows)
        except BaseException as error:
            self._disconnect()
            if not isinstance(error, sqlite3.Error):
                raise
            raise JournalFull(f"the journal could not write ({error}); free some space or look at the disk") from error
        return [row[0] for row in rows]

    def tidy(self) -> int:
        """Carry out a part of a pending trim, if there is one; returns the entries deleted. Call it now and then.

        Without one it sees to the reserve and, on a short disk, gives the log's space back.
        """
        request = trimming.requested(self.folder, self.name)
        try:
            if request is not None:
                return self._trim_some(request)
            if not self._room.enough():
                trimming.fold_log(self._connected())
        except (sqlite3.Error, JournalFull):
            self._disconnect()
            self._room.burn_reserve()
        else:
            self._room.keep_reserve()
        return 0

    def close(self) -> None:
        """Let go of the file and the slot; closing twice is fine."""
        self._disconnect()
        with suppress(OSError):
            self._slot.release()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _trim_some(self, request: trimming.Trim) -> int:
        deleted = trimming.delete_some(self._connected(), request)
        if deleted == 0:
            trimming.done(self.folder, self.name)
        return deleted

    def _connected(self) -> sqlite3.Connection:
        """The connection, opened when there is none; reads back how many events the file has received."""
        if self._db is not None:
            return self._db
        path = files.database(self.folder, self.name)
        try:
            self._db = files.open_for_writing(path)
            if not self._synced:
                self._db.execute("PRAGMA synchronous=NORMAL")
            self._received = int(self._db.execute("SELECT received FROM head").fetchone()[0])
        except (sqlite3.Error, OSError) as error:
            self._disconnect()
            raise JournalFull(f"the journal {path} cannot be opened ({error}); look at the disk") from error
        return self._db

    def _commit(self, rows: Sequence[_Row]) -> None:
        assert self._db is not None
        received = rows[-1][0] + rows[-1][1] - 1
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(_INSERT, rows)
        self._db.execute("UPDATE head SET received = ?", (received,))
        self._db.execute("COMMIT")
        self._received = received

    def _disconnect(self) -> None:
        # After a failed commit the connection's idea of the file cannot be trusted (a failed fsync may have thrown
        # the dirty pages away); a new one reads back what is really there.
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
            self._db = None


def _rows(entries: Sequence[Entry], *, after: int) -> list[_Row]:
    if not entries:
        raise ValueError("append needs at least one entry")
    rows = []
    first = after + 1
    for entry in entries:
        when = files.to_microseconds(entry.received_at)
        rows.append((first, entry.events, entry.source, when, entry.meta, entry.body))
        first += entry.events
    return rows
