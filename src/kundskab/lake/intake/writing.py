"""New rows become one Parquet file in the lake's columns: one pass over the staged file, in the file's own order.

Sorting by actor is left to compaction, which sorts every fresh file anyway: sorting here would be done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from kundskab.lake.engine import quoted
from kundskab.lake.fileio import sync_file
from kundskab.lake.intake.mapping import ITEM_TYPE, NUMBER_KEYS, TEXT_KEYS, Mapped
from kundskab.lake.intake.names import Names
from kundskab.lake.intake.naming import RowIds
from kundskab.lake.intake.staging import refuse_full_disk
from kundskab.lake.schema import arrow_schema, field_ids

ROW_GROUP_ROWS = 40_960  # as quick to write as to keep at hand; compaction makes larger ones

_KINDS = {"quantity": "DOUBLE", "value": "DECIMAL(18,4)", "items": ITEM_TYPE, "sent_at": "TIMESTAMPTZ"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all rows of one import share."""

    source: str
    permission: int
    received_at: datetime
    first_seq: int
    journal: str = "import"


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    mapped: Mapped,
    names: Names,
    ids: RowIds,
    stamp: Stamp,
    *,
    stored: int,
    skipping: bool,
) -> None:
    """Write every row that is not in `skipped`; the file is on disk afterwards.  stored: how many there must be.

    Raises KundskabError when the disk is full.
    """
    filled = _constants(stamp) | _varying(mapped, names, ids)
    columns = ", ".join(f"{filled.get(name) or _nothing(name)} AS {name}" for name in arrow_schema().names)
    try:
        connection.execute(
            f"""
            COPY (SELECT {columns} FROM {names.joined()}
                  {"LEFT JOIN repeats r USING (n)" if ids.any_repeated else ""}
                  {"ANTI JOIN skipped USING (n)" if skipping else ""})
            TO {quoted(str(path))} (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, COMPRESSION_LEVEL 1,
                ROW_GROUP_SIZE {ROW_GROUP_ROWS}, FIELD_IDS {field_ids()})
            """
        )
        sync_file(path)
    except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as error:
        refuse_full_disk(error)
        raise
    assert pq.read_metadata(path).num_rows == stored, "rows went missing while writing"


def _varying(mapped: Mapped, names: Names, ids: RowIds) -> dict[str, str]:
    """Lake column -> SQL, for those that differ from row to row."""
    varying = {
        "event_id": ids.whole("r.k") if ids.any_repeated else ids.plain(),
        "actor": names.actor(),
        "original_timestamp": mapped.original_timestamp,
        "properties": mapped.properties,
    }
    if device := names.device():
        varying["device"] = device
    keys = (*TEXT_KEYS, *NUMBER_KEYS, "items", "occurred_at")
    return varying | {key: mapped.keys[key] for key in keys if key in mapped.keys}


def _constants(stamp: Stamp) -> dict[str, str]:
    return {
        "received_at": f"{quoted(stamp.received_at.isoformat())}::TIMESTAMPTZ",
        "ingested_seq": f"{stamp.first_seq - 1} + n",
        "source": quoted(stamp.source),
        "permission": f"{stamp.permission}::INTEGER",
        "journal": quoted(stamp.journal),
        "position": "n",
    }


def _nothing(name: str) -> str:
    return f"NULL::{_KINDS.get(name, 'VARCHAR')}"
