"""Marks: how far something that lies outside was written into the vault, moved in the transaction that writes it."""

from __future__ import annotations

from sqlalchemy import Connection


class Marks:
    """Named positions; every method takes its transaction first."""

    def of(self, tx: Connection, name: str) -> int:
        """0 when nothing was written yet."""
        return int(tx.exec_driver_sql("SELECT value FROM counters WHERE name = ?", (f"mark:{name}",)).scalar() or 0)

    def move(self, tx: Connection, name: str, position: int) -> None:
        sql = "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        tx.exec_driver_sql(sql, (f"mark:{name}", position))
