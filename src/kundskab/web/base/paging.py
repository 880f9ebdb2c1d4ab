"""Pages of a long list: which one was asked for, and which others there are."""

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


def number(text: str | None, *, default: int) -> int:
    """A whole number from an address, or the default for anything else: a page never breaks by its address."""
    if text and text.isascii() and text.isdecimal() and len(text) < 17 and int(text) > 0:
        return int(text)
    return default


def pages(found: PeoplePage | QuarantinePage) -> Pages:
    """Where a page of rows stands among all of them."""
    first = (found.page - 1) * found.size + 1 if found.rows else 0
    last = first + len(found.rows) - 1 if found.rows else 0
    before = found.page - 1 if found.page > 1 else None
    after = found.page + 1 if last and last < found.total else None
    return Pages(first, last, found.total, before, after)
