"""What has been seen so far, kept incrementally: actions, their properties and types, with counts; never a value.

It lies beside the lake and can be learnt anew from it, so a damaged or older file is thrown away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from kundskab.lake.shapes import shapes
from kundskab.pipeline.home import Home

SCHEMA_VERSION = 1
MOST_PROPERTIES = 300  # per action; behind them somebody puts numbers into names
_LONGEST = 100  # signs of a name
_CHUNK = 1_000_000  # events read at once
_TYPES = {"VARCHAR": "string", "UBIGINT": "integer", "BIGINT": "integer", "HUGEINT": "integer", "DOUBLE": "number"}


@dataclass(frozen=True, slots=True)
class SeenAction:
    """An action of one source. properties: name -> type -> in how many events."""

    source: str
    action: str
    events: int
    first_seen: datetime
    last_seen: datetime
    properties: dict[str, dict[str, int]] = field(default_factory=dict)


class Seen:
    """The memory on disk; every process may open it, and only one at a time adds to it."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._path = home.folder / "lake" / "seen.sqlite"

    def behind(self) -> int:
        """How many stored events it does not know yet."""
        with self._opened() as db:
            return max(0, self._newest() - _mark(db))

    def catch_up(self, most: int | None = None) -> int:
        """Learn from the newest events, at most so many; returns how many were read."""
        read = 0
        with self._opened() as db, _transaction(db):
            newest, mark = self._newest(), _mark(db)
            if mark > newest:  # the lake was put back to an older day
                db.execute("DELETE FROM shapes")
                mark = 0
            while mark < newest and (most is None or read < most):
                up_to = min(newest, mark + _CHUNK)
                found = shapes(self._home.lake, self._home.temp, after=mark, up_to=up_to)
                _remember(db, found.to_pylist())
                read, mark = read + up_to - mark, up_to
            db.execute("INSERT OR REPLACE INTO mark VALUES (1, ?)", (mark,))
        return read

    def actions(self) -> list[SeenAction]:
        """Everything seen, by source, the commonest first."""
        with self._opened() as db:
            rows = db.execute("SELECT source, action, property, type, events, first_seen, last_seen FROM shapes")
            found: dict[tuple[str, str], SeenAction] = {}
            properties: dict[tuple[str, str], dict[str, dict[str, int]]] = {}
            for source, action, name, kind, events, first, last in rows:
                if name == "":
                    since, until = datetime.fromisoformat(first), datetime.fromisoformat(last)
                    mine = properties.setdefault((source, action), {})
                    found[source, action] = SeenAction(source, action, events, since, until, mine)
                else:
                    properties.setdefault((source, action), {}).setdefault(name, {})[kind] = events
        return sorted(found.values(), key=lambda seen: (seen.source, -seen.events, seen.action))

    def _newest(self) -> int:
        return self._home.lake.state().next_seq - 1

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            db = _open(self._path)
        except sqlite3.OperationalError:  # busy, full: the file may be well
            raise
        except sqlite3.DatabaseError:
            for name in (self._path.name, f"{self._path.name}-wal", f"{self._path.name}-shm"):
                self._path.with_name(name).unlink(missing_ok=True)
            db = _open(self._path)
        try:
            yield db
        finally:
            db.close()


def _remember(db: sqlite3.Connection, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        source, action, events = row["source"], row["action"][:_LONGEST], row["events"]
        span = (row["first_seen"].isoformat(), row["last_seen"].isoformat())
        _add(db, (source, action, "", "event"), events, span)
        known = {name for (name,) in db.execute(_NAMES, (source, action))}
        for name, kind in _properties(row["shape"]):
            if name in known or len(known) < MOST_PROPERTIES:
                known.add(name)
                _add(db, (source, action, name, kind), events, span)


def _properties(shape: str) -> Iterator[tuple[str, str]]:
    """(name, type) of what an event of this shape carries; a null is nothing, and what begins with _ is our own."""
    read = orjson.loads(shape)
    for name, kind in read.items() if isinstance(read, dict) else ():
        if name and not name.startswith("_") and kind != "NULL" and len(name) <= _LONGEST:
            yield name, _type(kind)


def _type(kind: Any) -> str:
    if isinstance(kind, dict):
        return "object"
    return "array" if isinstance(kind, list) else _TYPES.get(kind, str(kind).lower())


_NAMES = "SELECT DISTINCT property FROM shapes WHERE source = ? AND action = ? AND property != ''"


def _add(db: sqlite3.Connection, key: tuple[str, ...], events: int, span: tuple[str, str]) -> None:
    db.execute(
        "INSERT INTO shapes VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events,"
        " first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)",
        (*key, events, *span),
    )


def _mark(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT seq FROM mark").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # a full disk has rolled back by itself
            db.execute("ROLLBACK")
        raise


def _open(path: Any) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        if db.execute("PRAGMA user_version").fetchone()[0] not in (0, SCHEMA_VERSION):
            db.executescript("DROP TABLE IF EXISTS shapes; DROP TABLE IF EXISTS mark")
        db.execute(
            "CREATE TABLE IF NOT EXISTS shapes (source TEXT, action TEXT, property TEXT, type TEXT, events INTEGER,"
            " first_seen TEXT, last_seen TEXT, PRIMARY KEY (source, action, property, type)) WITHOUT ROWID"
        )
        db.execute("CREATE TABLE IF NOT EXISTS mark (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL)")
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    except BaseException:
        db.close()
        raise
    return db
