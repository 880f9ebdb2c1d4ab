"""Rows of files about people or objects, a batch at a time: such files are small enough to pass through Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from kundskab.lake.intake.foreign import Staged
from kundskab.lake.intake.mapping import Rules, compile_mapping
from kundskab.lake.intake.naming import content_id, row_as_json

PEOPLE_KEYS = (
    "actor", "device", "email", "occurred_at", "purpose", "status", "channel", "notice_version", "proof", "consent.",
)  # fmt: skip
OBJECT_KEYS = ("object", "name", "category", "valid_from")
_BATCH = 2_000  # a transaction of the vault each, for which pages wait


@dataclass(frozen=True, slots=True)
class Record:
    """One row.  row_id: 24 hex digits of its content.  rest: the columns that no key took, as JSON values."""

    row_number: int
    row_id: str
    values: Mapping[str, Any]  # key -> text, or an aware datetime; None where the cell is empty or cannot be read
    rest: Mapping[str, Any]
    body: str


def records(
    staged: Staged, mapping: Mapping[str, str], *, keys: Sequence[str], keep: str | Sequence[str], rules: Rules
) -> Iterator[list[Record]]:
    """The readable rows of a staged file under a mapping, in the file's order.

    Raises KundskabError for a mapping that cannot be.
    """
    mapped = compile_mapping(staged, mapping, keys=keys, keep=keep, rules=rules)
    names = list(mapped.keys)
    columns = "".join(f", {mapped.keys[name]}" for name in names)
    found = staged.connection.execute(
        f"SELECT n, {content_id(staged)}, {mapped.properties}, {row_as_json(staged)}{columns} "
        f"FROM {staged.table} ORDER BY n"
    )
    while rows := found.fetchmany(_BATCH):
        yield [
            Record(n, row_id, dict(zip(names, values, strict=True)), orjson.loads(rest), body)
            for n, row_id, rest, body, *values in rows
        ]


def bad_lines(staged: Staged) -> list[tuple[int, str, str, str]]:
    """(row number, reason, help, the line) of the lines that could not be read."""
    found = staged.connection.execute("SELECT n, reason, help, coalesce(body, '') FROM bad_lines ORDER BY n").fetchall()
    return [(n, reason, text, body) for n, reason, text, body in found]
