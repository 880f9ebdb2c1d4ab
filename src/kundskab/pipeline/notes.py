"""Notes: what answering leaves to be written down, out of our hands before the answer goes out.

Who read whom for which purpose must not be lost, yet a read that took the writer lock would wait behind every digest
and import. So an answer appends its note to a journal of its own process, many answers in one commit; the clock writes
the notes into the vault a moment later, each once. Whatever kills the reader, the kernel has the note; the clock syncs
it to the disk, so that a power cut can take the last two seconds. A disk that takes no note lets nobody read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event, Lock
from typing import Any

import orjson

from kundskab import journal
from kundskab.journal import Entry, Journal, Stored
from kundskab.pipeline.home import Home
from kundskab.pipeline.writing import writing
from kundskab.types import Busy, KundskabError, utc_now
from kundskab.vault import AskedCount, Tx

_AT_ONCE = 5_000
_TIDY_EVERY = 500  # notes; then what the vault has got is let go


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to whom and why, as the audit wants it."""

    who: str
    action: str
    subject: str  # a token
    purpose: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    entry: Entry
    kept: Event = field(default_factory=Event)
    errors: list[KundskabError] = field(default_factory=list)


class Notes:
    """The notes of one process. Safe to share between threads; opens its journal with the first note."""

    def __init__(self, home: Home, now: Callable[[], datetime]) -> None:
        self._folder = folder(home)
        self._now = now
        self._journal: Journal | None = None
        self._pending: list[_Waiting] = []
        self._gathering = Lock()
        self._committing = Lock()
        self._kept = 0

    def keep(self, deed: Deed | None, *, counts: Sequence[AskedCount] = (), key_id: int | None = None) -> None:
        """Return once the note would outlive us. deed: None when nobody was read.  key_id: the read key that was used.

        Raises Busy when the disk takes nothing more; then nothing may be told.
        """
        content = {
            "deed": deed,
            "asked": list(counts),
            "key": key_id,
        }
        waiting = _Waiting(Entry("notes", self._now(), b"{}", orjson.dumps(content), 1))
        with self._gathering:
            self._pending.append(waiting)
        with self._committing:  # while one group syncs the next one gathers, and its first comer commits it
            if not waiting.kept.is_set():
                self._commit()
        if waiting.errors:
            raise Busy("The disk takes no note of who reads, so nobody may; try again when there is room.") from (
                waiting.errors[0]
            )

    def close(self) -> None:
        with self._committing:
            if self._journal is not None:
                self._journal.close()
                self._journal = None

    def _commit(self) -> None:
        with self._gathering:
            group, self._pending = self._pending, []
        try:
            if self._journal is None:
                self._journal = Journal.open(self._folder, synced=False)
            self._journal.append([one.entry for one in group])
            self._tidy(len(group))
        except KundskabError as error:  # nobody in this group may be answered
            for one in group:
                one.errors.append(error)
        finally:
            for one in group:
                one.kept.set()

    def _tidy(self, more: int) -> None:
        assert self._journal is not None
        self._kept += more
        if self._kept >= _TIDY_EVERY:
            self._kept = 0
            self._journal.tidy()


def folder(home: Home) -> Path:
    """Where the notes of all processes lie."""
    return home.folder / "notes"


def settle(home: Home) -> int:
    """Write the notes that wait into the vault, each once; returns how many. Takes the writer lock only for some."""
    where = folder(home)
    waiting = {name for name, kept in journal.received(where).items() if kept > _mark(home, name)}
    settled = 0
    for name in sorted(waiting):
        while found := _settle_some(home, name):
            settled += found
        journal.trim(where, name, _mark(home, name), utc_now())
    return settled


def _settle_some(home: Home, name: str) -> int:
    with writing(home, "notes") as tx:
        marks = home.vault.marks
        found = journal.read(folder(home), name, marks.of(tx, _named(name)), _AT_ONCE)
        for stored in found:
            _write(home, tx, stored)
        if found:
            _sync(folder(home), name)
            marks.move(tx, _named(name), found[-1].first)
    return len(found)


def _write(home: Home, tx: Tx, stored: Stored) -> None:
    content: dict[str, Any] = orjson.loads(stored.entry.body)
    at = stored.entry.received_at
    if content["deed"]:
        deed = Deed(**content["deed"])
        home.vault.audit(
            tx, who=deed.who, action=deed.action, subject=deed.subject, purpose=deed.purpose, reason=deed.reason, at=at
        )
    home.vault.asked.add(tx, [AskedCount(**count) for count in content["asked"]])
    if content["key"] is not None:
        home.vault.read_keys.note_use(tx, {content["key"]: at})


def _sync(where: Path, name: str) -> None:
    """What was read is on disk before the vault says so: else a power cut would hand its positions out again."""
    for path in (where / f"{name}.sqlite-wal", where / f"{name}.sqlite"):
        with suppress(FileNotFoundError), path.open("rb") as file:
            os.fsync(file.fileno())


def _mark(home: Home, name: str) -> int:
    with home.vault.reading() as tx:
        return home.vault.marks.of(tx, _named(name))


def _named(name: str) -> str:
    return f"notes:{name}"
