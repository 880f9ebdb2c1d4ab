"""As of when a refresh looks: now, or the newest event where nothing has come for longer than any horizon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kundskab.consent.view import View
from kundskab.types import KundskabError

LONGEST = timedelta(days=90)  # the longest horizon that is foretold


class NothingYet(KundskabError):
    """There is no event that may be used for the purpose."""


@dataclass(frozen=True, slots=True)
class Moment:
    """said: what to tell about it; empty where it is simply now."""

    as_of: datetime
    said: str = ""


def moment(view: View, asked: datetime | None, now: datetime) -> Moment:
    """Raises NothingYet without any event, KundskabError where none is before the moment that is asked for."""
    first, last = span(view)
    if first is None or last is None:
        raise NothingYet(f"Nothing has happened yet that may be used for {view.purpose}; import some events first.")
    if asked is not None:
        if asked < first:
            raise KundskabError(f"Nothing had happened by {asked:%Y-%m-%d}; the first event is of {first:%Y-%m-%d}.")
        return Moment(asked.astimezone(UTC))
    if now - last > LONGEST:
        return Moment(last.astimezone(UTC), f"The newest event is of {last:%Y-%m-%d}, so this is as of then.")
    return Moment(now.replace(microsecond=0))


def span(view: View) -> tuple[datetime | None, datetime | None]:
    """When the first and the last event happened; None where there is none."""
    events = view.events
    found = events.agg(first=events.occurred_at.min(), last=events.occurred_at.max()).to_pyarrow().to_pylist()[0]
    return found["first"], found["last"]
