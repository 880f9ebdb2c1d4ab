"""Reading what an address asks for. An address is typed, cut off and guessed at: a page never breaks by it."""

from __future__ import annotations

from datetime import UTC, datetime


def number(text: str | None, *, default: int) -> int:
    """A whole number from an address, or the default for anything else."""
    if text and text.isascii() and text.isdecimal() and len(text) < 17 and int(text) > 0:
        return int(text)
    return default


def moment(text: str | None) -> datetime | None:
    """A time with its zone (UTC when it names none), or None for anything else."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
