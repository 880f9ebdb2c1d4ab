"""What a row is called: its own id, else the hash of its content; equal rows are told apart by a number."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from kundskab.lake.engine import quoted
from kundskab.lake.intake.foreign import Column, Staged
from kundskab.lake.intake.mapping import Mapped
from kundskab.lake.intake.small import count

SORTED_AT_ONCE = 20_000_000  # of 8 bytes each

_LONGEST_SIGN = 50_000  # below the surrogates at 55,296, which are no characters


class RowIds:
    """The ids of all rows of a file. `repeats` (n, k) holds the k-th row of equal name, for k > 1."""

    def __init__(self, staged: Staged, mapped: Mapped, *, any_bad: bool) -> None:
        self._staged = staged
        self._own = mapped.keys.get("event_id")
        self._find_repeats(staged.connection, any_bad)
        self.any_repeated = count(staged.connection, "repeats") > 0

    def plain(self) -> str:
        """SQL of the row's own id, else of its content; equal rows share it."""
        hashed = content_id(self._staged)
        return f"coalesce({self._own}, {hashed})" if self._own else hashed

    def whole(self, k: str) -> str:
        """SQL of the id with which a row is stored.  k: SQL of its number among equal rows, NULL for the first."""
        which = f"{k} > 1 AND {self._own} IS NULL" if self._own else f"{k} > 1"
        return f"{self.plain()} || CASE WHEN {which} THEN '-' || {k} ELSE '' END"

    def repeated(self) -> str | None:
        """SQL of the rows whose own id stood in a row before; None when there are none."""
        if not self._own or not self.any_repeated:
            return None
        return f"SELECT n FROM {self._staged.table} JOIN repeats USING (n) WHERE {self._own} IS NOT NULL"

    def _find_repeats(self, db: duckdb.DuckDBPyConnection, any_bad: bool) -> None:
        """A cheap hash finds the few groups that may be equal; only those are compared by their whole name.

        That hash lives and dies with this import, so it need not be the same in another version of the engine.
        """
        cells = self._own or _cells(self._staged)
        maybe_equal = _met_again(db, f"hash({cells})", self._staged)
        if not len(maybe_equal):
            db.execute("CREATE TEMP TABLE repeats (n BIGINT, k BIGINT)")
            return
        db.register("maybe_equal", pa.table({"h": maybe_equal}))
        # Among rows that share an id of their own, the first good one wins.
        good_first = "(n IN (SELECT n FROM bad)), " if any_bad else ""
        db.execute(
            f"""
            CREATE TEMP TABLE repeats AS SELECT n, k FROM (
                SELECT n, row_number() OVER (PARTITION BY name ORDER BY {good_first}n) AS k
                FROM (SELECT n, {self.plain()} AS name FROM {self._staged.table}
                      WHERE hash({cells}) IN (SELECT h FROM maybe_equal))
            ) WHERE k > 1
            """
        )
        db.unregister("maybe_equal")


def _met_again(db: duckdb.DuckDBPyConnection, hashed: str, staged: Staged) -> pa.Array:
    """The 64-bit hashes that more than one row has. Sorting numbers is half the work of grouping them.

    hashed: SQL of a row's hash.  However long the file, about SORTED_AT_ONCE numbers are held at once.
    """
    shares = max(1, -(-staged.rows // SORTED_AT_ONCE))
    found = []
    for share in range(shares):
        where = f"WHERE h % {shares} = {share}" if shares > 1 else ""
        hashes = db.sql(f"SELECT h FROM (SELECT {hashed} AS h FROM {staged.table}) {where}").to_arrow_table()
        numbers = np.sort(hashes.column("h").to_numpy())
        found.append(np.unique(numbers[1:][numbers[1:] == numbers[:-1]]))
    return pa.array(np.concatenate(found), pa.uint64())


def content_id(staged: Staged) -> str:
    """SQL of 24 hex digits over all cells as they were; the same in every version of the engine.

    Before each cell stands its length as one sign, so that no two rows of different cells give the same text; an
    empty cell has a length, a missing one has none.
    """
    if staged.is_json:
        return "left(md5(line), 24)"
    parts = ", ".join(f"{_length_sign(text)}, {text}" for text in map(_text, staged.columns))
    return f"left(md5(concat({parts})), 24)"


def row_as_json(staged: Staged) -> str:
    """SQL of the whole row as a JSON object under the file's own names."""
    if staged.is_json:
        return "line"
    cells = ", ".join(f"{quoted(column.name)}, {column.sql}" for column in staged.columns)
    return f"json_object({cells})::VARCHAR"


def _length_sign(text: str) -> str:
    # One character costs half of what decimal digits do; a private one marks the rare long cell.
    long = f"chr(57344) || strlen({text}) || '~'"
    sign = f"CASE WHEN strlen({text}) < {_LONGEST_SIGN} THEN chr((strlen({text}) + 2)::INTEGER) ELSE {long} END"
    return f"coalesce({sign}, chr(1))"


def _cells(staged: Staged) -> str:
    return "line" if staged.is_json else ", ".join(column.sql for column in staged.columns)


def _text(column: Column) -> str:
    if column.kind == "VARCHAR":
        return column.sql
    nested = column.kind.endswith("]") or column.kind.startswith(("STRUCT", "MAP"))
    return f"to_json({column.sql})::VARCHAR" if nested else f"{column.sql}::VARCHAR"
