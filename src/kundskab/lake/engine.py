"""DuckDB, bounded and without reach: it reads the files it is given and never fetches an extension."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

MEMORY_LIMIT = "1500MB"

Engine = duckdb.DuckDBPyConnection
OutOfMemory = duckdb.OutOfMemoryException


def connect(temp: Path | None, *, memory_limit: str = MEMORY_LIMIT) -> Engine:
    """An in-memory engine that spills to `temp`, or with None nowhere; times are UTC, whatever the machine thinks.

    Raises OutOfMemory in its own time, when there is nowhere to spill to.
    """
    if temp is not None:
        temp.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory_limit,
            "threads": str(max(1, len(os.sched_getaffinity(0)))),
            "temp_directory": "" if temp is None else str(temp),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
