"""The words of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kundskab.types import KundskabError


class JournalFull(KundskabError):
    """The disk took nothing: what was handed over is *not* kept, and the sender must try later."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it came, with how many events it holds (at least 1).

    meta: JSON object (path_type, gpc, sent_at_header, anonymous_id_header, key: "browser" | "server").
    """

    source: str
    received_at: datetime  # UTC
    meta: bytes
    body: bytes
    events: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry and where it lies: its events hold the positions first .. last of this journal file."""

    journal: str
    first: int
    entry: Entry

    @property
    def last(self) -> int:
        return self.first + self.entry.events - 1
