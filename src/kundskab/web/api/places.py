"""Where a page of events goes on, as one word: a time, and after `~` the number of the event among those of then."""

from __future__ import annotations

from datetime import UTC, datetime

from kundskab.pipeline.reading import Place
from kundskab.web.api.problems import Refused

_MOST = (1 << 63) - 1
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def write_place(place: Place) -> str:
    return f"{place.occurred_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}~{place.ingested_seq}"


def read_place(text: str) -> Place:
    """A place as we wrote it, or any ISO time (UTC when it names no zone). Refuses everything else."""
    said, _, number = text.partition("~")
    try:
        time = datetime.fromisoformat(said)
        time = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(422, "before: give `next` of the answer before, or a time like 2026-03-01T12:00:00Z.") from None
    seq = int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
    return Place(min(max(time, _FIRST), _LAST), min(seq, _MOST))
