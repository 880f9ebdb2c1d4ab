"""Files of cells between delimiters, as the engine's CSV reader sees them.

They are staged as a temporary table of the engine: a third of the work of a Parquet file, and what does not fit into
the engine's memory goes to its spill folder by itself.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from kundskab.lake.engine import quoted
from kundskab.lake.intake.foreign import Column, Staged
from kundskab.lake.intake.formats import Layout
from kundskab.lake.intake.limits import MAX_LINE_BYTES
from kundskab.lake.intake.small import count
from kundskab.lake.intake.unreadable import keep_rejects, numbered_around


def read_delimited(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> Staged:
    """Every cell as text; rows keep the file's order, so the engine's row ids are their numbers."""
    columns = tuple(Column(name, f"c{i}", "VARCHAR") for i, name in enumerate(layout.names))
    kinds = ", ".join(f"{column.sql}: 'VARCHAR'" for column in columns)
    connection.execute(
        f"""
        CREATE TEMP TABLE staged_rows AS FROM read_csv({quoted(str(source))}, auto_detect = false,
            columns = {{{kinds}}}, delim = {quoted(layout.delimiter)}, quote = '"', escape = {quoted(layout.escape)},
            header = {str(layout.header).lower()}, compression = '{layout.compression}',
            store_rejects = true, rejects_limit = 0, max_line_size = {MAX_LINE_BYTES})
        """
    )
    keep_rejects(connection, 1 if layout.header else 0)
    good, bad = count(connection, "staged_rows"), count(connection, "bad_lines")
    table = "(SELECT rowid + 1 AS n, * FROM staged_rows)"
    if bad:
        table = numbered_around(connection, table)
    return Staged(connection, folder, layout, columns, table, good + bad, bad)
