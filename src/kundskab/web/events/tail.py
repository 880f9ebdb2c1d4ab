"""The newest events, and which of them the reader has not seen yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kundskab.pipeline.answers import EventRow

PURPOSE = "analytics"
LENGTH = 50


@dataclass(frozen=True, slots=True)
class Tail:
    """rows, newest first; seq is the newest one's number, fresh the numbers the reader has not seen."""

    rows: Sequence[EventRow]
    seq: int
    fresh: frozenset[int] = frozenset()


def first(rows: Sequence[EventRow]) -> Tail:
    """The tail as a page first shows it: nothing is news yet."""
    return Tail(rows, _newest(rows))


def after(rows: Sequence[EventRow], seen: int) -> Tail | None:
    """The tail for somebody who has seen up to number `seen`; None when there is no news.

    A withdrawal can take the newest rows away; that is news too, and the rows must go.
    """
    newest = _newest(rows)
    if newest == seen:
        return None
    return Tail(rows, newest, frozenset(row.ingested_seq for row in rows if row.ingested_seq > seen))


def _newest(rows: Sequence[EventRow]) -> int:
    return max((row.ingested_seq for row in rows), default=0)
