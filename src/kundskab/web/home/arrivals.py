"""What came in: counts of the last days, the picture, the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kundskab.pipeline.answers import Change, SourceBooks, Volume
from kundskab.types import Books
from kundskab.web.base.picture import Picture, shown_until, stacked

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

DAYS = 30
# What changes the workspace. Who looked at whom is for the audit, not for everybody's first page.
DEEDS = {"put_source", "put_purpose", "create_key", "rotate_key", "revoke_key", "import", "replay"}
LATEST = 12


@dataclass(frozen=True, slots=True)
class CameIn:
    """Counts are of events that happened on those days and were stored.

    until: the last day of the picture; today, or the newest day with events when those are all older.
    """

    today: int
    week: int  # the last 7 days, today among them
    month: int  # the last 30 days, today among them
    sources: int  # how many had events in those 30 days
    books: Books
    by_source: list[SourceBooks]
    until: date | None
    picture: Picture | None  # None while nothing is stored

    @property
    def gap(self) -> int:
        """How many events the books cannot account for; 0 when they balance."""
        books = self.books
        return books.received - (books.stored + books.duplicate + books.refused + books.quarantined + books.waiting)


def read(desk: Desk, *, today: date) -> CameIn:
    """What came in by today's date on the workspace's clock."""
    volumes = desk.volumes(days=DAYS)
    month = today - timedelta(days=DAYS - 1)
    until = shown_until(volumes, today=today, days=DAYS)
    return CameIn(
        today=_since(volumes, today),
        week=_since(volumes, today - timedelta(days=6)),
        month=_since(volumes, month),
        sources=len({volume.source for volume in volumes if volume.events and volume.day >= month}),
        books=desk.books(),
        by_source=desk.books_by_source(),
        until=until,
        picture=stacked(volumes, until=until, days=DAYS) if until else None,
    )


def changes(desk: Desk) -> list[Change]:
    """The latest deeds that changed the workspace, newest first; no person is named in them."""
    return [change for change in desk.changes(limit=500) if change.action in DEEDS][:LATEST]


def _since(volumes: Sequence[Volume], first: date) -> int:
    return sum(volume.events for volume in volumes if volume.day >= first)
