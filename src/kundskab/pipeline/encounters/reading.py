"""Reading encounters through a view: the event decides, the words follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import orjson

from kundskab.consent.view import View
from kundskab.pipeline.encounters.declared import UNKNOWN
from kundskab.pipeline.encounters.meeting import ACTION
from kundskab.pipeline.home import Home
from kundskab.vault.encounters import Said

RESEARCH = "research"
_COLUMNS = ("event_id", "actor", "person", "category", "channel", "source", "occasion", "occurred_at", "properties")


@dataclass(frozen=True, slots=True)
class Encounter:
    """One encounter, as far as a purpose allows. words, reading None: not to be seen for it, or none were kept."""

    id: str
    person: str | None  # token; None: somebody we do not know
    kind: str
    channel: str | None
    staff: str  # who of us
    at: datetime
    research: str  # yes | no | not asked
    source: str
    case: str | None
    words: str | None = None  # the customer's own
    reading: str | None = None  # ours, marked as ours


@dataclass(frozen=True, slots=True)
class Met:
    """How many of us met any customer since a time."""

    since: datetime
    of_us: int
    encounters: int


def of_person(home: Home, view: View, person: str, *, limit: int) -> list[Encounter]:
    """One person's encounters with their words, newest first."""
    rows = view.timeline_of(person, _COLUMNS, before=None, limit=limit, action=ACTION)
    return _told(home, view, rows, words=True)


def latest(home: Home, view: View, *, limit: int, skip: int, words: bool) -> list[Encounter]:
    """The newest encounters of everybody the view shows."""
    newest = _meetings(view.events).order_by(ibis.desc("occurred_at"), ibis.desc("ingested_seq"))
    rows = newest.limit(limit, offset=skip).select(*_COLUMNS).to_pyarrow().to_pylist()
    return _told(home, view, rows, words=words)


def count(view: View) -> int:
    return int(_meetings(view.events).count().execute())


def met_since(view: View, since: datetime) -> Met:
    """How many of us, told apart by the name they gave; nothing of the customers is read but that we met."""
    meetings = _meetings(view.events)
    staff = meetings.filter(meetings.occurred_at >= since).select("properties").to_pyarrow()["properties"].to_pylist()
    names = [_staff(text).casefold() for text in staff]
    return Met(since, len(set(names) - {""}), len(names))


def month_start(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _meetings(events: ibis.Table) -> ibis.Table:
    return events.filter(events.action == ACTION)


def _told(home: Home, view: View, rows: list[dict[str, Any]], *, words: bool) -> list[Encounter]:
    said: dict[str, Said] = {}
    if words and rows:
        with home.vault.reading() as tx:
            said = home.vault.encounters.of_events(tx, [row["event_id"] for row in rows])
    return [_encounter(row, said.get(row["event_id"]), view.purpose) for row in rows]


def _encounter(row: dict[str, object], said: Said | None, purpose: str) -> Encounter:
    properties = orjson.loads(str(row["properties"]))
    research = str(properties.get(RESEARCH, "not asked"))
    # An id is unique within a source alone: words are told only of the one who said them, under whose permission.
    said = said if said is not None and said.actor == row["actor"] else None
    # The view shows her event for research because she grants it now; her words need her yes to this very question.
    readable = said is not None and (purpose != RESEARCH or research == "yes")
    return Encounter(
        id=str(row["event_id"]),
        person=None if row["source"] == UNKNOWN else str(row["person"]),
        kind=str(row["category"] or ""),
        channel=_text(row["channel"]),
        staff=str(properties.get("staff", "")),
        at=row["occurred_at"],  # type: ignore[arg-type]
        research=research,
        source=str(row["source"]),
        case=_text(row["occasion"]),
        words=said.words if said is not None and readable else None,
        reading=said.reading if said is not None and readable else None,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _staff(properties: str) -> str:
    return str(orjson.loads(properties).get("staff", "")).strip()
