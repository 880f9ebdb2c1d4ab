"""What a row is called when it has no id of its own: the hash of its content."""

from __future__ import annotations

from kundskab.lake.engine import quoted
from kundskab.lake.intake.staging import Column, Staged


def content_id(staged: Staged) -> str:
    """SQL of 24 hex digits over all cells as they were; the same in every version of the engine.

    Each cell is written with its length, so that no two rows of different cells give the same text; an empty cell has
    a length, a missing one has none.
    """
    if staged.is_json:
        return "left(md5(line), 24)"
    parts = []
    for column in staged.columns:
        text = _text(column)
        parts.append(f"strlen({text}), {quoted(chr(31))}, {text}, {quoted(chr(30))}")
    return f"left(md5(concat({', '.join(parts)})), 24)"


def row_as_json(staged: Staged) -> str:
    """SQL of the whole row as a JSON object under the file's own names."""
    if staged.is_json:
        return "line"
    cells = ", ".join(f"{quoted(column.name)}, {column.sql}" for column in staged.columns)
    return f"json_object({cells})::VARCHAR"


def _text(column: Column) -> str:
    if column.kind == "VARCHAR":
        return column.sql
    nested = column.kind.endswith("]") or column.kind.startswith(("STRUCT", "MAP"))
    return f"to_json({column.sql})::VARCHAR" if nested else f"{column.sql}::VARCHAR"
