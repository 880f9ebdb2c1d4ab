"""Which event ids have been seen, where first: the memory behind "exactly once".

An id is a double only if it was first seen at another journal position. A digest that was killed half-way reads the
same positions again and finds its own ids at their own positions: no doubles. So ids are put down before the commit.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SCHEMA_VERSION = 1
KEY_BYTES = 16  # 128 bits: a chance of 1e-19 that any two of ten billion ids collide


@dataclass(frozen=True, slots=True)
class Sighting:
    """An event id of one source at one place: journal file and position in it."""

    source: str
    event_id: str
    journal: str
    position: int


class IdIndex:
    """First sightings on disk, for live sources (a file that is imported is held against the lake itself)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = _open(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # busy, full, unreadable: the file may be well
                raise
            # Everything in it can be learnt again from the lake, so a damaged file is no reason to stop.
            _remove(path)
            self._db = _open(path)

    def first_seen(self, sightings: Sequence[Sighting], covered: dict[str, int]) -> list[bool]:
        """For each sighting: is it the first of its id? Remembers the new ones, durably, before it answers.

        covered: journal -> last position of this batch; afterwards the index answers for everything up to there.
        """
        keys = [_key(s.source, s.event_id) for s in sightings]
        # By key: neighbours in the tree, one after another.  Within a key the smallest position is the first.
        order = sorted(range(len(keys)), key=lambda i: (keys[i], sightings[i].journal, sightings[i].position))
        answers = [False] * len(keys)
        with self._transaction():
            self._remember((keys[i], sightings[i]) for i in order)
            for i in order:
                place = self._db.execute("SELECT journal, position FROM seen WHERE key = ?", (keys[i],)).fetchone()
                answers[i] = place == (sightings[i].journal, sightings[i].position)
            self._cover(covered)
        return answers

    def covers(self, positions: dict[str, int]) -> bool:
        """False when the lake knows more than this index, as after its loss: then it must be rebuilt."""
        mine = dict(self._db.execute("SELECT journal, position FROM covered"))
        return all(mine.get(journal, 0) >= position for journal, position in positions.items())

    def rebuild(self, sightings: Iterable[Sighting], covered: dict[str, int]) -> None:
        """Forget everything and learn it anew from the lake (and the quarantine)."""
        with self._transaction():
            self._db.execute("DELETE FROM seen")
            self._db.execute("DELETE FROM covered")
            self._remember((_key(s.source, s.event_id), s) for s in sightings)
            self._cover(covered)

    def close(self) -> None:
        self._db.close()

    def _remember(self, seen: Iterable[tuple[bytes, Sighting]]) -> None:
        rows = ((key, sighting.journal, sighting.position) for key, sighting in seen)
        self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", rows)

    def _cover(self, covered: dict[str, int]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO covered VALUES (?, ?)", covered.items())

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # a full disk has rolled back by itself
                self._db.execute("ROLLBACK")
            raise


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA cache_size=-65536")
        db.execute("PRAGMA journal_size_limit=67108864")  # a rebuild writes all in one go, and its log would stay
        if db.execute("PRAGMA user_version").fetchone()[0] not in (0, SCHEMA_VERSION):
            db.executescript("DROP TABLE IF EXISTS seen; DROP TABLE IF EXISTS covered")  # it can be made anew
        db.execute(
            "CREATE TABLE IF NOT EXISTS seen (key BLOB PRIMARY KEY, journal TEXT NOT NULL, position INTEGER NOT NULL)"
            " WITHOUT ROWID"
        )
        db.execute("CREATE TABLE IF NOT EXISTS covered (journal TEXT PRIMARY KEY, position INTEGER NOT NULL)")
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    except BaseException:
        db.close()
        raise
    return db


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _key(source: str, event_id: str) -> bytes:
    return hashlib.blake2b(f"{source}\0{event_id}".encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()
