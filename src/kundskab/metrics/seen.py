"""How far the view sees: what lies after its newest event is not known, and must not be read as "did not"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from kundskab.consent.view import View


@dataclass(frozen=True, slots=True)
class Seen:
    """From the first event to the newest one; what was due after `as_of` is not over yet."""

    first: datetime
    as_of: datetime


def seen(view: View) -> Seen | None:
    """None where the view holds no event.

    as_of is the newest event, or the view's own moment when that is earlier. A feed that stopped, or a file of 2011,
    would otherwise turn everything afterwards into zeros.
    """
    events = view.events
    [row] = events.agg(first=events.occurred_at.min(), newest=events.occurred_at.max()).to_pyarrow().to_pylist()
    if row["first"] is None:
        return None
    now = view.at or view.opened_at
    return Seen(row["first"].astimezone(UTC), min(row["newest"].astimezone(UTC), now))
