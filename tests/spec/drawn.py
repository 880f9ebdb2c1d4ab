"""A view over a drawn table of events: its columns are person, at, action and whatever else a rule is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from tests.spec import engines

TEXTS = ("person", "action", "channel", "category", "object", "source", "currency", "occasion", "properties")
NUMBERS = ("value", "quantity")
NOW = datetime(2026, 12, 31, tzinfo=UTC)


class DrawnView:
    """Events in the order of their lines; `at` as ISO 8601, in UTC where no zone is said."""

    snapshot = 7

    def __init__(self, events: str | list[dict[str, Any]], at: datetime | None = None) -> None:
        rows = drawn(events) if isinstance(events, str) else events
        schema = pa.schema(
            [
                *((name, pa.string()) for name in TEXTS),
                *((name, pa.float64()) for name in NUMBERS),
                ("occurred_at", pa.timestamp("us", "UTC")),
                ("ingested_seq", pa.int64()),
            ]
        )
        full = [
            {"source": "web", "properties": "{}"} | row | {"occurred_at": moment(row["at"]), "ingested_seq": seq}
            for seq, row in enumerate(rows)
        ]
        names = schema.names
        rows = [{name: row.get(name) for name in names} for row in full]
        self.events = engines.table(pa.Table.from_pylist(rows, schema))
        self.at = at
        self.opened_at = NOW


def drawn(table: str) -> list[dict[str, Any]]:
    """The lines of a drawn table; an empty cell is left out."""
    head, _, *lines = (line.strip() for line in table.strip().splitlines())
    names = [name.strip() for name in head.split("|")]
    rows = [dict(zip(names, (cell.strip() for cell in line.split("|")), strict=True)) for line in lines]
    return [{name: float(cell) if name in NUMBERS else cell for name, cell in row.items() if cell} for row in rows]


def moment(said: str) -> datetime:
    time = datetime.fromisoformat(said)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def crowd(n: int, *deeds: tuple[str, str], who: str = "p", **given: Any) -> list[dict[str, Any]]:
    """n persons who each did these (at, action)."""
    return [
        {"person": f"{who}{number}", "at": at, "action": action} | given for number in range(n) for at, action in deeds
    ]
