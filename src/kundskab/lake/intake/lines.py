"""Files read line by line: cells aligned by blanks, and the lines that JSON is read from."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from kundskab.lake.engine import quoted
from kundskab.lake.intake.foreign import Column, Staged
from kundskab.lake.intake.formats import Layout
from kundskab.lake.intake.limits import MAX_LINE_BYTES
from kundskab.lake.intake.small import count
from kundskab.lake.intake.unreadable import add_bad, keep_rejects, numbered_around
from kundskab.types import KundskabError

_BAD_WIDTH = ("bad_width", "The line has another number of cells than the header.")


def read_aligned(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> Staged:
    """Cells between runs of blanks."""
    columns = tuple(Column(name, f"c{i}", "VARCHAR") for i, name in enumerate(layout.names))
    lines = whole_lines(connection, folder, source, layout)
    cells = f"(SELECT n, line, string_split_regex(trim(line, ' \t\r'), '[ \t]+') AS cells FROM {lines})"
    add_bad(connection, f"SELECT n, line FROM {cells} WHERE len(cells) != {len(columns)}", _BAD_WIDTH)
    picked = ", ".join(f"cells[{i + 1}] AS c{i}" for i in range(len(columns)))
    return staged_lines(
        connection, folder, layout, columns, f"SELECT n, {picked} FROM {cells} WHERE len(cells) = {len(columns)}"
    )


def whole_lines(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> str:
    """Every non-blank line as it is: SQL giving n and line. No byte is a delimiter or a quote."""
    target = folder / "lines.parquet"
    header = layout.kind == "aligned" and layout.header
    connection.execute(
        f"""
        COPY (FROM read_csv({quoted(str(source))}, auto_detect = false, columns = {{line: 'VARCHAR'}}, delim = '\x01',
            quote = '', escape = '', header = {str(header).lower()}, compression = '{layout.compression}',
            null_padding = false, store_rejects = true, rejects_limit = 0, max_line_size = {MAX_LINE_BYTES})
            WHERE trim(line, ' \t\r') != '')
        TO {quoted(str(target))} (FORMAT parquet, COMPRESSION lz4)
        """
    )
    keep_rejects(connection, int(header))
    lines = numbered(target)
    return numbered_around(connection, lines) if count(connection, "bad_lines") else lines


def staged_lines(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    layout: Layout,
    columns: tuple[Column, ...],
    select: str,
) -> Staged:
    """Stage rows that SQL picked out of the lines.  select: SQL giving n, c0, c1, ...; the lines go."""
    target = folder / "rows.parquet"
    connection.execute(f"COPY ({select}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION lz4)")
    good, bad = pq.read_metadata(target).num_rows, count(connection, "bad_lines")
    if not good and layout.kind == "json_lines":
        raise KundskabError("No line of the file is a JSON object; write one object a line (JSON Lines).")
    (folder / "lines.parquet").unlink()
    return Staged(connection, folder, layout, columns, f"(FROM {parquet_rows(target, number=False)})", good + bad, bad)


def numbered(path: Path) -> str:
    """SQL giving n and line."""
    return f"(SELECT file_row_number + 1 AS n, line FROM {parquet_rows(path)})"


def parquet_rows(path: Path, *, number: bool = True) -> str:
    """A Parquet file as an SQL table function; number: with the row's place in `file_row_number`."""
    return f"read_parquet({quoted(str(path))}, file_row_number = {str(number).lower()})"
