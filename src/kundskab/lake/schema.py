"""The tables of the lake: columns, their ids, their properties, their version.

Field ids are for ever: a column that goes is never given back its number, so that files written by any
version can be read by any other.
"""

from __future__ import annotations

import pyarrow as pa
from pyiceberg.schema import Schema
from pyiceberg.types import (
    DecimalType,
    DoubleType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    NestedField,
    StringType,
    StructType,
    TimestamptzType,
)

SCHEMA_VERSION = 1

MONEY = pa.decimal128(18, 4)
TIME = pa.timestamp("us", tz="UTC")

_ITEM = StructType(
    NestedField(101, "object", StringType()),
    NestedField(102, "category", StringType()),
    NestedField(103, "quantity", DoubleType()),
    NestedField(104, "price", DecimalType(18, 4)),
)

EVENTS = Schema(
    NestedField(1, "event_id", StringType()),
    NestedField(2, "actor", StringType()),
    NestedField(3, "device", StringType()),
    NestedField(4, "action", StringType()),
    NestedField(5, "object", StringType()),
    NestedField(6, "category", StringType()),
    NestedField(7, "quantity", DoubleType()),
    NestedField(8, "value", DecimalType(18, 4)),
    NestedField(9, "currency", StringType()),
    NestedField(10, "channel", StringType()),
    NestedField(11, "occasion", StringType()),
    NestedField(12, "account", StringType()),
    NestedField(13, "items", ListType(100, _ITEM, element_required=False)),
    NestedField(14, "occurred_at", TimestamptzType()),
    NestedField(15, "original_timestamp", StringType()),  # as the client wrote it, zone and all
    NestedField(16, "sent_at", TimestamptzType()),
    NestedField(17, "received_at", TimestamptzType()),
    NestedField(18, "ingested_seq", LongType()),  # the change feed: one number per stored event, rising
    NestedField(19, "source", StringType()),
    NestedField(20, "permission", IntegerType()),  # the vault's permissions row: purposes and on which ground
    NestedField(21, "properties", StringType()),  # a JSON object
    NestedField(22, "journal", StringType()),
    NestedField(23, "position", LongType()),
)

OBJECTS = Schema(
    NestedField(1, "object", StringType()),
    NestedField(2, "name", StringType()),
    NestedField(3, "category", StringType()),
    NestedField(4, "valid_from", TimestamptzType()),
    NestedField(5, "source", StringType()),
    NestedField(6, "properties", StringType()),
)

TABLES: dict[str, Schema] = {"events": EVENTS, "objects": OBJECTS}

# No column bounds in the manifests: they would keep tokens and texts of erased people. Time and the change
# feed say nothing of a person and prune well.  delete-after-commit keeps the metadata folder from growing.
PROPERTIES: dict[str, str] = {
    "write.metadata.metrics.default": "none",
    "write.metadata.metrics.column.received_at": "full",
    "write.metadata.metrics.column.ingested_seq": "full",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "1",
    "write.delete.isolation-level": "snapshot",
    "commit.retry.num-retries": "20",
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "20",
    "kundskab.schema_version": str(SCHEMA_VERSION),
}


def arrow_schema(table: str = "events") -> pa.Schema:
    """The table's columns as Arrow, each with its Parquet field id."""
    return pa.schema([_arrow_field(field) for field in TABLES[table].fields])


def field_ids(table: str = "events") -> str:
    """The same ids as DuckDB's COPY wants them: FIELD_IDS {a: 1, b: {__duckdb_field_id: 2, ...}}."""
    return (
        "{"
        + ", ".join(f"{field.name}: {_ids(field.field_id, field.field_type)}" for field in TABLES[table].fields)
        + "}"
    )


def _ids(field_id: int, kind: IcebergType) -> str:
    if isinstance(kind, ListType):
        return f"{{__duckdb_field_id: {field_id}, element: {_ids(kind.element_id, kind.element_type)}}}"
    if isinstance(kind, StructType):
        inner = ", ".join(f"{field.name}: {_ids(field.field_id, field.field_type)}" for field in kind.fields)
        return f"{{__duckdb_field_id: {field_id}, {inner}}}"
    return str(field_id)


def _arrow_field(field: NestedField) -> pa.Field:
    return pa.field(field.name, _arrow_type(field.field_type), metadata={b"PARQUET:field_id": str(field.field_id)})


def _arrow_type(kind: IcebergType) -> pa.DataType:
    if isinstance(kind, ListType):
        element = pa.field(
            "element", _arrow_type(kind.element_type), metadata={b"PARQUET:field_id": str(kind.element_id)}
        )
        return pa.list_(element)
    if isinstance(kind, StructType):
        return pa.struct([_arrow_field(field) for field in kind.fields])
    return _SCALARS[type(kind)]


_SCALARS: dict[type[IcebergType], pa.DataType] = {
    StringType: pa.string(),
    DoubleType: pa.float64(),
    DecimalType: MONEY,
    IntegerType: pa.int32(),
    LongType: pa.int64(),
    TimestamptzType: TIME,
}
