"""The database file: how it is opened, and what one transaction is."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, create_engine, event
from sqlalchemy.exc import OperationalError

from kundskab.types import Busy, KundskabError

BUSY_SECONDS = 30
CACHE_KIB = 64 * 1024
WAL_KEPT_BYTES = 64 * 1024 * 1024
CHUNK = 10_000  # values per IN list; SQLite takes 32,766 at most

T = TypeVar("T")


def make_engine(path: Path) -> Engine:
    """An engine whose write transactions begin at once, so that two writers queue instead of failing half-way."""
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,  # an error's text ends in a log, and what we write here is about people
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def create_file(path: Path) -> None:
    """Make the database file readable by its owner alone; SQLite gives -wal and -shm the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction: all of it is on disk when the block ends, or none of it.

    Raises Busy when another writer held the vault for 30 seconds.
    """
    with _told_plainly(), engine.connect().execution_options(kundskab_write=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent picture; never waits for a writer."""
    with _told_plainly(), engine.connect() as connection, connection.begin():
        yield connection


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def rows_in(tx: Connection, sql: str, values: Iterable[Any]) -> Iterator[Row[Any]]:
    """The rows of `sql` for many values, a chunk at a time; `sql` holds one {} where the list goes."""
    for part in chunks(values):
        marks = ",".join("?" * len(part))
        yield from tx.exec_driver_sql(sql.format(marks), tuple(part)).fetchall()


def tuples_in(tx: Connection, sql: str, values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Like `rows_in`, through the bare driver: what is asked for one person at a time must not pay for named rows."""
    cursor = tx.connection.cursor()
    for part in chunks(values):
        yield from cursor.execute(sql.format(",".join("?" * len(part))), part)


def bump(tx: Connection, counter: str) -> int:
    """Raise a change number by one and return it."""
    sql = "UPDATE counters SET value = value + 1 WHERE name = ? RETURNING value"
    return int(tx.exec_driver_sql(sql, (counter,)).scalar_one())


def counter(tx: Connection, name: str) -> int:
    return int(tx.exec_driver_sql("SELECT value FROM counters WHERE name = ?", (name,)).scalar_one())


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",  # what is deleted is overwritten: an erased name must not stay in free pages
        "foreign_keys = ON",
        "recursive_triggers = ON",  # else INSERT OR REPLACE would slip past the append-only triggers
        f"cache_size = -{CACHE_KIB}",
        f"journal_size_limit = {WAL_KEPT_BYTES}",
        "temp_store = MEMORY",  # nothing about people in temporary files
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("kundskab_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        said = str(error.orig)
        if "locked" in said or "busy" in said:
            raise Busy("Somebody else is writing to the vault; try again in a moment.") from error
        if "full" in said:
            raise KundskabError(
                "The disk is full; nothing was changed in the vault. Make room and try again."
            ) from error
        raise
