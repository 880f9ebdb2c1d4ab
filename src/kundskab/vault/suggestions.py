"""Suggested links: pairs that look like one person, for a human to decide; they never join anybody themselves.

A suggestion is a link of kind `suggested`. Declining it is undoing it, and what was declined is never suggested again;
accepting it makes a manual link beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from kundskab.vault import links
from kundskab.vault.links import Link, from_row

_STANDING = "NOT EXISTS (SELECT 1 FROM undoings u WHERE u.link = l.id)"
# Decided: a human declined it, or has since joined the two. Nor is one shown of whom the purpose may know no longer.
_WAITING = (
    "FROM links l JOIN suggestions s ON s.link = l.id WHERE l.kind = 'suggested' AND "
    f"{_STANDING} AND NOT EXISTS (SELECT 1 FROM people_map x JOIN people_map y ON y.person = x.person "
    "WHERE x.actor = l.a AND y.actor = l.b) AND NOT EXISTS (SELECT 1 FROM people_map x WHERE "
    "(x.actor = l.a AND x.person = l.b) OR (x.actor = l.b AND x.person = l.a)) AND NOT EXISTS (SELECT 1 "
    "FROM people_map x JOIN purposes p ON p.name = s.purpose WHERE x.actor IN (l.a, l.b) AND x.denied & (1 << p.bit))"
)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion with its likelihood."""

    link: Link  # evidence: the explanation in words, without any value
    probability: float  # that the two are one person, 0-1
    purpose: str  # whose view showed the facts


class Suggestions:
    """Hangs on the vault as `vault.suggestions`; every method takes the transaction first."""

    def add(
        self, tx: Connection, pairs: Iterable[tuple[str, str, float, str]], *, purpose: str, at: datetime, by: str
    ) -> int:
        """Record (a, b, probability, explanation); pairs known before, declined ones among them, stay as they are.

        Returns how many are new.
        """
        made = {
            (min(a, b), max(a, b)): (
                Link(min(a, b), max(a, b), "suggested", words, None, at, by=by),
                min(max(p, 0.0), 1.0),
            )
            for a, b, p, words in pairs
        }
        before = int(tx.exec_driver_sql("SELECT coalesce(max(id), 0) FROM links").scalar_one())
        links.add(tx, [link for link, _ in made.values()])
        new = tx.exec_driver_sql("SELECT id, a, b FROM links WHERE id > ?", (before,)).fetchall()
        rows = [(link_id, made[a, b][1], purpose) for link_id, a, b in new]
        if rows:
            tx.exec_driver_sql("INSERT INTO suggestions VALUES (?, ?, ?)", rows)
        return len(rows)

    def waiting(self, tx: Connection, *, limit: int, offset: int = 0) -> list[Suggested]:
        """Those nobody has decided, the likeliest first."""
        sql = f"SELECT l.*, s.probability, s.purpose {_WAITING} ORDER BY s.probability DESC, l.id LIMIT ? OFFSET ?"
        rows = tx.exec_driver_sql(sql, (limit, offset)).fetchall()
        return [Suggested(from_row(row), row.probability, row.purpose) for row in rows]

    def count_waiting(self, tx: Connection) -> int:
        return int(tx.exec_driver_sql(f"SELECT count(*) {_WAITING}").scalar_one())

    def get(self, tx: Connection, link_id: int) -> Suggested | None:
        """A suggestion by its number, declined or not; None when the number is no suggestion's."""
        sql = "SELECT l.*, s.probability, s.purpose FROM links l JOIN suggestions s ON s.link = l.id WHERE l.id = ?"
        row = tx.exec_driver_sql(sql, (link_id,)).fetchone()
        return None if row is None else Suggested(from_row(row), row.probability, row.purpose)

    def refused(self, tx: Connection) -> set[tuple[str, str]]:
        """Pairs of actors (a < b) whose link a human undid or declined, of whatever kind it was."""
        sql = "SELECT DISTINCT l.a, l.b FROM links l JOIN undoings u ON u.link = l.id"
        return {(row[0], row[1]) for row in tx.exec_driver_sql(sql)}
