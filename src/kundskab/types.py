"""Small types that every floor may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

VERSION = "0.1.0"  # of the program; derived rows say by which they were computed


class KundskabError(Exception):
    """One clear sentence: what happened and what helps."""


class Busy(KundskabError):
    """Somebody else is writing; try again when they are done."""


class Expired(KundskabError):
    """A view older than five minutes; open a new one."""


@dataclass(frozen=True, slots=True)
class Books:
    """What became of every event received; counts of events, never of requests."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    quarantined: int = 0
    waiting: int = 0  # acknowledged and on disk, not yet digested

    @property
    def balanced(self) -> bool:
        return self.received == self.stored + self.duplicate + self.refused + self.quarantined + self.waiting


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file's rows: rows = stored + duplicates + refused + quarantined."""

    rows: int
    stored: int
    duplicates: int
    refused: int
    quarantined: int
    import_id: int = 0
    source: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)  # why rows were quarantined
    seconds: float = 0.0
    vault_seconds: float = 0.0  # spent on turning identifiers into tokens
    notes: tuple[str, ...] = ()


def utc_now() -> datetime:
    return datetime.now(UTC)
