"""Journals -> what arrived: events, quarantined ones with their bodies, and those the door already refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from kundskab import journal
from kundskab.events import Admitted, Event, Parsed, Quarantine, RawRequest, TrackingPlan, admit, map_event, parse
from kundskab.journal import Stored
from kundskab.pipeline.digest.meetings import met
from kundskab.pipeline.digest.rows import Arrived
from kundskab.types import KundskabError
from kundskab.vault import Bad

Plans = Callable[[str], TrackingPlan | None]  # by source


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that the door turned away, its body dropped. `arrived` still tells who refused what, and when."""

    source: str
    reason: str
    arrived: Arrived | None


@dataclass(slots=True)
class Batch:
    """Everything of some journal entries, each event exactly once in one of the three lists."""

    arrived: list[Arrived] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    last_received: dict[str, str] = field(default_factory=dict)  # source -> ISO time

    @property
    def events(self) -> int:
        return len(self.arrived) + len(self.bad) + len(self.refused)


def collect(folder: Path, positions: Mapping[str, int], plan_of: Plans, *, limit: int) -> Batch:
    """Read what lies behind `positions` in every journal, about `limit` events in all (an entry is never cut)."""
    batch = Batch()
    names = journal.journals(folder)
    for done, name in enumerate(names):
        # Journals share the room, and what one leaves the next may use: a flood in one must not starve another.
        room = (limit - batch.events) // (len(names) - done)
        for stored in journal.read(folder, name, positions.get(name, 0), max(1, room)):
            _sort(stored, plan_of(stored.entry.source), batch)
            batch.positions[name] = stored.last
    return batch


def _sort(stored: Stored, plan: TrackingPlan | None, batch: Batch) -> None:
    entry = stored.entry
    batch.last_received[entry.source] = entry.received_at.isoformat()
    meta = orjson.loads(entry.meta)
    refused = meta.get("refused") or {}
    try:
        parsed = parse(entry.body, path_type=meta.get("path_type"))
        admitted = admit(parsed, _request(entry.source, entry.received_at, meta))
    except KundskabError as error:  # the door read it; a program that reads less must not lose it
        return _put_aside(stored, str(error), batch)
    if len(admitted) != entry.events:
        return _put_aside(stored, f"It holds {len(admitted)} events now; the door counted {entry.events}.", batch)
    for index, one in enumerate(admitted):
        position = stored.first + index
        if reason := refused.get(str(index)):
            # What the door left of it is no event of the tracking plan; it only says who refused what.
            said = _mapped(one, None)
            speaker = _arrived(said, stored, position, meta) if isinstance(said, Event) else None
            batch.refused.append(Refused(entry.source, reason, speaker))
        elif isinstance(checked := _mapped(one, plan), Event):
            batch.arrived.append(_arrived(checked, stored, position, meta))
        else:
            about = {**meta, "refused": None, "path_type": parsed.path_type, "sent_at": parsed.sent_at}
            batch.bad.append(_bad(stored, position, checked, _kept(parsed.events[index], about)))


def again(bad: Bad, plan: TrackingPlan | None) -> Arrived | None:
    """A quarantined event as today's rules and plan see it; None when it still is none."""
    kept = json.loads(bad.body)
    meta = kept["meta"]
    parsed = Parsed([kept["raw"]], meta.get("path_type"), sent_at=meta.get("sent_at"))
    [one] = admit(parsed, _request(bad.source, bad.received_at, meta))
    checked = _mapped(one, plan)
    if not isinstance(checked, Event):
        return None
    event, meeting = met(checked, meta)
    key = meta.get("key", "browser")
    return Arrived(event, bad.source, key, bad.journal, bad.position, bad.received_at, meeting)


def _request(source: str, received_at: datetime, meta: Mapping[str, Any]) -> RawRequest:
    """What held for the whole request; its body is read already."""
    return RawRequest(
        body=b"",
        received_at=received_at,
        path_type=meta.get("path_type"),
        gpc=bool(meta.get("gpc")),
        sent_at_header=meta.get("sent_at_header"),
        anonymous_id_header=meta.get("anonymous_id_header"),
        source=source,
    )


def _mapped(one: Admitted | Quarantine, plan: TrackingPlan | None) -> Event | Quarantine:
    return map_event(one, plan) if isinstance(one, Admitted) else one


def _arrived(event: Event, stored: Stored, position: int, meta: Mapping[str, Any]) -> Arrived:
    entry, key = stored.entry, meta.get("key", "browser")
    event, meeting = met(event, meta)
    return Arrived(event, entry.source, key, stored.journal, position, entry.received_at, meeting)


def _bad(stored: Stored, position: int, found: Quarantine, body: bytes) -> Bad:
    return Bad(
        journal=stored.journal,
        position=position,
        source=stored.entry.source,
        event_id=found.event_id,
        reason=found.reason,
        help=found.help,
        body=body,
        received_at=stored.entry.received_at,
    )


def _put_aside(stored: Stored, why: str, batch: Batch) -> None:
    """The whole entry into quarantine: its body with its first event, so that every position stays accounted for."""
    text = stored.entry.body.decode("utf-8", "replace")
    for position in range(stored.first, stored.last + 1):
        found = Quarantine(None, "unreadable", f"The request cannot be read any more: {why}")
        batch.bad.append(_bad(stored, position, found, _kept(text if position == stored.first else None, {})))


def _kept(raw: Any, meta: Mapping[str, Any]) -> bytes:
    """A quarantined event as it came, with what a replay needs to judge it as the door did."""
    try:
        return orjson.dumps({"raw": raw, "meta": meta})
    except TypeError:  # deeper than orjson writes, or a number of more digits
        pass
    try:
        return json.dumps({"raw": raw, "meta": meta}).encode()
    except RecursionError:  # a bomb: its reason stays, and nothing in it could ever pass
        return orjson.dumps({"raw": None, "meta": meta})
