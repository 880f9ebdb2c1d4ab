"""An empty workspace, files from drawn text, and what the lake holds afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import duckdb
import pytest
from tests.new_home import bare_home

from kundskab.lake.reader import pin
from kundskab.pipeline.home import Home

VISITS = {"actor": "who", "occurred_at": "at", "action": "what"}

Write = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path, keys_folder: Path) -> Iterator[Home]:
    with bare_home(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """write(text or bytes, name) -> the path of that file."""

    def make(content: str | bytes, name: str = "visits.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
        return path

    return make


def stored(home: Home, columns: str = "event_id, actor, action", where: str = "true") -> list[tuple[Any, ...]]:
    """Rows of the lake in the order of their file and place."""
    files = [str(path) for path in pin(home.lake).files]
    if not files:
        return []
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    rows = f"(FROM read_parquet($1) WHERE {where} ORDER BY ingested_seq)"
    return connection.execute(f"SELECT {columns} FROM {rows}", [files]).fetchall()


def balanced(home: Home) -> bool:
    """Every source's books balance, and what is in the lake is what they say."""
    books = home.lake.state().books
    return all(
        b.received == b.stored + b.duplicate + b.quarantined + sum(b.refused.values()) for b in books.values()
    ) and sum(b.stored for b in books.values()) == len(stored(home))
