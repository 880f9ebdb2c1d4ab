"""The people of a file: each distinct identifier is put right once, and exchanged for its token by a join."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import duckdb
import pyarrow as pa

from kundskab.lake.intake.foreign import Staged
from kundskab.lake.intake.mapping import IDENTIFIER_KEYS, Mapped
from kundskab.lake.intake.small import count

_BATCH = 10_000


class Names:
    """Tables `names_<key>`: raw -> value, NULL where a text names nobody; later `tokens_<key>`: raw -> token."""

    def __init__(self, staged: Staged, mapped: Mapped) -> None:
        self.notes: list[str] = []
        self._staged = staged
        self._mapped = mapped
        self._db: duckdb.DuckDBPyConnection = staged.connection
        self._nobodies: set[str] = set()  # keys with texts that name nobody
        for key in mapped.names:
            self._spell(key)

    def missing(self) -> str:
        """SQL that is true where a row names nobody at all."""
        return " AND ".join(f"({self._nobody(key)})" for key in self._mapped.names)

    def identifiers(self, kind: str, *, good: str, any_bad: bool) -> pa.Array:
        """The distinct identifiers of good rows, strings in no order.  good: SQL of the rows that are no bad ones."""
        key = next(key for key, its_kind in IDENTIFIER_KEYS.items() if its_kind == kind)
        if key not in self._mapped.names:
            return pa.array([], pa.string())
        # A name that only bad rows bear needs no token; nor does an e-mail beside a better name.
        better = [f"({self._nobody(other)})" for other in self._mapped.names if other != key] if key == "email" else []
        where = f"WHERE {' AND '.join(better)}" if better else ""
        bearers = f"SELECT {self._raw(key)} FROM {good} {where}"
        needed = f"AND raw IN ({bearers})" if any_bad or better else ""
        found = self._db.sql(
            f"SELECT DISTINCT value FROM names_{key} WHERE value IS NOT NULL {needed}"
        ).to_arrow_table()
        values: pa.Array = found.column("value").cast(pa.string()).combine_chunks()
        return values

    def pairs(self, good: str) -> Iterator[list[tuple[str, str, datetime]]]:
        """(user id, anonymous id, first time) of good rows that name both: they are one person."""
        if not {"actor", "device"} <= self._mapped.names.keys():
            return
        found = self._db.execute(
            f"""
            SELECT a.value, d.value, min({self._mapped.keys["occurred_at"]})
            FROM {good} t JOIN names_actor a ON a.raw = {self._raw("actor")}
                 JOIN names_device d ON d.raw = {self._raw("device")}
            WHERE a.value IS NOT NULL AND d.value IS NOT NULL GROUP BY 1, 2
            """
        )
        while rows := found.fetchmany(_BATCH):
            yield rows

    def take(self, tokens: Mapping[str, tuple[pa.Array, pa.Array]]) -> None:
        """Put the tokens in the place of the values, once.  tokens: identifier kind -> (identifiers, their tokens)."""
        for key in self._mapped.names:
            values, given = tokens.get(IDENTIFIER_KEYS[key], (pa.array([], pa.string()), pa.array([], pa.string())))
            self._db.register("given", pa.table({"value": values, "token": given}))
            self._db.execute(
                f"CREATE TEMP TABLE tokens_{key} AS SELECT raw, token FROM names_{key} JOIN given USING (value)"
            )
            self._db.unregister("given")
            self._db.execute(f"DROP TABLE names_{key}")  # its memory is wanted for writing

    def joined(self) -> str:
        """SQL of the staged rows beside their tokens."""
        joins = (f" LEFT JOIN tokens_{key} ON tokens_{key}.raw = {self._raw(key)}" for key in self._mapped.names)
        return f"{self._staged.table} t{''.join(joins)}"

    def actor(self) -> str:
        """SQL of the token of the best name a row has."""
        found = [f"tokens_{key}.token" for key in IDENTIFIER_KEYS if key in self._mapped.names]
        return f"coalesce({', '.join(found)})" if len(found) > 1 else found[0]

    def device(self) -> str | None:
        """SQL of the token of the device beside a user; None where the file cannot say both."""
        if not {"actor", "device"} <= self._mapped.names.keys():
            return None
        return "CASE WHEN tokens_actor.token IS NOT NULL THEN tokens_device.token END"

    def _spell(self, key: str) -> None:
        value = self._mapped.names[key][1]
        self._db.execute(
            f"CREATE TEMP TABLE names_{key} AS SELECT raw, {value} AS value "
            f"FROM (SELECT DISTINCT {self._raw(key)} AS raw FROM {self._staged.table}) WHERE raw IS NOT NULL"
        )
        if self._counts_from_zero(key):
            self._db.execute(f"UPDATE names_{key} SET value = '0' WHERE trim(raw) = '0'")
            self.notes.append(f"The people of {key} are numbered from 0, so 0 was read as one of them.")
        if count(self._db, f"names_{key} WHERE value IS NULL"):
            self._nobodies.add(key)

    def _counts_from_zero(self, key: str) -> bool:
        """0 names nobody, unless it stands in a row with 1 and 2 and is not suspiciously busy."""
        if not count(self._db, f"names_{key} WHERE trim(raw) = '0' AND value IS NULL"):
            return False
        if count(self._db, f"names_{key} WHERE value IN ('1', '2')") < 2:
            return False
        return count(self._db, f"{self._staged.table} WHERE trim({self._raw(key)}) = '0'") <= self._staged.rows / 4

    def _nobody(self, key: str) -> str:
        """SQL that is true where the key's cell names nobody."""
        raw, missing = self._raw(key), f"{self._raw(key)} IS NULL"
        if key not in self._nobodies:
            return missing  # spares a look-up a row
        return f"{missing} OR {raw} IN (SELECT raw FROM names_{key} WHERE value IS NULL)"

    def _raw(self, key: str) -> str:
        return self._mapped.names[key][0]
