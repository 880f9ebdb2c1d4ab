"""A file from drawn text, staged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent

import pytest

from kundskab.lake.intake import Staged, staged

Stage = Callable[..., Staged]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """stage("a,b\\n1,2\\n", "orders.csv") -> the staged file; text or bytes, with or without time zone."""
    with ExitStack() as open_files:

        def make(content: str | bytes, name: str = "file.csv", timezone: str = "UTC") -> Staged:
            path = tmp_path / name
            path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
            # A run folder each: staging one file sweeps what lies in its folder.
            return open_files.enter_context(staged(path, tmp_path / f"run-{name}", timezone=timezone))

        yield make


def rows_of(file: Staged) -> list[tuple[object, ...]]:
    """n and every cell, in the file's order; the whole line of a JSON file is left out."""
    columns = ", ".join(["n", *(column.sql for column in file.columns)])
    return file.connection.execute(f"SELECT {columns} FROM {file.table} ORDER BY n").fetchall()


def bad_of(file: Staged) -> list[tuple[int, str]]:
    """(row number, reason) of each line that could not be read."""
    return file.connection.execute("SELECT n, reason FROM bad_lines ORDER BY n").fetchall()
