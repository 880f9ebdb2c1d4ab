"""The lake's tables: open, append, replace files, state. Every commit is durable before it is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.io.pyarrow import parquet_file_to_data_file
from pyiceberg.manifest import DataFile
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.typedef import Identifier

from kundskab.lake.catalog import LocalCatalog
from kundskab.lake.fileio import local_path, sync_file
from kundskab.lake.migrations import VERSION, migrate
from kundskab.lake.schema import PROPERTIES, TABLES, arrow_schema
from kundskab.lake.state import LakeState

NAMESPACE = "kundskab"


class Lake:
    """One workspace's tables on local disk. Many may read; whoever writes holds the workspace's writer lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = folder / "warehouse"
        self.warehouse.mkdir(parents=True, exist_ok=True)
        self._catalog = LocalCatalog(folder, self.warehouse)
        self._planned: dict[Identifier, tuple[str, tuple[DataFile, ...]]] = {}  # table -> metadata file, what it names

    @classmethod
    def open(cls, folder: Path) -> Lake:
        """Open the lake, creating its tables when new. A lake of a newer program is refused in one sentence."""
        lake = cls(folder)
        for name, schema in TABLES.items():
            if lake._catalog.location_of(NAMESPACE, name) is None:  # else each opening would leave a file behind
                lake._catalog.create_namespace_if_not_exists(NAMESPACE)
                lake._catalog.create_table_if_not_exists(f"{NAMESPACE}.{name}", schema, properties=PROPERTIES)
        migrate(lake)
        return lake

    def table(self, name: str) -> Table:
        return self._catalog.load_table(f"{NAMESPACE}.{name}")

    def make(self, name: str, schema: Schema, properties: Mapping[str, str]) -> Table:
        """A table that a lake need not have from the beginning; the one there is when somebody made it meanwhile."""
        return self._catalog.create_table_if_not_exists(f"{NAMESPACE}.{name}", schema, properties=dict(properties))

    def set_schema_version(self, version: int) -> None:
        with self.table("events").transaction() as transaction:
            transaction.set_properties({VERSION: str(version)})

    def state(self, table: Table | None = None) -> LakeState:
        """Positions and books as of the newest commit."""
        snapshot = (table or self.table("events")).current_snapshot()
        if snapshot is None or snapshot.summary is None:
            return LakeState()
        return LakeState.from_summary(snapshot.summary.additional_properties)

    def new_file(self, stem: str, table: str = "events") -> Path:
        """A path for a data file that no commit names yet; the sweep removes it if none ever does."""
        folder = local_path(self.table(table).location()) / "data"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{stem}-{uuid4().hex}.parquet"

    def write(self, rows: pa.Table, stem: str, table: str = "events") -> Path:
        """Write rows (in the table's schema) as one durable Parquet file; not yet part of the table."""
        path = self.new_file(stem, table)
        pq.write_table(
            rows.cast(arrow_schema(table)), path, compression="zstd", row_group_size=122_880, write_page_checksum=True
        )
        sync_file(path)
        return path

    def commit(self, files: Sequence[Path], state: LakeState) -> None:
        """Add finished files to the events table together with the state; all or nothing."""
        table = self.table("events")
        with (
            table.transaction() as transaction,
            transaction.update_snapshot(snapshot_properties=state.to_summary()).fast_append() as append,
        ):
            for path in files:
                append.append_data_file(parquet_file_to_data_file(table.io, table.metadata, str(path)))

    def exchange(self, old: Iterable[DataFile], new: Sequence[Path]) -> None:
        """Put new files in the place of old ones; the state is carried over unchanged."""
        table = self.table("events")
        summary = self.state(table).to_summary()
        with (
            table.transaction() as transaction,
            transaction.update_snapshot(snapshot_properties=summary).overwrite() as overwrite,
        ):
            for data_file in old:
                overwrite.delete_data_file(data_file)
            for path in new:
                overwrite.append_data_file(parquet_file_to_data_file(table.io, table.metadata, str(path)))

    def data_files(self, table: Table | None = None) -> list[DataFile]:
        """The data files of a table's newest snapshot; None: of events. Planned once for each commit."""
        table = table or self.table("events")
        name, location = table.name(), table.metadata_location
        known = self._planned.get(name)
        if known is None or known[0] != location:
            self._planned[name] = known = location, tuple(_named(table))
        return list(known[1])

    def replace_objects(self, rows: pa.Table) -> None:
        """Store the whole object catalogue anew (it is small)."""
        table, rows = self.table("objects"), rows.cast(arrow_schema("objects"))
        if table.current_snapshot() is None:
            table.append(rows)
        else:
            table.overwrite(rows)

    def objects(self) -> pa.Table:
        """The object catalogue: object, name, category, valid_from, source, properties."""
        return self.table("objects").scan().to_arrow().cast(arrow_schema("objects"))

    def snapshot_id(self) -> int:
        """The newest commit of events; 0 before the first."""
        snapshot = self.table("events").current_snapshot()
        return 0 if snapshot is None else snapshot.snapshot_id

    def committed_at(self) -> datetime | None:
        """When the newest commit of events was made; None before the first."""
        snapshot = self.table("events").current_snapshot()
        return None if snapshot is None else datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC)

    def objects_stamp(self) -> int:
        """A number that changes with the catalogue."""
        snapshot = self.table("objects").current_snapshot()
        return 0 if snapshot is None else snapshot.snapshot_id

    def close(self) -> None:
        self._catalog.engine.dispose()


def _named(table: Table) -> Iterator[DataFile]:
    """The files of the newest snapshot. Not by a scan: that leaves out files without rows, which say "nothing"."""
    snapshot = table.current_snapshot()
    for manifest in snapshot.manifests(table.io) if snapshot else ():
        for entry in manifest.fetch_manifest_entry(table.io):
            yield entry.data_file
