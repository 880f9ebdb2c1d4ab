"""Three ways to lay the same events into an Iceberg table; what `layout` measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.table import Table
from pyiceberg.transforms import BucketTransform
from pyiceberg.typedef import Record

from kundskab.lake import Lake, LakeState
from kundskab.lake.compaction import compact
from kundskab.lake.engine import connect
from kundskab.lake.fileio import local_path, sync_file
from kundskab.lake.reader import parquet
from kundskab.lake.schema import EVENTS, PROPERTIES, field_ids

BUCKETS = 16
DIGESTS = 50
_OPTIONS = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"

# Random tokens as the vault draws them, one a person; the rest as in a shop's export.
_PERSONS = """
    CREATE TABLE persons AS SELECT p, array_to_string(list_transform(range(12),
        lambda k: substr('0123456789abcdefghjkmnpqrstvwxyz', (1 + hash(p * 100 + k) % 32)::INT, 1)), '') AS actor
    FROM range({persons}) t(p)
"""
_EVENTS = """
    SELECT 'e' || i AS event_id, actor, NULL::VARCHAR AS device,
        ['view', 'search', 'purchase', 'return'][(1 + hash(i + 1) % 4)::INT] AS action,
        'sku-' || (hash(i + 2) % 5000) AS object, 'category ' || (hash(i + 2) % 40) AS category,
        1.0::DOUBLE AS quantity, ((hash(i + 4) % 200000) / 100)::DECIMAL(18, 4) AS value, 'SEK' AS currency,
        'web' AS channel, 'order-' || (i // 4) AS occasion, NULL::VARCHAR AS account,
        NULL::STRUCT(object VARCHAR, category VARCHAR, quantity DOUBLE, price DECIMAL(18, 4))[] AS items,
        TIMESTAMPTZ '2024-01-01 00:00:00+00' + INTERVAL 1 SECOND * i AS occurred_at,
        NULL::VARCHAR AS original_timestamp, NULL::TIMESTAMPTZ AS sent_at,
        TIMESTAMPTZ '2024-01-01 00:00:01+00' + INTERVAL 1 SECOND * i AS received_at, i AS ingested_seq,
        'orders' AS source, 1::INTEGER AS permission, '{{"page":"/p/' || (hash(i + 6) % 900) || '"}}' AS properties,
        '00' AS journal, i AS position
    FROM range({first}, {last}) t(i) JOIN persons ON p = hash(i) % {persons}
"""


@dataclass(slots=True)
class Layout:
    """A table of one layout. bucketed: cut by a hash of the actor as Iceberg's bucket transform would."""

    lake: Lake
    temp: Path
    bucketed: bool
    events: int

    @classmethod
    def new(cls, folder: Path, *, events: int, bucketed: bool) -> Layout:
        lake = Lake.open(folder / "lake")
        if bucketed:
            spec = PartitionSpec(PartitionField(2, 1000, BucketTransform(BUCKETS), "actor_bucket"))
            lake._catalog.drop_table("kundskab.events")
            lake._catalog.create_table("kundskab.events", EVENTS, partition_spec=spec, properties=PROPERTIES)
        return cls(lake, folder / "temp", bucketed, events)

    def fill(self) -> None:
        """All events in order of time, as fifty big digests would have brought them."""
        connection = self._connected()
        step = self.events // DIGESTS
        for first in range(0, step * DIGESTS, step):
            self._append(connection, first, first + step)

    def append_thousand(self, first: int, connection: duckdb.DuckDBPyConnection) -> None:
        """One small digest: a thousand rows, durable, committed."""
        self._append(connection, first, first + 1000)

    def compact(self) -> None:
        """Sorted runs in token ranges; when bucketed, one file a bucket in order of time."""
        if not self.bucketed:
            compact(self.lake, self.temp, everything=True)
            return
        connection, old = connect(self.temp), self.lake.data_files()
        new = []
        for bucket in range(BUCKETS):
            files = [local_path(f.file_path) for f in old if f.partition[0] == bucket]
            path = self._path()
            select = f"SELECT * FROM {parquet(files)} ORDER BY occurred_at"
            connection.execute(f"COPY ({select}) TO '{path}' ({_OPTIONS}, FIELD_IDS {field_ids()})")
            new.append((path, bucket))
        self._commit(old, new)

    def files_of(self, actor: str) -> list[DataFile]:
        """Where this actor's rows may be, as far as the table knows without opening files."""
        files = self.lake.data_files()
        if not self.bucketed:
            return files
        [(bucket,)] = self._connected(0).execute(f"SELECT hash('{actor}') % {BUCKETS}").fetchall()
        return [f for f in files if f.partition[0] == bucket]

    def erase(self, actor: str) -> int:
        """Rewrite the files that hold this actor, without her, in one commit; bytes that had to be rewritten."""
        connection = connect(self.temp)
        candidates = {local_path(f.file_path): f for f in self.files_of(actor)}
        found = connection.execute(
            f"SELECT DISTINCT filename FROM read_parquet({[str(path) for path in candidates]}, filename = true) "
            f"WHERE actor = '{actor}'"
        ).fetchall()
        old = [candidates[Path(name)] for (name,) in found]
        new = []
        for data_file in old:
            path = self._path()
            select = f"SELECT * FROM {parquet([local_path(data_file.file_path)])} WHERE actor <> '{actor}'"
            connection.execute(f"COPY ({select}) TO '{path}' ({_OPTIONS}, FIELD_IDS {field_ids()})")
            new.append((path, data_file.partition[0] if self.bucketed else None))
        self._commit(old, new)
        return sum(data_file.file_size_in_bytes for data_file in old)

    def connected(self) -> duckdb.DuckDBPyConnection:
        """An engine that knows the persons, for `append_thousand`."""
        return self._connected()

    def _append(self, connection: duckdb.DuckDBPyConnection, first: int, last: int) -> None:
        rows = _EVENTS.format(first=first, last=last, persons=self.events // 10)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS {rows}")
        new: list[tuple[Path, int | None]] = []
        for bucket in range(BUCKETS) if self.bucketed else [None]:
            where = "" if bucket is None else f"WHERE hash(actor) % {BUCKETS} = {bucket}"
            path = self._path()
            connection.execute(f"COPY (SELECT * FROM fresh {where}) TO '{path}' ({_OPTIONS}, FIELD_IDS {field_ids()})")
            new.append((path, bucket))
        self._commit([], new)

    def _commit(self, old: Sequence[DataFile], new: Sequence[tuple[Path, int | None]]) -> None:
        for path, _ in new:
            sync_file(path)
        if not self.bucketed:
            paths = [path for path, _ in new]
            self.lake.exchange(old, paths) if old else self.lake.commit(paths, LakeState())
            return
        table = self.lake.table("events")
        with table.transaction() as transaction, transaction.update_snapshot().overwrite() as overwrite:
            for data_file in old:
                overwrite.delete_data_file(data_file)
            for path, bucket in new:
                overwrite.append_data_file(_data_file(table, path, bucket))

    def _connected(self, persons: int | None = None) -> duckdb.DuckDBPyConnection:
        connection = connect(self.temp)
        connection.execute(_PERSONS.format(persons=self.events // 10 if persons is None else persons))
        return connection

    def _path(self) -> Path:
        folder = local_path(self.lake.table("events").location()) / "data"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{uuid4().hex}.parquet"


def _data_file(table: Table, path: Path, bucket: int | None) -> DataFile:
    import pyarrow.parquet as pq

    return DataFile.from_args(
        content=0,
        file_path=f"file://{path}",
        file_format="PARQUET",
        partition=Record(bucket),
        record_count=pq.read_metadata(path).num_rows,
        file_size_in_bytes=path.stat().st_size,
        sort_order_id=None,
        spec_id=table.spec().spec_id,
        equality_ids=None,
        key_metadata=None,
    )
