"""What people did themselves, and by which clock: a mailing that we sent is no visit of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.datatypes as dt

if TYPE_CHECKING:
    from ibis.expr.types import Table, TimestampValue

    from kundskab.consent.view import View

# What we did to them, in lower case: part of their timeline, not of their rhythm or their habits.
OURS = frozenset(
    {
        "mailing sent",
        "email sent",
        "email delivered",
        "push notification sent",
        "ticket answered",
        "ticket closed",
        "support ticket answered",
        "support ticket closed",
        "question asked",
        "automatic reply",
    }
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One event that somebody did themselves, by the clock on the wall."""

    at: datetime
    action: str
    category: str | None
    channel: str | None


def own_deeds(view: View, person: str, *, zone: str) -> list[Deed]:
    """What one person did themselves, oldest first, by the clock of `zone` (IANA name)."""
    here = ZoneInfo(zone)
    return [
        Deed(event.occurred_at.astimezone(here), event.action, event.category, event.channel)
        for event in view.events_of(person)
        if event.action is not None and is_own(event.action)
    ]


def is_own(action: str) -> bool:
    """Whether people do this themselves."""
    return action.lower() not in OURS


def own(events: Table) -> Table:
    """Those of these events that people did themselves; many rows per person, same columns."""
    return events.filter(events.action.lower().notin(sorted(OURS)))


def local(moment: Any, zone: str) -> TimestampValue:
    """A time as the clock on the wall of `zone` (IANA name) showed it, without a zone."""
    said: TimestampValue = _timezone(zone, moment)
    return said


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, dt.Timestamp(timezone="UTC")), dt.timestamp))  # type: ignore[untyped-decorator]
def _timezone(zone: Any, moment: Any) -> Any:
    """DuckDB's own; Ibis has no word for it. https://duckdb.org/docs/stable/sql/functions/timestamptz"""
