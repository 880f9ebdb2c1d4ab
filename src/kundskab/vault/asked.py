"""Asked: how often forms asked what, and how often although we knew. Counts of questions, never of people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

COUNTS = ("planned", "skipped", "confirmed", "asked", "asked_twice")


@dataclass(frozen=True, slots=True)
class AskedCount:
    """One question of one form on one day of the workspace's clock."""

    day: str  # 2026-03-01
    form: str
    question: str
    planned: int = 0  # plans that held it
    skipped: int = 0  # ... and said: we know
    confirmed: int = 0  # ... and said: let her confirm
    asked: int = 0  # really asked
    asked_twice: int = 0  # ... although we knew


class Asked:
    """The counts of a vault; every method takes its transaction first."""

    def add(self, tx: Connection, counts: Iterable[AskedCount]) -> None:
        """Add to what was counted before."""
        rows = [(c.day, c.form, c.question, c.planned, c.skipped, c.confirmed, c.asked, c.asked_twice) for c in counts]
        if rows:
            sums = ", ".join(f"{name} = {name} + excluded.{name}" for name in COUNTS)
            sql = "INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day, form, question) DO UPDATE SET "
            tx.exec_driver_sql(sql + sums, rows)

    def between(self, tx: Connection, first: str, last: str) -> list[AskedCount]:
        """The counts of the days from first to last, both included; by day, form and question."""
        sql = "SELECT * FROM asked WHERE day BETWEEN ? AND ? ORDER BY day, form, question"
        return [AskedCount(*row) for row in tx.exec_driver_sql(sql, (first, last)).fetchall()]
