"""What has changed about people since a moment: counts, and nobody's token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from kundskab.vault.schema import identifiers, kinds, links, people_map, statements, undoings
from kundskab.vault.times import to_micros


@dataclass(frozen=True, slots=True)
class News:
    """Counts since a moment. Newcomers are counted by the user id they came with, those who spoke as persons."""

    met: int  # user ids never seen before
    joined: int  # links made
    parted: int  # links undone
    granted: int  # persons who granted something, not counting what only came along with an event
    refused: int  # persons who refused, withdrew or objected, however they said it


def since(tx: Connection, at: datetime) -> News:
    """What was written down at or after `at`."""
    micros = to_micros(at)
    of_kind = select(kinds.c.id).where(kinds.c.name == "user_id").scalar_subquery()
    met = select(func.count()).where(identifiers.c.created_at >= micros, identifiers.c.kind == of_kind)
    # A device and an account of one human who said no on both are one who said no.
    person = func.coalesce(people_map.c.person, statements.c.actor)
    spoke = statements.outerjoin(people_map, people_map.c.actor == statements.c.actor)
    said = select(func.count(person.distinct())).select_from(spoke).where(statements.c.received_at >= micros)
    return News(
        met=int(tx.execute(met).scalar_one()),
        joined=int(tx.execute(select(func.count()).where(links.c.at >= micros)).scalar_one()),
        parted=int(tx.execute(select(func.count()).where(undoings.c.at >= micros)).scalar_one()),
        granted=int(tx.execute(said.where(statements.c.status == "grant", statements.c.from_signal == 0)).scalar_one()),
        refused=int(tx.execute(said.where(statements.c.status != "grant")).scalar_one()),
    )
