"""Small questions to the engine."""

from __future__ import annotations

import duckdb


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table, or any SQL that can follow FROM, has."""
    ((found,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(found)
