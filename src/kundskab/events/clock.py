"""When it happened: reading the many ways of writing a time, and correcting for a wrong clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import isfinite

from kundskab.events.limits import CLOCK_TOLERANCE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 64  # signs
# An epoch's unit shows in its size: seconds below the year 5138, then milli-, micro- and nanoseconds.
_UNITS = ((1e11, 1_000_000.0), (1e14, 1_000.0), (1e17, 1.0), (1e20, 0.001))  # (below, microseconds each)


def read_time(value: object) -> datetime | None:
    """A time in UTC, or None when it cannot be read.

    Reads ISO 8601 (without a zone it is UTC), RFC 2822, and epochs in s, ms, us or ns as number or text.
    """
    if type(value) is str:
        try:
            return _utc(_read_text(value))
        except (ValueError, OverflowError, IndexError, TypeError):
            return None
    if type(value) is int or type(value) is float:
        return _read_epoch(value)
    if isinstance(value, datetime):
        return _utc(value)
    return None


def correct(time: datetime, sent_at: datetime | None, received_at: datetime) -> tuple[datetime, bool]:
    """(the time by our clock, whether it had to be moved).

    The sender's clock stood at `sent_at` when ours stood at `received_at`, so it is off by the difference.
    Raises OverflowError when the result leaves the calendar.
    """
    if sent_at is None:
        return time, False
    behind = received_at - sent_at
    if -CLOCK_TOLERANCE <= behind <= CLOCK_TOLERANCE:
        return time, False
    return time + behind, True


def _utc(time: datetime) -> datetime:
    zone = time.tzinfo
    if zone is UTC:
        return time
    if zone is None:
        return time.replace(tzinfo=UTC)
    return time.astimezone(UTC)


def _read_text(text: str) -> datetime:
    if len(text) > _LONGEST:
        raise ValueError("too long for a time")
    try:
        # Digits alone are an epoch unless they are a date like 20260131.
        if not text.isdecimal() or len(text) == 8:
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    text = text.strip()
    if text.replace(".", "", 1).lstrip("-").isdecimal():
        epoch = _read_epoch(float(text) if "." in text else int(text))
        if epoch is None:
            raise ValueError("no such epoch")
        return epoch
    if text.endswith(" UTC"):
        return datetime.fromisoformat(text[:-4] + "+00:00")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def _read_epoch(number: int | float) -> datetime | None:
    if not isfinite(number):
        return None
    for below, microseconds in _UNITS:
        if abs(number) < below:
            try:
                return _EPOCH + timedelta(microseconds=number * microseconds)
            except OverflowError:
                return None
    return None
