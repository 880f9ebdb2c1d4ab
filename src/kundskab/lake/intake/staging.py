"""A foreign file, read once into Parquet: every cell as it was, columns by number, bad lines apart.

Columns are called c0, c1, ... in here, so that no name in a file can meet one of ours or end up in an SQL text.
`n` is the row's number in the file, from 1, header and blank lines not counted.
"""

from __future__ import annotations

import codecs
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from errno import ENOSPC
from pathlib import Path
from uuid import uuid4

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from kundskab.lake.engine import connect, quoted
from kundskab.lake.intake.formats import Layout, look
from kundskab.types import KundskabError

MEMORY_LIMIT = "1000MB"
MAX_LINE_BYTES = 2_000_000
MAX_KEYS = 1_000  # JSON keys that become columns; rarer ones stay in the line and so in properties
MAX_DEPTH = 32
WORK_FOLDER = "intake"
_CHUNK = 1 << 20
_HEAD_BYTES = 4 << 20

_WHY = {
    "MISSING COLUMNS": ("missing_cells", "The line has fewer cells than the header; add the missing delimiters."),
    "TOO MANY COLUMNS": ("extra_cells", "The line has more cells than the header; quote cells that hold a delimiter."),
    "UNQUOTED VALUE": ("bad_quotes", "A quote is not closed, or stands in the middle; double the quotes in a cell."),
    "LINE SIZE OVER MAXIMUM": ("too_large", "The line is longer than 2 MB; shorten it."),
    "INVALID ENCODING": ("bad_encoding", "The line is not UTF-8; save the file as UTF-8."),
}
_BAD_JSON = ("bad_json", "The line is not one JSON object; write one object a line, without NaN or Infinity.")
_NOT_AN_OBJECT = ("not_an_object", "The line is JSON but not an object; write one object a line.")
_TOO_DEEP = ("too_deep", f"The line nests deeper than {MAX_DEPTH} levels; flatten it.")
_BAD_WIDTH = ("bad_width", "The line has another number of cells than the header.")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a foreign file.  sql: its name in here.  kind: what DuckDB takes it for ("VARCHAR" in text)."""

    name: str
    sql: str
    kind: str


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is read.  table: SQL giving n, c0, c1, ... (and `line`, the whole object, for JSON).

    rows = the good lines in `table` + the bad lines in the temporary table `bad_lines` (n, reason, help, body).
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path
    layout: Layout
    columns: tuple[Column, ...]
    table: str
    rows: int
    bad_lines: int

    @property
    def is_json(self) -> bool:
        """A row is one JSON object, kept whole in the column `line`."""
        return self.layout.kind in ("json_lines", "json_array")


@contextmanager
def staged(path: Path, run_folder: Path, *, timezone: str = "UTC") -> Iterator[Staged]:
    """Read a file of any size in bounded memory; its working folder under `run_folder` goes in the end.

    timezone: of times that do not say theirs.  Raises KundskabError, with one sentence, for what cannot be read at all.
    """
    sweep(run_folder)
    folder = run_folder / WORK_FOLDER / uuid4().hex
    folder.mkdir(parents=True, mode=0o700)
    connection = connect(folder / "spill", memory_limit=MEMORY_LIMIT)
    try:
        _set_timezone(connection, timezone)
        yield _stage(connection, folder, path)
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def head_of(path: Path, folder: Path) -> Path:
    """A file of the same layout that holds only the first rows, for guessing; Parquet is quick enough as it is."""
    layout = look(path)
    if layout.kind in ("parquet", "json_array"):
        return path
    compression = None if layout.compression == "none" else layout.compression
    with pa.input_stream(str(path), compression=compression) as stream:
        start = stream.read(_HEAD_BYTES)
    lines = start if len(start) < _HEAD_BYTES or layout.encoding == "utf-16" else start[: start.rfind(b"\n") + 1]
    head = folder / "head"
    head.write_bytes(lines or start)
    return head


def sweep(run_folder: Path) -> None:
    """Remove what a crashed import left behind. The caller is the one writer, so nobody else is reading there."""
    shutil.rmtree(run_folder / WORK_FOLDER, ignore_errors=True)


def _set_timezone(connection: duckdb.DuckDBPyConnection, timezone: str) -> None:
    try:
        connection.execute(f"SET TimeZone = {quoted(timezone)}")
    except duckdb.Error as error:
        raise KundskabError(f"{timezone!r} is no time zone; give one like 'Europe/Stockholm'.") from error


def _stage(connection: duckdb.DuckDBPyConnection, folder: Path, path: Path) -> Staged:
    layout = look(path)
    source = folder / f"source{_ENDINGS[layout.compression]}"
    source.symlink_to(path.resolve())  # the engine would take *, ? and [ in a name for a pattern
    connection.execute("CREATE TEMP TABLE bad_lines (n BIGINT, reason VARCHAR, help VARCHAR, body VARCHAR)")
    try:
        if layout.encoding != "utf-8":
            source, layout = _as_utf8(source, folder, layout)
        return _READERS[layout.kind](connection, folder, source, layout)
    except (duckdb.Error, pa.ArrowInvalid, OSError, EOFError) as error:
        refuse_full_disk(error)
        raise KundskabError(f"{path.name} could not be read; it seems damaged ({_short(error)}).") from error


def refuse_full_disk(error: BaseException) -> None:
    """Raises KundskabError when this error means that the disk is full; nothing was stored then."""
    text = str(error).lower()
    if "no space left" in text or "max_temp_directory_size" in text or getattr(error, "errno", 0) == ENOSPC:
        raise KundskabError("The disk is full; nothing was stored. Free some space and import again.") from error


_ENDINGS = {"none": "", "gzip": ".gz", "zstd": ".zst"}


def _as_utf8(source: Path, folder: Path, layout: Layout) -> tuple[Path, Layout]:
    target = folder / "source-utf8"
    compression = None if layout.compression == "none" else layout.compression
    decoder = codecs.getincrementaldecoder(layout.encoding)(errors="replace")
    with pa.input_stream(str(source), compression=compression) as stream, target.open("w", encoding="utf-8") as out:
        while chunk := stream.read(_CHUNK):
            out.write(decoder.decode(chunk))
        out.write(decoder.decode(b"", final=True))
    return target, replace(layout, compression="none", encoding="utf-8")


def _read_delimited(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> Staged:
    columns = tuple(Column(name, f"c{i}", "VARCHAR") for i, name in enumerate(layout.names))
    kinds = ", ".join(f"{column.sql}: 'VARCHAR'" for column in columns)
    target = folder / "rows.parquet"
    connection.execute(
        f"""
        COPY (FROM read_csv({quoted(str(source))}, auto_detect = false, columns = {{{kinds}}},
            delim = {quoted(layout.delimiter)}, quote = '"', escape = {quoted(layout.escape)},
            header = {str(layout.header).lower()}, compression = '{layout.compression}',
            store_rejects = true, rejects_limit = 0, max_line_size = {MAX_LINE_BYTES}))
        TO {quoted(str(target))} (FORMAT parquet, COMPRESSION lz4)
        """
    )
    _keep_rejects(connection, 1 if layout.header else 0)
    good = pq.read_metadata(target).num_rows
    bad = _count(connection, "bad_lines")
    table = f"(SELECT file_row_number + 1 AS n, * EXCLUDE (file_row_number) FROM {_parquet(target)})"
    if bad:
        table = _numbered_around_bad_lines(connection, table)
    return Staged(connection, folder, layout, columns, table, good + bad, bad)


def _keep_rejects(connection: duckdb.DuckDBPyConnection, header_lines: int) -> None:
    # One line can be wrong in several ways: its first fault speaks. An invalid byte cannot be kept as text.
    reasons = " ".join(f"WHEN {quoted(kind)} THEN {quoted(code)}" for kind, (code, _) in _WHY.items())
    helps = " ".join(f"WHEN {quoted(kind)} THEN {quoted(text)}" for kind, (_, text) in _WHY.items())
    connection.execute(
        f"""
        INSERT INTO bad_lines
        SELECT line - {header_lines}, CASE kind {reasons} ELSE 'bad_line' END,
               CASE kind {helps} ELSE 'The line could not be read.' END, body
        FROM (SELECT line, arg_min(error_type::VARCHAR, byte_position) AS kind, any_value(csv_line) AS body
              FROM reject_errors GROUP BY line)
        """
    )


def _numbered_around_bad_lines(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Good rows are numbered as if the bad ones were not there; put their numbers right.

    The k-th bad line (k from 0) of number r stands before every good row whose plain number is at least r - k.
    """
    connection.execute(
        """
        CREATE TEMP TABLE shifts AS
        SELECT n - row_number() OVER (ORDER BY n) + 1 AS since, row_number() OVER (ORDER BY n) AS shift FROM bad_lines
        """
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE shifts AS SELECT since, max(shift) AS shift FROM shifts GROUP BY 1"
    )
    shifted = f"{table} g ASOF LEFT JOIN shifts s ON g.n >= s.since"
    return f"(SELECT g.* REPLACE (g.n + coalesce(s.shift, 0) AS n) FROM {shifted})"


def _read_aligned(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> Staged:
    columns = tuple(Column(name, f"c{i}", "VARCHAR") for i, name in enumerate(layout.names))
    lines = _lines(connection, folder, source, layout)
    cells = f"(SELECT n, line, string_split_regex(trim(line, ' \t\r'), '[ \t]+') AS cells FROM {lines})"
    _add_bad(connection, f"SELECT n, line FROM {cells} WHERE len(cells) != {len(columns)}", _BAD_WIDTH)
    picked = ", ".join(f"cells[{i + 1}] AS c{i}" for i in range(len(columns)))
    return _staged_lines(
        connection, folder, layout, columns, f"SELECT n, {picked} FROM {cells} WHERE len(cells) = {len(columns)}", lines
    )


def _read_json_lines(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> Staged:
    return _objects(connection, folder, layout, _lines(connection, folder, source, layout))


def _read_json_array(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> Staged:
    target = folder / "lines.parquet"
    connection.execute(
        f"""
        COPY (SELECT json::VARCHAR AS line FROM read_json_objects({quoted(str(source))}, format = 'array',
              compression = '{layout.compression}', maximum_object_size = {MAX_LINE_BYTES}))
        TO {quoted(str(target))} (FORMAT parquet, COMPRESSION lz4)
        """
    )
    return _objects(connection, folder, layout, _numbered(target))


def _objects(connection: duckdb.DuckDBPyConnection, folder: Path, layout: Layout, lines: str) -> Staged:
    _add_bad(connection, f"SELECT n, line FROM {lines} WHERE NOT json_valid(line)", _BAD_JSON)
    good = f"(FROM {lines} WHERE json_valid(line))"
    _add_bad(connection, f"SELECT n, line FROM {good} WHERE json_type(line) != 'OBJECT'", _NOT_AN_OBJECT)
    _add_unsafe_json(connection, f"(FROM {good} WHERE json_type(line) = 'OBJECT')")
    good = f"(FROM {good} WHERE n NOT IN (SELECT n FROM bad_lines))" if _count(connection, "bad_lines") else good
    keys = [
        key
        for (key,) in connection.execute(
            f"""
            SELECT key FROM (SELECT unnest(json_keys(line)) AS key, n FROM {good})
            GROUP BY key ORDER BY count(*) DESC, min(n), key LIMIT {MAX_KEYS}
            """
        ).fetchall()
    ]
    columns = tuple(Column(key, f"c{i}", "VARCHAR") for i, key in enumerate(keys))
    # JSON pointers take any key, whatever is in its name; one call reads the line once.
    pointers = ", ".join(quoted("/" + key.replace("~", "~0").replace("/", "~1")) for key in keys)
    picked = "".join(f", cells[{i + 1}] AS c{i}" for i in range(len(keys)))
    cells = f"json_extract_string(line, [{pointers}])" if keys else "NULL"
    select = f"SELECT n, line{picked} FROM (SELECT n, line, {cells} AS cells FROM {good})"
    return _staged_lines(connection, folder, layout, columns, select, lines)


def _add_unsafe_json(connection: duckdb.DuckDBPyConnection, good: str) -> None:
    """The engine takes NaN, 1e999 and any depth for JSON; the rare suspects are read again, strictly."""
    suspects = connection.execute(
        f"""
        SELECT n, line FROM {good}
        WHERE regexp_matches(line, '(?i)\\b(nan|inf|infinity)\\b|[0-9]e\\+?[0-9]{{3}}')
           OR length(line) - length(replace(replace(line, '{{', ''), '[', '')) > {MAX_DEPTH}
        """
    )
    found: list[tuple[int, str, str, str]] = []
    while batch := suspects.fetchmany(10_000):
        for n, line in batch:
            try:
                if _depth(orjson.loads(line)) > MAX_DEPTH:
                    found.append((n, *_TOO_DEEP, line))
            except orjson.JSONDecodeError:
                found.append((n, *_BAD_JSON, line))
    if found:
        connection.executemany("INSERT INTO bad_lines VALUES (?, ?, ?, ?)", found)


def _depth(value: object) -> int:
    """How deep a JSON value nests, without recursion."""
    deepest, stack = 0, [(value, 1)]
    while stack:
        item, level = stack.pop()
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        deepest = max(deepest, level)
        stack.extend((child, level + 1) for child in inner if isinstance(child, dict | list))
    return deepest


def _lines(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> str:
    """Every non-blank line as it is: SQL giving n and line. No byte is a delimiter or a quote."""
    target = folder / "lines.parquet"
    header = layout.kind == "aligned" and layout.header
    connection.execute(
        f"""
        COPY (FROM read_csv({quoted(str(source))}, auto_detect = false, columns = {{line: 'VARCHAR'}}, delim = '\x01',
            quote = '', escape = '', header = {str(header).lower()}, compression = '{layout.compression}',
            null_padding = false, store_rejects = true, rejects_limit = 0, max_line_size = {MAX_LINE_BYTES})
            WHERE trim(line, ' \t\r') != '')
        TO {quoted(str(target))} (FORMAT parquet, COMPRESSION lz4)
        """
    )
    _keep_rejects(connection, int(header))
    lines = _numbered(target)
    return _numbered_around_bad_lines(connection, lines) if _count(connection, "bad_lines") else lines


def _staged_lines(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    layout: Layout,
    columns: tuple[Column, ...],
    select: str,
    lines: str,
) -> Staged:
    target = folder / "rows.parquet"
    connection.execute(f"COPY ({select}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION lz4)")
    good, bad = pq.read_metadata(target).num_rows, _count(connection, "bad_lines")
    if not good and layout.kind == "json_lines":
        raise KundskabError("No line of the file is a JSON object; write one object a line (JSON Lines).")
    (folder / "lines.parquet").unlink()
    return Staged(connection, folder, layout, columns, f"(FROM {_parquet(target, number=False)})", good + bad, bad)


def _read_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> Staged:
    described = connection.execute(f"DESCRIBE FROM {_parquet(source, number=False)}").fetchall()
    names = pq.read_schema(source).names
    columns = tuple(Column(name, f"c{i}", kind[1]) for i, (name, kind) in enumerate(zip(names, described, strict=True)))
    aliases = ", ".join([*(column.sql for column in columns), "row_number_from_zero"])
    table = (
        f"(SELECT row_number_from_zero + 1 AS n, * EXCLUDE (row_number_from_zero) "
        f"FROM {_parquet(source)} AS t({aliases}))"
    )
    return Staged(connection, folder, layout, columns, table, pq.read_metadata(source).num_rows, 0)


_READERS = {
    "delimited": _read_delimited,
    "aligned": _read_aligned,
    "parquet": _read_parquet,
    "json_lines": _read_json_lines,
    "json_array": _read_json_array,
}


def _numbered(path: Path) -> str:
    return f"(SELECT file_row_number + 1 AS n, line FROM {_parquet(path)})"


def _parquet(path: Path, *, number: bool = True) -> str:
    return f"read_parquet({quoted(str(path))}, file_row_number = {str(number).lower()})"


def _add_bad(connection: duckdb.DuckDBPyConnection, select: str, why: tuple[str, str]) -> None:
    connection.execute(f"INSERT INTO bad_lines SELECT n, {quoted(why[0])}, {quoted(why[1])}, line FROM ({select})")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(count)


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:160] if str(error) else type(error).__name__
