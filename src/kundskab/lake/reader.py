"""Reading one pinned snapshot: a list of Parquet files, so that nothing shifts underfoot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from kundskab.lake.engine import Engine, connect, quoted
from kundskab.lake.fileio import local_path
from kundskab.lake.schema import arrow_schema
from kundskab.lake.state import LakeState
from kundskab.lake.tables import Lake


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One commit of the events table: its files stay on disk for at least `sweep.LEASE` after they are replaced."""

    snapshot_id: int
    files: tuple[Path, ...]
    state: LakeState


def pin(lake: Lake) -> Snapshot:
    """The newest commit, as files."""
    table = lake.table("events")
    snapshot = table.current_snapshot()
    return Snapshot(
        snapshot_id=0 if snapshot is None else snapshot.snapshot_id,
        files=tuple(local_path(data_file.file_path) for data_file in lake.data_files(table)),
        state=lake.state(table),
    )


def attach(connection: Engine, name: str, files: Sequence[Path], table: str = "events") -> None:
    """Create the view `name` over the files; with no files, an empty one of the same columns."""
    if files:
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {parquet(files)}")
    else:
        connection.register(name, arrow_schema(table).empty_table())


def parquet(files: Sequence[Path]) -> str:
    """The files as an SQL table function."""
    return f"read_parquet([{', '.join(quoted(str(path)) for path in files)}])"


def live_ids(lake: Lake, temp: Path) -> Iterator[tuple[str, str, str, int]]:
    """(source, event_id, journal, position) of every event that came through a journal; imports have other ids."""
    connection = connect(temp)
    attach(connection, "lake_events", pin(lake).files)
    found = connection.execute(
        "SELECT source, event_id, journal, position FROM lake_events WHERE NOT starts_with(journal, 'import')"
    )
    while rows := found.fetchmany(100_000):
        yield from rows


def present(lake: Lake, temp: Path, journal: str, positions: Sequence[int]) -> set[int]:
    """Which of these journal positions already have a row."""
    connection = connect(temp)
    attach(connection, "lake_events", pin(lake).files)
    found = connection.execute(
        "SELECT position FROM lake_events WHERE journal = ? AND position IN (SELECT unnest(?))", [journal, positions]
    )
    return {row[0] for row in found.fetchall()}


def volumes(lake: Lake, temp: Path, *, timezone: str, days: int) -> pa.Table:
    """Events per day and source over the newest `days` days: columns day, source, events. Counts, no people."""
    connection = connect(temp)
    attach(connection, "lake_events", pin(lake).files)
    return connection.sql(
        """
        SELECT (occurred_at AT TIME ZONE $zone)::DATE AS day, source, count(*) AS events
        FROM lake_events
        WHERE occurred_at >= (SELECT max(occurred_at) FROM lake_events) - to_days($days::INTEGER)
        GROUP BY ALL ORDER BY ALL
        """,
        params={"zone": timezone, "days": days},
    ).to_arrow_table()
