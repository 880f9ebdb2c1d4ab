"""Mapped rows of a foreign file: checked, named, held against what is there, and written for the lake. All set-wise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from kundskab.lake.engine import quoted
from kundskab.lake.intake.checking import BadRow, bad_rows, find_bad, reasons
from kundskab.lake.intake.foreign import Staged
from kundskab.lake.intake.mapping import EVENT_KEYS, Mapped, Rules, compile_mapping, require_event
from kundskab.lake.intake.names import Names
from kundskab.lake.intake.naming import RowIds
from kundskab.lake.intake.small import count
from kundskab.lake.intake.writing import Stamp, write_rows
from kundskab.lake.reader import parquet


@dataclass(frozen=True, slots=True)
class Written:
    """files: durable, not yet part of any table.  rows = stored + duplicates + refused + the bad ones."""

    files: tuple[Path, ...]
    stored: int
    duplicates: int
    refused: int


class Rows:
    """A staged file under a mapping. Call `identifiers`, then `write`; `bad_rows` at any time."""

    def __init__(self, staged: Staged, mapping: Mapping[str, str], *, keep: str | Sequence[str], rules: Rules) -> None:
        """Checks every row at once. Raises KundskabError for a mapping that cannot be."""
        require_event(mapping)
        self.staged = staged
        self.mapped: Mapped = compile_mapping(staged, mapping, keys=EVENT_KEYS, keep=keep, rules=rules)
        self._db: duckdb.DuckDBPyConnection = staged.connection
        self._names = Names(staged, self.mapped)
        find_bad(staged, self.mapped, rules, nobody=self._names.missing())
        self._any_bad = count(self._db, "bad") > 0
        self._ids = RowIds(staged, self.mapped, any_bad=self._any_bad)
        self._db.execute("CREATE TEMP TABLE skipped AS SELECT n FROM bad")

    @property
    def notes(self) -> tuple[str, ...]:
        """What was guessed while reading, a sentence each."""
        return (*self.mapped.notes, *self._names.notes)

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows are bad, by reason."""
        return reasons(self._db)

    def identifiers(self, kind: str) -> pa.Array:
        """The distinct identifiers of good rows, strings in no order. kind: "user_id", "anonymous_id" or "email"."""
        return self._names.identifiers(kind, good=self._good(), any_bad=self._any_bad)

    def pairs(self) -> Iterator[list[tuple[str, str, datetime]]]:
        """(user id, anonymous id, first time) of good rows that name both: they are one person."""
        return self._names.pairs(self._good())

    def bad_rows(self) -> Iterator[list[BadRow]]:
        """Every bad row, a batch at a time."""
        return bad_rows(self.staged, self._ids.whole("r.k"))

    def write(
        self,
        path: Path,
        *,
        tokens: Mapping[str, tuple[pa.Array, pa.Array]],
        stamp: Stamp,
        lake_files: Sequence[Path] = (),
        refused: pa.Array | None = None,
    ) -> Written:
        """Write the rows that are new as one Parquet file in the lake's columns and the file's order; it is on disk.

        path: written only when there are new rows.  tokens: kind -> (identifiers, their tokens).  lake_files: where
        rows of this source may be already.  refused: tokens whose rows must not be kept.
        """
        self._names.take(tokens)
        duplicates = self._skip(self._ids.repeated()) + self._skip(self._known(stamp.source, lake_files))
        denied = self._skip(self._denied(refused))
        skipped = count(self._db, "skipped")
        stored = self.staged.rows - self.staged.bad_lines - skipped
        if stored:
            write_rows(self._db, path, self.mapped, self._names, self._ids, stamp, stored=stored, skipping=skipped > 0)
        return Written((path,) if stored else (), stored, duplicates, denied)

    def _known(self, source: str, lake_files: Sequence[Path]) -> str | None:
        if not lake_files:
            return None
        return f"""
            SELECT n FROM (SELECT n, {self._ids.whole("r.k")} AS event_id FROM {self.staged.table}
                           LEFT JOIN repeats r USING (n))
            SEMI JOIN (SELECT event_id FROM {parquet(lake_files)} WHERE source = {quoted(source)}) USING (event_id)
        """

    def _denied(self, refused: pa.Array | None) -> str | None:
        if refused is None or not len(refused):
            return None
        self._db.register("refused_tokens", pa.table({"token": refused}))
        return (
            f"SELECT n FROM (SELECT n, {self._names.actor()} AS actor FROM {self._names.joined()}) "
            "WHERE actor IN (SELECT token FROM refused_tokens)"
        )

    def _skip(self, select: str | None) -> int:
        """Leave these rows out; returns how many were not left out before."""
        if select is None:
            return 0
        before = count(self._db, "skipped")
        self._db.execute(f"INSERT INTO skipped SELECT n FROM ({select}) WHERE n NOT IN (SELECT n FROM skipped)")
        return count(self._db, "skipped") - before

    def _good(self) -> str:
        return f"{self.staged.table} ANTI JOIN bad USING (n)" if self._any_bad else self.staged.table
