"""Parquet files: cells have types already, and the file is read where it lies."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from kundskab.lake.intake.foreign import Column, Staged
from kundskab.lake.intake.formats import Layout
from kundskab.lake.intake.lines import parquet_rows


def read_typed(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> Staged:
    """Every column under its number, with its own type."""
    described = connection.execute(f"DESCRIBE FROM {parquet_rows(source, number=False)}").fetchall()
    names = pq.read_schema(source).names
    columns = tuple(Column(name, f"c{i}", kind[1]) for i, (name, kind) in enumerate(zip(names, described, strict=True)))
    aliases = ", ".join([*(column.sql for column in columns), "row_number_from_zero"])
    table = (
        f"(SELECT row_number_from_zero + 1 AS n, * EXCLUDE (row_number_from_zero) "
        f"FROM {parquet_rows(source)} AS t({aliases}))"
    )
    return Staged(connection, folder, layout, columns, table, pq.read_metadata(source).num_rows, 0)
