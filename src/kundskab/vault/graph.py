"""What resolving persons asks of the links, beyond those of a few actors; every method takes the transaction first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa
from sqlalchemy import Connection

from kundskab.types import KundskabError
from kundskab.vault import people_map
from kundskab.vault.links import Link, from_row
from kundskab.vault.store import rows_in, tuples_in

_STANDING = "NOT EXISTS (SELECT 1 FROM undoings u WHERE u.link = l.id)"


@dataclass(frozen=True, slots=True)
class Everything:
    """All actors, and all standing links that may join: a, b and kind have a row per link."""

    actors: pa.Array  # tokens, sorted
    is_user: pa.Array  # same order: is it a user id?
    a: pa.Array
    b: pa.Array
    kind: pa.Array
    speakers: pa.Array  # who ever said something of consent
    mapped: pa.Array  # who has a row in the map


class Ends(NamedTuple):
    """A link as far as resolving needs it: a thousand of these are read in the time of two hundred whole ones."""

    a: str
    b: str
    kind: str


class Columns(NamedTuple):
    """Many links as far as resolving needs them."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    kind: tuple[str, ...]


class LinkGraph:
    """Hangs on the vault as `vault.graph`."""

    def link(self, tx: Connection, link_id: int) -> Link:
        """One link, undone or not. Raises KundskabError when there is none with this number."""
        row = tx.exec_driver_sql("SELECT * FROM links WHERE id = ?", (link_id,)).fetchone()
        if row is None:
            raise KundskabError(f"There is no link {link_id}; the person's page lists the links and their numbers.")
        return from_row(row)

    def between(self, tx: Connection, a: str, b: str) -> list[Link]:
        """The standing links of two actors, of every kind, oldest first."""
        sql = f"SELECT l.* FROM links l WHERE l.a = ? AND l.b = ? AND {_STANDING} ORDER BY l.id"
        return [from_row(row) for row in tx.exec_driver_sql(sql, (min(a, b), max(a, b)))]

    def ends_of(self, tx: Connection, actors: Collection[str]) -> Columns:
        """The standing links that touch any of these actors, suggested ones left out; twice if they touch two."""
        rows = self._ends(tx, actors, "l.kind <> 'suggested'")
        return Columns(*zip(*rows, strict=True)) if rows else Columns((), (), ())

    def by_hand(self, tx: Connection, actors: Collection[str]) -> list[Ends]:
        """The standing manual links that touch any of these actors, each once."""
        return [Ends(*each) for each in sorted(set(self._ends(tx, actors, "l.kind = 'manual'")))]

    def _ends(self, tx: Connection, actors: Collection[str], of_kind: str) -> list[tuple[str, str, str]]:
        ordered = sorted(actors)
        found: list[tuple[str, str, str]] = []
        for end in ("a", "b"):
            sql = f"SELECT l.a, l.b, l.kind FROM links l WHERE l.{end} IN ({{}}) AND {of_kind} AND {_STANDING}"
            found.extend(tuples_in(tx, sql, ordered))
        return found

    def others_of(self, tx: Connection, actors: Collection[str]) -> dict[str, tuple[int, int]]:
        """With how many others each actor is linked by claimed or verified links, and by verified ones alone."""
        counted: dict[str, tuple[int, int]] = dict.fromkeys(actors, (0, 0))
        for end, other in (("a", "b"), ("b", "a")):  # an other is smaller or greater, so nobody is counted twice
            sql = (
                f"SELECT l.{end}, count(DISTINCT l.{other}), "
                f"count(DISTINCT CASE WHEN l.kind = 'verified' THEN l.{other} END) FROM links l "
                f"WHERE l.{end} IN ({{}}) AND l.kind IN ('claimed', 'verified') AND {_STANDING} GROUP BY 1"
            )
            for actor, others, verified in rows_in(tx, sql, sorted(actors)):
                before = counted[actor]
                counted[actor] = before[0] + others, before[1] + verified
        return counted

    def mapped(self, tx: Connection, actors: Collection[str]) -> dict[str, tuple[str, int, int]]:
        """(person, granted, denied) of those of these actors that have a row in the map."""
        return people_map.present(tx, actors)

    def resolved_with(self, tx: Connection, *, default: int) -> int:
        """The limit for shared devices that everybody was last resolved with."""
        found = tx.exec_driver_sql("SELECT value FROM meta WHERE name = 'resolved_with'").scalar()
        return default if found is None else int(found)

    def note_resolved_with(self, tx: Connection, limit: int) -> None:
        tx.exec_driver_sql("INSERT OR REPLACE INTO meta VALUES ('resolved_with', ?)", (str(limit),))

    def size(self, tx: Connection) -> int:
        """How many actors and links there are, suggested and undone ones among them; the number costs nothing."""
        actors = tx.exec_driver_sql("SELECT coalesce(sum(actors), 0) FROM kinds").scalar_one()
        return int(actors) + int(tx.exec_driver_sql("SELECT coalesce(max(id), 0) FROM links").scalar_one())

    def everything(self, tx: Connection) -> Everything:
        """The whole workspace: in memory about 200 bytes for each actor and link while it is read."""
        actors = _columns(
            tx,
            "SELECT i.actor, k.name = 'user_id' FROM identifiers i JOIN kinds k ON k.id = i.kind ORDER BY i.actor",
            (pa.string(), pa.int8()),
        )
        a, b, kind = _columns(
            tx, f"SELECT l.a, l.b, l.kind FROM links l WHERE l.kind <> 'suggested' AND {_STANDING}", (pa.string(),) * 3
        )
        [speakers] = _columns(tx, "SELECT DISTINCT actor FROM statements", (pa.string(),))
        [mapped] = _columns(tx, "SELECT actor FROM people_map", (pa.string(),))
        return Everything(actors[0], actors[1].cast(pa.bool_()), a, b, kind, speakers, mapped)


def _columns(tx: Connection, sql: str, types: tuple[Any, ...]) -> list[pa.Array]:
    cursor = tx.connection.cursor()  # the bare driver: a million rows through SQLAlchemy cost seconds more
    rows = cursor.execute(sql).fetchall()
    columns = zip(*rows, strict=True) if rows else ((),) * len(types)
    return [pa.array(column, type_) for column, type_ in zip(columns, types, strict=True)]
