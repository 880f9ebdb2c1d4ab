"""Derived tables: what refresh understood of people, one Iceberg table a name, made when first written.

Each data file holds one purpose's rows as of one moment, and its name says which, so that replacing, choosing and
forgetting are done by file. Rows of a *history* table are kept for every moment; of the others only the newest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.io.pyarrow import parquet_file_to_data_file
from pyiceberg.manifest import DataFile
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DoubleType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    NestedField,
    StringType,
    TimestamptzType,
)

from kundskab.lake.fileio import local_path, sync_file
from kundskab.lake.schema import PROPERTIES, TIME
from kundskab.lake.tables import Lake

PREFIX = "derived_"

_TEXT, _NUMBER, _WHOLE, _YES, _TIME = StringType(), DoubleType(), IntegerType(), BooleanType(), TimestamptzType()
_FIRST_ID = 101  # of the columns of a table's own
_LIST_ID = 1001  # of the elements of a list

# Every row says by what right and from what it was made.
PROVENANCE: dict[str, IcebergType] = {
    "purpose": _TEXT,
    "as_of": _TIME,
    "snapshot": LongType(),  # of the lake
    "ledger_seq": LongType(),
    "links_seq": LongType(),
    "code_version": _TEXT,
}


@dataclass(frozen=True, slots=True)
class Derived:
    """Columns without the provenance. New ones go to the end: the place of a column is its number for ever.

    moments: how many are kept; 1 for a table that is replaced.
    """

    columns: Mapping[str, IcebergType | str]
    moments: int = 1

    @property
    def is_personal(self) -> bool:
        return "person" in self.columns


_TEXTS = "texts"  # a list of strings
_WHY = b"kundskab.why_nothing"
_KEPT = 60  # moments of a history: five years of months, two months of days

TABLES: dict[str, Derived] = {
    # Who was counted, and what that rested on: all their actors where they have more than one, whether a row needed
    # their grant, and devices that are not theirs alone. Judged anew at each reading.
    "people": Derived({"person": _TEXT, "actors": _TEXTS, "asked": _YES, "devices": _TEXTS}),
    "models": Derived({"name": _TEXT, "body": BinaryType()}, moments=2),
    "behaviours": Derived({"person": _TEXT, "behaviour": _TEXT, "count": _NUMBER}),
    "memberships": Derived(
        {
            "person": _TEXT, "segment": _TEXT, "weight": _NUMBER, "low": _NUMBER, "high": _NUMBER,
            "events": _NUMBER, "sure": _YES,
        },
        moments=_KEPT,
    ),
    "segments": Derived(
        {
            "segment": _TEXT, "name": _TEXT, "size": _NUMBER, "share": _NUMBER, "born_at": _TIME, "status": _TEXT,
            "description": _TEXT,
        },
        moments=_KEPT,
    ),
    "profiles": Derived({"segment": _TEXT, "behaviour": _TEXT, "share": _NUMBER, "lift": _NUMBER}),
    "lineage": Derived(
        {
            "segment": _TEXT, "happening": _TEXT, "other": _TEXT, "occurred_at": _TIME, "reason": _TEXT,
            "distance": _NUMBER, "mass": _NUMBER,
        }
    ),
    "written_segments": Derived(
        {"person": _TEXT, "segment": _TEXT, "entered_at": _TIME, "left_at": _TIME, "reason": _TEXT}
    ),
    "next_action": Derived(
        {
            "person": _TEXT, "action": _TEXT, "probability": _NUMBER, "within_horizon": _NUMBER,
            "horizon_days": _WHOLE, "reason": _TEXT,
        }
    ),
    "next_time": Derived({"person": _TEXT, "median_days": _NUMBER, "low_days": _NUMBER, "high_days": _NUMBER}),
    "next_object": Derived(
        {"person": _TEXT, "object": _TEXT, "rank": _WHOLE, "score": _NUMBER, "reason": _TEXT, "category": _TEXT}
    ),
    "worth": Derived(
        {
            "person": _TEXT, "returns_probability": _NUMBER, "returns_low": _NUMBER, "returns_high": _NUMBER,
            "events_expected": _NUMBER, "events_low": _NUMBER, "events_high": _NUMBER, "value_expected": _NUMBER,
            "low": _NUMBER, "high": _NUMBER, "alive": _NUMBER, "currency": _TEXT, "horizon_days": _WHOLE,
            "reasons": _TEXT,
        }
    ),
    "forecasts": Derived(
        {
            "person": _TEXT, "kind": _TEXT, "claim": _TEXT, "forecast": _NUMBER, "baseline": _NUMBER,
            "low": _NUMBER, "high": _NUMBER, "horizon_days": _WHOLE,
        },
        moments=_KEPT,
    ),
    "report_card": Derived(
        {
            "kind": _TEXT, "model": _TEXT, "made_at": _TIME, "horizon_days": _WHOLE, "bin": _WHOLE,
            "forecast_mean": _NUMBER, "happened": _NUMBER, "low": _NUMBER, "high": _NUMBER, "n": LongType(),
            "log_loss": _NUMBER, "ece": _NUMBER,
        }
    ),
    "contests": Derived(
        {
            "kind": _TEXT, "model": _TEXT, "log_loss": _NUMBER, "low": _NUMBER, "high": _NUMBER, "ece": _NUMBER,
            "n": LongType(), "chosen": _YES, "is_baseline": _YES, "words": _TEXT,
        }
    ),
    "drivers": Derived(
        {
            "outcome": _TEXT, "behaviour": _TEXT, "question": _TEXT, "with_share": _NUMBER,
            "without_share": _NUMBER, "with_low": _NUMBER, "with_high": _NUMBER, "without_low": _NUMBER,
            "without_high": _NUMBER, "n_with": LongType(), "n_without": LongType(), "effect": _NUMBER,
            "low": _NUMBER, "high": _NUMBER, "p": _NUMBER, "q": _NUMBER, "eras": _WHOLE, "eras_agreeing": _WHOLE,
            "found": _YES, "obvious": _NUMBER, "words": _TEXT,
            "did": _TEXT, "came": _TEXT, "unit": _TEXT, "is_share": _YES, "chance": _NUMBER,
            "candidates": _WHOLE, "confirmed": _YES, "currency": _TEXT, "story": _TEXT,
        }
    ),
    # Who did what was found to matter.
    "driver_people": Derived({"person": _TEXT, "outcome": _TEXT, "behaviour": _TEXT}),
    "undervalued": Derived(
        {
            "person": _TEXT, "segment": _TEXT, "present": _NUMBER, "expected": _NUMBER, "usual": _NUMBER,
            "ratio": _NUMBER, "low": _NUMBER, "high": _NUMBER, "why": _TEXT, "currency": _TEXT,
            "met": _NUMBER, "met_usual": _NUMBER,
        }
    ),
    "undervalued_groups": Derived(
        {
            "kind": _TEXT, "group": _TEXT, "persons": LongType(), "present": _NUMBER, "expected": _NUMBER,
            "ratio": _NUMBER, "low": _NUMBER, "high": _NUMBER,
        }
    ),
    # What groups are given today beside others of the same expected worth; kind "people": all who are undervalued.
    "undervalued_given": Derived(
        {
            "kind": _TEXT, "group": _TEXT, "measure": _TEXT, "persons": LongType(), "given": _NUMBER,
            "usual": _NUMBER, "ratio": _NUMBER, "low": _NUMBER, "high": _NUMBER,
        }
    ),
    "one_thing": Derived(
        {
            "person": _TEXT, "segment": _TEXT, "behaviour": _TEXT, "value": _NUMBER, "usual": _NUMBER,
            "times": _NUMBER, "low": _NUMBER, "high": _NUMBER, "words": _TEXT,
        }
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A data file that a commit names: one purpose, one moment.  part: of a table that is written piece by piece."""

    as_of: datetime
    part: str
    path: Path
    file: DataFile


def own_schema(name: str) -> pa.Schema:
    """The columns that whoever writes the table gives. Raises KeyError for a table that there is not."""
    fields = [(column, _arrow(kind)) for column, kind in TABLES[name].columns.items()]
    return pa.schema(fields)


def parts(lake: Lake, name: str, purpose: str) -> list[Part]:
    """The files of this purpose in the newest commit, the oldest moment first; none where nothing was written yet."""
    table = _table(lake, name)
    if table is None:
        return []
    return sorted(_parts(lake.data_files(table), purpose), key=lambda part: (part.as_of, part.part))


def outdated(lake: Lake, name: str, purpose: str, as_of: datetime, part: str = "all") -> list[Part]:
    """What a new file of this moment takes the place of: the same moment, and those beyond what the table keeps."""
    others = [old for old in parts(lake, name, purpose) if old.part == part]
    kept = TABLES[name].moments
    earlier = [old for old in others if old.as_of != as_of]
    return [old for old in others if old.as_of == as_of] + earlier[: max(0, len(earlier) + 1 - kept)]


def read(part: Part) -> pa.Table:
    """One file's rows, in all columns of the table."""
    return pq.ParquetFile(part.path).read()


def persons_in(part: Part) -> Iterator[pa.Array]:
    """Of whom a file's rows are, some at a time; null for rows of nobody."""
    for batch in pq.ParquetFile(part.path).iter_batches(1_000_000, columns=["person"]):
        yield batch["person"]


def why_nothing(part: Part) -> str:
    """Why there is nothing at this moment, where a refresh had too little to learn from; "" for all other files."""
    if part.file.record_count:
        return ""
    kept: dict[bytes, bytes] = pq.read_metadata(part.path).metadata or {}
    return kept.get(_WHY, b"").decode()


def body(model: Part) -> bytes:
    """What a model kept."""
    kept: bytes = pq.read_table(model.path, columns=["body"])["body"][0].as_py()
    return kept


def write(
    lake: Lake, name: str, rows: pa.Table, *, purpose: str, as_of: datetime, part: str = "all", why: str = ""
) -> Path:
    """Write rows, provenance columns included, as one durable file that no commit names yet.

    rows: of this purpose and moment, none at all included.  why: there can be none, in a sentence (see why_nothing).
    Raises ValueError for other columns than the table's.
    """
    _grown(_table(lake, name) or _made(lake, name), name)
    schema = _arrow_schema(name)
    if set(rows.column_names) != set(schema.names):
        raise ValueError(f"{name} has the columns {schema.names}, not {rows.column_names}")
    path = lake.new_file(_stem(purpose, as_of, part), PREFIX + name)
    told = rows.select(schema.names).cast(schema)
    pq.write_table(
        told.replace_schema_metadata({_WHY: why.encode()}) if why else told,
        path,
        compression="zstd",
        row_group_size=122_880,
        write_page_checksum=True,
    )
    sync_file(path)
    return path


def commit(lake: Lake, name: str, new: Sequence[Path], old: Iterable[Part] = ()) -> None:
    """Name the new files and forget the old ones; all or nothing. The caller holds the writer lock."""
    table = _table(lake, name) or _made(lake, name)
    with table.transaction() as transaction, transaction.update_snapshot().overwrite() as overwrite:
        for part in old:
            overwrite.delete_data_file(part.file)
        for path in new:
            overwrite.append_data_file(parquet_file_to_data_file(table.io, table.metadata, str(path)))


def names_on_disk(lake: Lake) -> list[str]:
    """The derived tables that this lake has, by their full names; for the sweep."""
    return [PREFIX + name for name in TABLES if _table(lake, name) is not None]


def empty(name: str) -> pa.Table:
    """No rows, in all columns."""
    return _arrow_schema(name).empty_table()


def with_provenance(rows: pa.Table, values: Mapping[str, object]) -> pa.Table:
    """The rows with the provenance columns before them, the same in each row (dictionaries: they cost nothing)."""
    n = rows.num_rows
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    for name, kind in PROVENANCE.items():
        columns[name] = pa.repeat(pa.scalar(values[name], _arrow(kind)), n)
    for name in rows.column_names:
        columns[name] = rows[name]
    return pa.table(columns)


def _table(lake: Lake, name: str) -> Table | None:
    try:
        return lake.table(PREFIX + name)
    except NoSuchTableError:
        return None


def _made(lake: Lake, name: str) -> Table:
    return lake.make(PREFIX + name, _schema(name), PROPERTIES)


def _grown(table: Table, name: str) -> None:
    """A table of an earlier version gets the columns that came since; they come last, so that numbers stay."""
    if not {field.name for field in _schema(name).fields} <= set(table.schema().column_names):
        with table.update_schema() as update:
            update.union_by_name(_schema(name))


def _stem(purpose: str, as_of: datetime, part: str) -> str:
    return f"{purpose}~{as_of.astimezone(UTC):%Y%m%dT%H%M%S%f}~{part}~"


_STEM = re.compile(r"(?P<purpose>[^~/]+)~(?P<as_of>\d{8}T\d{12})~(?P<part>[^~]+)~-")


def _parts(files: Iterable[DataFile], purpose: str) -> Iterable[Part]:
    for file in files:
        path = local_path(file.file_path)
        found = _STEM.match(path.name)
        if found and found["purpose"] == purpose:
            as_of = datetime.strptime(found["as_of"], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
            yield Part(as_of, found["part"], path, file)


def _schema(name: str) -> Schema:
    fields = [NestedField(number, column, kind) for number, (column, kind) in enumerate(PROVENANCE.items(), start=1)]
    for number, (column, kind) in enumerate(TABLES[name].columns.items()):
        fields.append(NestedField(_FIRST_ID + number, column, _iceberg(kind, _LIST_ID + number)))
    return Schema(*fields)


def _iceberg(kind: IcebergType | str, element_id: int) -> IcebergType:
    return ListType(element_id, StringType(), element_required=False) if isinstance(kind, str) else kind


def _arrow_schema(name: str) -> pa.Schema:
    fields = []
    for field in _schema(name).fields:
        kind = _arrow(field.field_type)
        if isinstance(field.field_type, ListType):
            element = {b"PARQUET:field_id": str(field.field_type.element_id)}
            kind = pa.list_(pa.field("element", pa.string(), metadata=element))
        fields.append(pa.field(field.name, kind, metadata={b"PARQUET:field_id": str(field.field_id)}))
    return pa.schema(fields)


def _arrow(kind: IcebergType | str) -> pa.DataType:
    if isinstance(kind, str | ListType):
        return pa.list_(pa.string())
    return _ARROW[type(kind)]


_ARROW: dict[type[IcebergType], pa.DataType] = {
    StringType: pa.string(),
    DoubleType: pa.float64(),
    IntegerType: pa.int32(),
    LongType: pa.int64(),
    BooleanType: pa.bool_(),
    BinaryType: pa.large_binary(),
    TimestamptzType: TIME,
}
