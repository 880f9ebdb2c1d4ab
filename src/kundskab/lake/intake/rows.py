"""Mapped rows of a foreign file: checked, named, held against what is there, and written for the lake. All set-wise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kundskab.lake.engine import quoted
from kundskab.lake.fileio import sync_file
from kundskab.lake.intake.mapping import (
    EVENT_KEYS,
    IDENTIFIER_KEYS,
    ITEM_TYPE,
    NUMBER_KEYS,
    TEXT_KEYS,
    Mapped,
    Rules,
    compile_mapping,
    require_event,
)
from kundskab.lake.intake.naming import content_id, row_as_json
from kundskab.lake.intake.staging import Staged, refuse_full_disk
from kundskab.lake.reader import parquet
from kundskab.lake.schema import arrow_schema, field_ids

PART_ROWS = 2_500_000  # each part reads the staged file once more; fewer and larger ones would spill when sorted
ROW_GROUP_ROWS = 122_880
_BATCH = 10_000

_HELP = {
    "no_actor": "The row does not say who did it; fill the actor's column, or map another one.",
    "bad_time": "The time could not be read; write it as 2026-01-31T08:15:00Z, or map occurred_at with parse_time.",
    "future_time": "The time lies more than 24 hours ahead; put it right.",
    "no_action": "The row does not say what was done; fill the action's column, or map a constant such as ='purchase'.",
    "bad_value": "A cell that should be a number is none, or it is too large; write it as 1234.50.",
}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot become an event. body: the row as JSON, or the line as it was."""

    row_number: int
    event_id: str
    reason: str
    help: str
    body: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all rows of one import share."""

    source: str
    permission: int
    received_at: datetime
    first_seq: int
    journal: str = "import"


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
        self.staged = staged
        require_event(mapping)
        self.mapped: Mapped = compile_mapping(staged, mapping, keys=EVENT_KEYS, keep=keep, rules=rules)
        self.notes = list(self.mapped.notes)
        self._db: duckdb.DuckDBPyConnection = staged.connection
        self._spell_names()
        self._check(rules)
        self._name_rows()

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows are bad, by reason."""
        counted = self._db.execute(
            "SELECT reason, count(*) FROM (SELECT reason FROM bad UNION ALL SELECT reason FROM bad_lines) GROUP BY 1"
        ).fetchall()
        return dict(sorted(counted))

    def identifiers(self, kind: str) -> pa.Array:
        """The distinct identifiers of good rows, strings in no order. kind: "user_id", "anonymous_id" or "email"."""
        key = next(key for key, its_kind in IDENTIFIER_KEYS.items() if its_kind == kind)
        if key not in self.mapped.names:
            return pa.array([], pa.string())
        # A name that only bad rows bear needs no token; nor does an e-mail beside a better name.
        better = [f"({self._nobody(other)})" for other in self.mapped.names if other != key] if key == "email" else []
        where = f"WHERE {' AND '.join(better)}" if better else ""
        bearers = f"SELECT {self.mapped.names[key][0]} FROM {self._good()} {where}"
        needed = f"AND raw IN ({bearers})" if self._has_bad or better else ""
        found = self._db.sql(
            f"SELECT DISTINCT value FROM names_{key} WHERE value IS NOT NULL {needed}"
        ).to_arrow_table()
        values: pa.Array = found.column("value").cast(pa.string()).combine_chunks()
        return values

    def pairs(self) -> Iterator[list[tuple[str, str, datetime]]]:
        """(user id, anonymous id, first time) of good rows that name both: they are one person."""
        if not {"actor", "device"} <= self.mapped.names.keys():
            return
        found = self._db.execute(
            f"""
            SELECT a.value, d.value, min({self.mapped.keys["occurred_at"]})
            FROM {self._good()} t JOIN names_actor a ON a.raw = {self.mapped.names["actor"][0]}
                 JOIN names_device d ON d.raw = {self.mapped.names["device"][0]}
            WHERE a.value IS NOT NULL AND d.value IS NOT NULL GROUP BY 1, 2
            """
        )
        while rows := found.fetchmany(_BATCH):
            yield rows

    def bad_rows(self) -> Iterator[list[BadRow]]:
        """Every bad row, a batch at a time."""
        found = self._db.execute(
            f"""
            SELECT n, {self._event_id("r.k")} AS event_id, reason, NULL AS help, {row_as_json(self.staged)} AS body
            FROM {self.staged.table} t JOIN bad USING (n) LEFT JOIN repeats r USING (n)
            UNION ALL
            SELECT n, left(md5(coalesce(body, '')), 24) || CASE WHEN k > 1 THEN '-' || k ELSE '' END, reason, help, body
            FROM (SELECT *, row_number() OVER (PARTITION BY body ORDER BY n) AS k FROM bad_lines)
            """
        )
        while rows := found.fetchmany(_BATCH):
            yield [BadRow(n, name, why, text or _HELP[why], body or "") for n, name, why, text, body in rows]

    def write(
        self,
        new_file: Callable[[int, int], Path],
        *,
        tokens: Mapping[str, tuple[pa.Array, pa.Array]],
        stamp: Stamp,
        lake_files: Sequence[Path] = (),
        refused: pa.Array | None = None,
    ) -> Written:
        """Write the rows that are new as Parquet files in the lake's columns, sorted by actor; each is on disk.

        new_file: (part, of how many) -> path.  tokens: kind -> (identifiers, their tokens).  lake_files: where rows
        of this source may be already.  refused: tokens whose rows must not be kept.
        """
        self._take_tokens(tokens)
        duplicates = self._skip_repeated_ids() + self._skip_known(stamp.source, lake_files)
        denied = self._skip_refused(refused)
        skipped = self._count("skipped")
        stored = self.staged.rows - self.staged.bad_lines - skipped
        try:
            files = self._write_parts(new_file, stamp, stored, bool(skipped)) if stored else []
        except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as error:
            refuse_full_disk(error)
            raise
        return Written(tuple(files), stored, duplicates, denied)

    # --- checking and naming

    def _spell_names(self) -> None:
        """Put each distinct identifier right once: `names_<key>` gives raw -> value, NULL when it names nobody."""
        for key, (raw, value) in self.mapped.names.items():
            self._db.execute(
                f"CREATE TEMP TABLE names_{key} AS SELECT raw, {value} AS value "
                f"FROM (SELECT DISTINCT {raw} AS raw FROM {self.staged.table}) WHERE raw IS NOT NULL"
            )
            if self._counts_from_zero(key):
                self._db.execute(f"UPDATE names_{key} SET value = '0' WHERE trim(raw) = '0'")
                self.notes.append(f"The people of {key} are numbered from 0, so 0 was read as one of them.")
            self._db.execute(f"CREATE TEMP TABLE nobody_{key} AS SELECT raw FROM names_{key} WHERE value IS NULL")

    def _counts_from_zero(self, key: str) -> bool:
        """0 names nobody, unless it stands in a row with 1 and 2 and is not suspiciously busy."""
        if not self._count(f"names_{key} WHERE trim(raw) = '0' AND value IS NULL"):
            return False
        if self._count(f"names_{key} WHERE value IN ('1', '2')") < 2:
            return False
        return self._count(f"{self.staged.table} WHERE trim({self.mapped.names[key][0]}) = '0'") <= self.staged.rows / 4

    def _nobody(self, key: str) -> str:
        """SQL that is true where the key's cell names nobody."""
        raw = self.mapped.names[key][0]
        return f"{raw} IS NULL OR {raw} IN (SELECT raw FROM nobody_{key})"

    def _check(self, rules: Rules) -> None:
        get = self.mapped.get
        nobody = " AND ".join(f"({self._nobody(key)})" for key in self.mapped.names)
        self._db.execute(
            f"""
            CREATE TEMP TABLE bad AS SELECT n, reason FROM (
                SELECT n, CASE WHEN {nobody} THEN 'no_actor'
                    WHEN occurred_at IS NULL OR occurred_at < $earliest::TIMESTAMPTZ THEN 'bad_time'
                    WHEN occurred_at > $latest::TIMESTAMPTZ THEN 'future_time'
                    WHEN action IS NULL THEN 'no_action'
                    WHEN {self.mapped.bad_number} THEN 'bad_value' END AS reason
                FROM (SELECT *, {get("occurred_at", "TIMESTAMPTZ")} AS occurred_at, {get("action", "VARCHAR")} AS action
                      FROM {self.staged.table})
            ) WHERE reason IS NOT NULL
            """,
            {"earliest": rules.earliest, "latest": rules.latest},
        )
        self._has_bad = self._count("bad") > 0
        self._db.execute("CREATE TEMP TABLE skipped AS SELECT n FROM bad")

    def _name_rows(self) -> None:
        """Find rows of equal name: `repeats` gives the k-th such row its k, for k > 1.

        A cheap hash finds the few groups that may be equal; only those are compared by their whole name. That hash
        lives and dies with this import, so it need not be the same in another version of the engine.
        """
        cells = self.mapped.keys.get("event_id") or self._cells_for_hash()
        self._db.execute(
            f"CREATE TEMP TABLE maybe_equal AS SELECT hash({cells}) AS h FROM {self.staged.table} "
            "GROUP BY 1 HAVING count(*) > 1"
        )
        if not self._count("maybe_equal"):
            self._db.execute("CREATE TEMP TABLE repeats (n BIGINT, k BIGINT)")
            return
        # Among rows that share an id of their own, the first good one wins.
        good_first = "(n IN (SELECT n FROM bad)), " if self._has_bad else ""
        self._db.execute(
            f"""
            CREATE TEMP TABLE repeats AS SELECT n, k FROM (
                SELECT n, row_number() OVER (PARTITION BY name ORDER BY {good_first}n) AS k
                FROM (SELECT n, {self._plain_id()} AS name FROM {self.staged.table}
                      WHERE hash({cells}) IN (SELECT h FROM maybe_equal))
            ) WHERE k > 1
            """
        )

    def _cells_for_hash(self) -> str:
        return "line" if self.staged.is_json else ", ".join(column.sql for column in self.staged.columns)

    def _plain_id(self) -> str:
        """SQL of the row's own id, else of its content."""
        own, hashed = self.mapped.keys.get("event_id"), content_id(self.staged)
        return f"coalesce({own}, {hashed})" if own else hashed

    def _event_id(self, k: str) -> str:
        own = self.mapped.keys.get("event_id")
        which = f"{k} > 1 AND {own} IS NULL" if own else f"{k} > 1"
        return f"{self._plain_id()} || CASE WHEN {which} THEN '-' || {k} ELSE '' END"

    # --- leaving out

    def _skip_repeated_ids(self) -> int:
        own = self.mapped.keys.get("event_id")
        if not own or not self._count("repeats"):
            return 0
        return self._skip(f"SELECT n FROM {self.staged.table} JOIN repeats USING (n) WHERE {own} IS NOT NULL")

    def _skip_known(self, source: str, lake_files: Sequence[Path]) -> int:
        if not lake_files:
            return 0
        return self._skip(
            f"""
            SELECT n FROM (SELECT n, {self._event_id("r.k")} AS event_id FROM {self.staged.table}
                           LEFT JOIN repeats r USING (n))
            SEMI JOIN (SELECT event_id FROM {parquet(lake_files)} WHERE source = {quoted(source)}) USING (event_id)
            """
        )

    def _skip_refused(self, refused: pa.Array | None) -> int:
        if refused is None or not len(refused):
            return 0
        self._db.register("refused_tokens", pa.table({"token": refused}))
        return self._skip(
            f"SELECT n FROM (SELECT n, {self._actor()} AS actor FROM {self._with_tokens()}) "
            "WHERE actor IN (SELECT token FROM refused_tokens)"
        )

    def _skip(self, select: str) -> int:
        before = self._count("skipped")
        self._db.execute(f"INSERT INTO skipped SELECT n FROM ({select}) WHERE n NOT IN (SELECT n FROM skipped)")
        return self._count("skipped") - before

    # --- writing

    def _take_tokens(self, tokens: Mapping[str, tuple[pa.Array, pa.Array]]) -> None:
        for key in self.mapped.names:
            values, given = tokens.get(IDENTIFIER_KEYS[key], (pa.array([], pa.string()), pa.array([], pa.string())))
            self._db.register("given", pa.table({"value": values, "token": given}))
            self._db.execute(
                f"CREATE TEMP TABLE tokens_{key} AS SELECT raw, token FROM names_{key} JOIN given USING (value)"
            )
            self._db.unregister("given")

    def _write_parts(
        self, new_file: Callable[[int, int], Path], stamp: Stamp, stored: int, skipping: bool
    ) -> list[Path]:
        files = []
        ranges = _token_ranges(-(-stored // PART_ROWS))
        varying = self._varying()
        columns = ", ".join(
            name if name in varying else f"{self._constant(name, stamp)} AS {name}" for name in arrow_schema().names
        )
        for part, condition in enumerate(ranges):
            path = new_file(part, len(ranges))
            # Only what differs from row to row is sorted; the constants are put beside it afterwards.
            self._db.execute(
                f"""
                COPY (SELECT {columns} FROM ({self._select(varying, condition, skipping)}))
                TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1,
                    ROW_GROUP_SIZE {ROW_GROUP_ROWS}, FIELD_IDS {field_ids()})
                """
            )
            sync_file(path)
            files.append(path)
        assert sum(pq.read_metadata(path).num_rows for path in files) == stored, "rows went missing while writing"
        return files

    def _varying(self) -> dict[str, str]:
        """Lake column -> SQL, for those that this file fills."""
        varying = {
            "event_id": self._event_id("r.k") if self._count("repeats") else self._plain_id(),
            "actor": self._actor(),
            "original_timestamp": self.mapped.original_timestamp,
        }
        if {"actor", "device"} <= self.mapped.names.keys():
            varying["device"] = "CASE WHEN token_actor.token IS NOT NULL THEN token_device.token END"
        if self.mapped.properties != "'{}'":
            varying["properties"] = self.mapped.properties
        keys = (*TEXT_KEYS, *NUMBER_KEYS, "items", "occurred_at")
        return varying | {key: self.mapped.keys[key] for key in keys if key in self.mapped.keys}

    def _select(self, varying: Mapping[str, str], condition: str, skipping: bool) -> str:
        repeats = "LEFT JOIN repeats r USING (n)" if self._count("repeats") else ""
        return f"""
            SELECT * FROM (
                SELECT n, {", ".join(f"{sql} AS {name}" for name, sql in varying.items())}
                FROM {self._with_tokens()} {repeats} {"ANTI JOIN skipped USING (n)" if skipping else ""})
            WHERE {condition} ORDER BY actor, occurred_at
        """

    def _constant(self, name: str, stamp: Stamp) -> str:
        constants = {
            "received_at": f"{quoted(stamp.received_at.isoformat())}::TIMESTAMPTZ",
            "ingested_seq": f"{stamp.first_seq - 1} + n",
            "source": quoted(stamp.source),
            "permission": f"{stamp.permission}::INTEGER",
            "properties": "'{}'",
            "journal": quoted(stamp.journal),
            "position": "n",
        }
        kinds = {"quantity": "DOUBLE", "value": "DECIMAL(18,4)", "items": ITEM_TYPE, "sent_at": "TIMESTAMPTZ"}
        return constants.get(name, f"NULL::{kinds.get(name, 'VARCHAR')}")

    def _with_tokens(self) -> str:
        joins = (
            f" LEFT JOIN tokens_{key} token_{key} ON token_{key}.raw = {raw}"
            for key, (raw, _) in self.mapped.names.items()
        )
        return f"{self.staged.table} t{''.join(joins)}"

    def _actor(self) -> str:
        """The token of the best name a row has."""
        found = [f"token_{key}.token" for key in IDENTIFIER_KEYS if key in self.mapped.names]
        return f"coalesce({', '.join(found)})" if len(found) > 1 else found[0]

    # --- small things

    def _good(self) -> str:
        return f"{self.staged.table} ANTI JOIN bad USING (n)" if self._has_bad else self.staged.table

    def _count(self, table: str) -> int:
        ((count,),) = self._db.execute(f"SELECT count(*) FROM {table}").fetchall()
        return int(count)


def _token_ranges(parts: int) -> list[str]:
    """Conditions that cut the tokens into 1, 2, 4 .. 32 even ranges, the first power of two that gives `parts`."""
    if parts <= 1:
        return ["true"]
    count = 1
    while count < min(parts, len(_ALPHABET)):
        count *= 2
    step = len(_ALPHABET) // count
    edges = [_ALPHABET[i * step] for i in range(1, count)]
    lows = [None, *edges]
    highs = [*edges, None]
    return [
        " AND ".join(filter(None, [low and f"actor >= {quoted(low)}", high and f"actor < {quoted(high)}"]))
        for low, high in zip(lows, highs, strict=True)
    ]


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # as tokens are written
