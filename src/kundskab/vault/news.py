"""What has changed about people since a moment: counts, and nobody's token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from kundskab.vault.schema import identifiers, kinds, links, statements, undoings
from kundskab.vault.times import to_micros


@dataclass(frozen=True, slots=True)
class News:
    """Counts since a moment. Persons are counted by the identifier they came with or spoke under."""

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
    said = select(func.count(statements.c.actor.distinct())).where(statements.c.received_at >= micros)
    return News(
        met=int(tx.execute(met).scalar_one()),
        joined=int(tx.execute(select(func.count()).where(links.c.at >= micros)).scalar_one()),
        parted=int(tx.execute(select(func.count()).where(undoings.c.at >= micros)).scalar_one()),
        granted=int(tx.execute(said.where(statements.c.status == "grant", statements.c.from_signal == 0)).scalar_one()),
        refused=int(tx.execute(said.where(statements.c.status != "grant")).scalar_one()),
    )
