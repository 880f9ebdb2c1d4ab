"""Pages of a long list: where one stands, and which others there are."""

from __future__ import annotations

from dataclasses import dataclass

from kundskab.pipeline.answers import PeoplePage, QuarantinePage


@dataclass(frozen=True, slots=True)
class Pages:
    """Rows first..last of total are shown; before and after are page numbers, None at the ends."""

    first: int
    last: int
    total: int
    before: int | None
    after: int | None


def pages(found: PeoplePage | QuarantinePage) -> Pages:
    """Where a page of rows stands among all of them."""
    first = (found.page - 1) * found.size + 1 if found.rows else 0
    last = first + len(found.rows) - 1 if found.rows else 0
    before = found.page - 1 if found.page > 1 else None
    after = found.page + 1 if last and last < found.total else None
    return Pages(first, last, found.total, before, after)
