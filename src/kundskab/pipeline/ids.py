"""Which event ids have been seen, where first: the memory behind "exactly once".

An id is a double only if it was first seen at another journal position. A digest that was killed half-way reads the
same positions again and finds its own ids at their own positions: no doubles. So ids are put down before the commit.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
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
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA cache_size=-65536")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS seen (key BLOB PRIMARY KEY, journal TEXT NOT NULL, position INTEGER NOT NULL)"
            " WITHOUT ROWID"
        )
        self._db.execute("CREATE TABLE IF NOT EXISTS covered (journal TEXT PRIMARY KEY, position INTEGER NOT NULL)")
        self._db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def first_seen(self, sightings: Sequence[Sighting], covered: dict[str, int]) -> list[bool]:
        """For each sighting: is it the first of its id? Remembers the new ones, durably, before it answers.

        covered: journal -> last position of this batch; afterwards the index answers for everything up to there.
        """
        keys = [_key(s.source, s.event_id) for s in sightings]
        self._db.execute("BEGIN IMMEDIATE")
        try:
            order = sorted(range(len(keys)), key=keys.__getitem__)  # neighbours in the tree, one after another
            self._db.executemany(
                "INSERT OR IGNORE INTO seen VALUES (?, ?, ?)",
                # Within one batch the earlier sighting wins: sorted() keeps equal keys in their order.
                ((keys[i], sightings[i].journal, sightings[i].position) for i in order),
            )
            answers = [False] * len(keys)
            for i in order:
                place = self._db.execute("SELECT journal, position FROM seen WHERE key = ?", (keys[i],)).fetchone()
                answers[i] = place == (sightings[i].journal, sightings[i].position)
            self._db.executemany("INSERT OR REPLACE INTO covered VALUES (?, ?)", covered.items())
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        return answers

    def covers(self, positions: dict[str, int]) -> bool:
        """False when the lake knows more than this index, as after its loss: then it must be rebuilt."""
        mine = dict(self._db.execute("SELECT journal, position FROM covered"))
        return all(mine.get(journal, 0) >= position for journal, position in positions.items())

    def rebuild(self, sightings: Iterable[Sighting], covered: dict[str, int]) -> None:
        """Forget everything and learn it anew from the lake (and the quarantine)."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("DELETE FROM seen")
        self._db.execute("DELETE FROM covered")
        self._db.executemany(
            "INSERT OR IGNORE INTO seen VALUES (?, ?, ?)",
            ((_key(s.source, s.event_id), s.journal, s.position) for s in sightings),
        )
        self._db.executemany("INSERT INTO covered VALUES (?, ?)", covered.items())
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


def _key(source: str, event_id: str) -> bytes:
    return hashlib.blake2b(f"{source}\0{event_id}".encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()
