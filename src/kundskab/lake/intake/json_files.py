"""Files of JSON objects: judged by the engine, and strictly where it looks away."""

from __future__ import annotations

from pathlib import Path

import duckdb
import orjson

from kundskab.lake.engine import quoted
from kundskab.lake.intake.foreign import Column, Staged
from kundskab.lake.intake.formats import Layout
from kundskab.lake.intake.limits import MAX_LINE_BYTES
from kundskab.lake.intake.lines import numbered, staged_lines, whole_lines
from kundskab.lake.intake.small import count
from kundskab.lake.intake.unreadable import add_bad

MAX_KEYS = 1_000  # JSON keys that become columns; rarer ones stay in the line and so in properties
MAX_DEPTH = 32
MANY_DIGITS = 200

_BAD_JSON = ("bad_json", "The line is not one JSON object; write one object a line, without NaN or Infinity.")
_NOT_AN_OBJECT = ("not_an_object", "The line is JSON but not an object; write one object a line.")
_TOO_DEEP = ("too_deep", f"The line nests deeper than {MAX_DEPTH} levels; flatten it.")


def read_json_lines(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> Staged:
    """One object a line."""
    return _objects(connection, folder, layout, whole_lines(connection, folder, source, layout))


def read_json_array(connection: duckdb.DuckDBPyConnection, folder: Path, source: Path, layout: Layout) -> Staged:
    """One array of objects."""
    target = folder / "lines.parquet"
    connection.execute(
        f"""
        COPY (SELECT json::VARCHAR AS line FROM read_json_objects({quoted(str(source))}, format = 'array',
              compression = '{layout.compression}', maximum_object_size = {MAX_LINE_BYTES}))
        TO {quoted(str(target))} (FORMAT parquet, COMPRESSION lz4)
        """
    )
    return _objects(connection, folder, layout, numbered(target))


def _objects(connection: duckdb.DuckDBPyConnection, folder: Path, layout: Layout, lines: str) -> Staged:
    add_bad(connection, f"SELECT n, line FROM {lines} WHERE NOT json_valid(line)", _BAD_JSON)
    good = f"(FROM {lines} WHERE json_valid(line))"
    add_bad(connection, f"SELECT n, line FROM {good} WHERE json_type(line) != 'OBJECT'", _NOT_AN_OBJECT)
    _add_unsafe_json(connection, f"(FROM {good} WHERE json_type(line) = 'OBJECT')")
    good = f"(FROM {good} WHERE n NOT IN (SELECT n FROM bad_lines))" if count(connection, "bad_lines") else good
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
    return staged_lines(connection, folder, layout, columns, select)


def _add_unsafe_json(connection: duckdb.DuckDBPyConnection, good: str) -> None:
    """The engine takes NaN, 1e999, any depth and any number of digits for JSON; the rare suspects are read again,
    strictly.

    A number beyond 1.8e308 needs an exponent of three figures, or (with two) at least 210 digits.
    """
    suspects = connection.execute(
        f"""
        SELECT n, line FROM {good}
        WHERE regexp_matches(line, '(?i)\\b(nan|inf|infinity)\\b|[0-9]e\\+?[0-9]{{3}}')
           OR (strlen(line) >= {MANY_DIGITS} AND regexp_matches(line, '[0-9]{{{MANY_DIGITS}}}'))
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
