"""Lines of a foreign file that cannot be read: the table `bad_lines` (n, reason, help, body)."""

from __future__ import annotations

import duckdb

from kundskab.lake.engine import quoted

_WHY = {
    "MISSING COLUMNS": ("missing_cells", "The line has fewer cells than the header; add the missing delimiters."),
    "TOO MANY COLUMNS": ("extra_cells", "The line has more cells than the header; quote cells that hold a delimiter."),
    "UNQUOTED VALUE": ("bad_quotes", "A quote is not closed, or stands in the middle; double the quotes in a cell."),
    "LINE SIZE OVER MAXIMUM": ("too_large", "The line is longer than 2 MB; shorten it."),
    "INVALID ENCODING": ("bad_encoding", "The line is not UTF-8; save the file as UTF-8."),
}


def expect_bad_lines(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table, empty."""
    connection.execute("CREATE TEMP TABLE bad_lines (n BIGINT, reason VARCHAR, help VARCHAR, body VARCHAR)")


def keep_rejects(connection: duckdb.DuckDBPyConnection, header_lines: int) -> None:
    """Take over what the engine's CSV reader refused; header_lines: how many lines stand before the first row."""
    # One line can be wrong in several ways: its first fault speaks. An invalid byte cannot be kept as text.
    reasons = " ".join(f"WHEN {quoted(kind)} THEN {quoted(code)}" for kind, (code, _) in _WHY.items())
    helps = " ".join(f"WHEN {quoted(kind)} THEN {quoted(text)}" for kind, (_, text) in _WHY.items())
    connection.execute(
        f"""
        INSERT INTO bad_lines
        SELECT line - {header_lines}, CASE kind {reasons} ELSE 'bad_line' END,
               CASE kind {helps} ELSE 'The line could not be read.' END, body
        FROM (SELECT line, arg_min(error_type::VARCHAR, byte_position) AS kind, any_value(csv_line) AS body
              FROM reject_errors GROUP BY line)
        """
    )


def add_bad(connection: duckdb.DuckDBPyConnection, select: str, why: tuple[str, str]) -> None:
    """Put lines aside.  select: SQL giving n and line.  why: (reason, what helps)."""
    connection.execute(f"INSERT INTO bad_lines SELECT n, {quoted(why[0])}, {quoted(why[1])}, line FROM ({select})")


def numbered_around(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Good rows are numbered as if the bad ones were not there; put their numbers right.

    The k-th bad line (k from 0) of number r stands before every good row whose plain number is at least r - k.
    """
    connection.execute(
        """
        CREATE TEMP TABLE shifts AS
        SELECT n - row_number() OVER (ORDER BY n) + 1 AS since, row_number() OVER (ORDER BY n) AS shift FROM bad_lines
        """
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE shifts AS SELECT since, max(shift) AS shift FROM shifts GROUP BY 1"
    )
    shifted = f"{table} g ASOF LEFT JOIN shifts s ON g.n >= s.since"
    return f"(SELECT g.* REPLACE (g.n + coalesce(s.shift, 0) AS n) FROM {shifted})"
