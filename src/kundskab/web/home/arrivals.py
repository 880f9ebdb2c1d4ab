"""What came in: today against usual, the picture, the books, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kundskab.pipeline.answers import Change, SourceBooks, Volume
from kundskab.types import Books
from kundskab.web.base.picture import Picture, shown_until, stacked
from kundskab.web.home import sentences, usual

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

DAYS = 30
# What changes the workspace. Who looked at whom is for the audit, not for everybody's first page.
DEEDS = {
    "put_source", "put_purpose", "put_plan", "create_key", "rotate_key", "revoke_key", "import", "replay",
    "change workspace", "invite", "change role", "deactivate", "activate",
}  # fmt: skip
LATEST = 6


@dataclass(frozen=True, slots=True)
class CameIn:
    """Counts are of events that happened on those days and were stored.

    until: the last day of the picture; today, or the newest day with events when those are all older.
    """

    today: int
    week: int  # the last 7 days, today among them
    month: int  # the last 30 days, today among them
    sources: int  # how many had events in those 30 days
    sentence: str  # today against a usual day
    silences: list[str]  # sources that fell silent, a sentence each
    by_day: list[usual.Today]
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
    by_source = desk.books_by_source()
    by_day = usual.by_source(volumes, by_source, today=today)
    so_far = sum(volume.events for volume in volumes if volume.day == today)
    return CameIn(
        today=so_far,
        week=_since(volumes, today - timedelta(days=6)),
        month=_since(volumes, month),
        sources=len({volume.source for volume in volumes if volume.events and volume.day >= month}),
        sentence=sentences.today(so_far, usual.together(volumes, today=today)),
        silences=[sentences.silence(row) for row in by_day if row.silent_since],
        by_day=by_day,
        books=desk.books(),
        by_source=by_source,
        until=until,
        picture=stacked(volumes, until=until, days=DAYS) if until else None,
    )


def changes(desk: Desk) -> list[Change]:
    """The latest deeds that changed the workspace, newest first; no person is named in them."""
    return [change for change in desk.changes(limit=500) if change.action in DEEDS][:LATEST]


def _since(volumes: Sequence[Volume], first: date) -> int:
    return sum(volume.events for volume in volumes if volume.day >= first)
