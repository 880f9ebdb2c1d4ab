"""PyIceberg's own catalog in one SQLite file, without the work it does over and over.

It reads and parses a table's metadata anew for every question, though such a file never changes, and a transaction
copies the whole of it (every snapshot, every property) a dozen times for one commit. Both cost more than the commit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.typedef import Identifier
from sqlalchemy import event

from kundskab.lake.fileio import local_path
from kundskab.types import KundskabError


class LocalCatalog(SqlCatalog):
    """One workspace's tables: a row each, which names the newest metadata file. Safe to share between threads."""

    def __init__(self, folder: Path, warehouse: Path) -> None:
        self._loaded: dict[str, Table] = {}  # name -> as it was read last
        self._warehouse = warehouse.resolve()
        super().__init__(
            "kundskab",
            **{
                "uri": f"sqlite:///{folder.resolve() / 'catalog.sqlite'}",
                "warehouse": f"file://{warehouse.resolve()}",
                "py-io-impl": "kundskab.lake.fileio.DurableFileIO",
            },
        )
        self.engine.dispose()
        event.listen(self.engine, "connect", _durable)

    def load_table(self, identifier: str | Identifier) -> Table:
        """The table as of its newest commit; its file is read again only when another one has been committed.

        Raises KundskabError where it lies elsewhere: in a moved or copied folder, which else would read, and write,
        what the other one has.
        """
        namespace, name = Catalog.namespace_from(identifier), Catalog.table_name_from(identifier)
        location = self.location_of(Catalog.namespace_to_string(namespace), name)
        if location is None:
            raise NoSuchTableError(f"Table does not exist: {identifier}")
        known = self._loaded.get(name)
        if known is None or known.metadata_location != location:
            self._refuse_elsewhere(location)
            self._loaded[name] = known = super().load_table(identifier)
        # A handle of its own: a commit through it moves the handle, and nobody else's.
        return _Table(known.name(), known.metadata, known.metadata_location, known.io, self)

    def _refuse_elsewhere(self, location: str) -> None:
        there = local_path(location)
        if not there.is_relative_to(self._warehouse):
            made_in = there.parents[4]  # of lake/warehouse/kundskab/<table>/metadata/<file>
            raise KundskabError(
                f"This lake was made in {made_in} and knows its files by that path; put the folder back there, or "
                "restore its backup there."
            )

    def location_of(self, namespace: str, name: str) -> str | None:
        """Where the newest metadata of a table lies; None when there is no such table."""
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT metadata_location FROM iceberg_tables"
                " WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?",
                (self.name, namespace, name),
            ).scalar()
        return None if found is None else str(found)


class _Table(Table):
    def transaction(self) -> Transaction:
        return _Transaction(self)


class _Transaction(Transaction):
    """Works out the table as it will be once for each change, not for each question."""

    _worked_out: tuple[TableMetadata, tuple[Any, ...], TableMetadata] | None = None  # of what, with what, the outcome

    @property
    def table_metadata(self) -> TableMetadata:
        now, updates = self._table.metadata, self._updates
        if not updates:
            return now  # nothing writes into it: changes are made on copies
        if self._worked_out is None or self._worked_out[0] is not now or self._worked_out[1] is not updates:
            self._worked_out = now, updates, super().table_metadata
        return self._worked_out[2]


def _durable(connection: Any, _: object) -> None:
    # WAL with FULL lost no acknowledged commit in simulated power cuts; the rollback journal lost one in eight.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=30000")
