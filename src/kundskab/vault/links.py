"""Links: records that two actors are one person. Adding and undoing are both records; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from kundskab.types import KundskabError
from kundskab.vault.store import bump, rows_in
from kundskab.vault.times import from_micros, to_micros

KINDS = ("claimed", "verified", "suggested", "manual")


@dataclass(frozen=True, slots=True)
class Link:
    """a and b (actor tokens, in either order) are one person, says `evidence`."""

    a: str
    b: str
    kind: str  # claimed | verified | suggested | manual
    evidence: str  # identify | alias | import | page ...
    source: str | None
    at: datetime
    by: str | None = None  # who, when a human said so
    position: str | None = None  # where it was received
    id: int | None = None  # given by the vault


@dataclass(frozen=True, slots=True)
class Undoing:
    """A link that was undone: when, by whom and why."""

    link: Link
    at: datetime
    by: str
    reason: str


def add(tx: Connection, links: Iterable[Link]) -> set[str]:
    """Record links; returns the actors whose links changed.

    A link of the same two actors and kind is recorded once, and one that somebody undid stays undone however often
    the same event returns; only a new manual link joins them again. Links of an actor with itself are dropped.
    """
    new: dict[tuple[str, str, str], Link] = {}
    for link in links:
        if link.a != link.b:
            new.setdefault((min(link.a, link.b), max(link.a, link.b), link.kind), link)
    known = _known(tx, {a for a, _, _ in new})
    rows = [
        (a, b, kind, link.evidence, link.source, to_micros(link.at), link.by, link.position)
        for (a, b, kind), link in new.items()
        if (a, b, kind) not in known
    ]
    if rows:
        sql = "INSERT INTO links (a, b, kind, evidence, source, at, by, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        tx.exec_driver_sql(sql, rows)
        bump(tx, "links")
    return {actor for row in rows for actor in row[:2]}


def undo(tx: Connection, link_id: int, *, by: str, reason: str, at: datetime) -> set[str]:
    """Undo one link; returns the two actors, or nothing when it was undone before.

    Raises KundskabError when there is no such link.
    """
    ends = tx.exec_driver_sql("SELECT a, b FROM links WHERE id = ?", (link_id,)).fetchone()
    if ends is None:
        raise KundskabError(f"There is no link {link_id}; the person's page lists the links and their numbers.")
    sql = "INSERT INTO undoings VALUES (?, ?, ?, ?) ON CONFLICT (link) DO NOTHING"
    if not tx.exec_driver_sql(sql, (link_id, to_micros(at), by, reason)).rowcount:
        return set()
    bump(tx, "links")
    return {ends[0], ends[1]}


def of(tx: Connection, actors: Collection[str]) -> list[Link]:
    """The standing (not undone) links that touch any of these actors, each once, oldest first."""
    standing = "NOT EXISTS (SELECT 1 FROM undoings u WHERE u.link = l.id)"
    found: dict[int, Link] = {}
    for end in ("a", "b"):
        sql = f"SELECT l.* FROM links l WHERE l.{end} IN ({{}}) AND {standing}"
        found.update((row[0], from_row(row)) for row in rows_in(tx, sql, sorted(actors)))
    return [found[link_id] for link_id in sorted(found)]


def undone_of(tx: Connection, actors: Collection[str]) -> list[Undoing]:
    """The undone links that touch any of these actors, oldest first."""
    undone = "u.at AS undone_at, u.by AS undone_by, u.reason"
    found: dict[int, Undoing] = {}
    for end in ("a", "b"):
        sql = f"SELECT l.*, {undone} FROM links l JOIN undoings u ON u.link = l.id WHERE l.{end} IN ({{}})"
        for row in rows_in(tx, sql, sorted(actors)):
            found[row[0]] = Undoing(from_row(row), from_micros(row.undone_at), row.undone_by, row.reason)
    return [found[link_id] for link_id in sorted(found)]


def _known(tx: Connection, firsts: set[str]) -> set[tuple[str, str, str]]:
    """(a, b, kind) already recorded, undone ones among them; an undone manual link may be made again."""
    sql = (
        "SELECT l.a, l.b, l.kind FROM links l WHERE l.a IN ({}) AND (l.kind <> 'manual' "
        "OR NOT EXISTS (SELECT 1 FROM undoings u WHERE u.link = l.id))"
    )
    return {(row[0], row[1], row[2]) for row in rows_in(tx, sql, sorted(firsts))}


def from_row(row: Row[Any]) -> Link:
    """A row of the table as a link."""
    return Link(row.a, row.b, row.kind, row.evidence, row.source, from_micros(row.at), row.by, row.position, row.id)
