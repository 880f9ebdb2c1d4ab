"""A foreign file, read once: every cell as it was, columns by number, bad lines apart.

Columns are called c0, c1, ... in here, so that no name in a file can meet one of ours or end up in an SQL text.
`n` is the row's number in the file, from 1, header and blank lines not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from kundskab.lake.intake.formats import Layout


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a foreign file.  sql: its name in here.  kind: what DuckDB takes it for ("VARCHAR" in text)."""

    name: str
    sql: str
    kind: str


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is read.  table: SQL giving n, c0, c1, ... (and `line`, the whole object, for JSON).

    rows = the good lines in `table` + the bad lines in the temporary table `bad_lines` (n, reason, help, body).
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path
    layout: Layout
    columns: tuple[Column, ...]
    table: str
    rows: int
    bad_lines: int

    @property
    def is_json(self) -> bool:
        """A row is one JSON object, kept whole in the column `line`."""
        return self.layout.kind in ("json_lines", "json_array")
