"""Journals -> what arrived: events, quarantined ones with their bodies, and those the door already refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from kundskab import journal
from kundskab.events import Admitted, Event, Quarantine, RawRequest, TrackingPlan, admit, map_event, parse
from kundskab.journal import Stored
from kundskab.pipeline.digest.rows import Arrived
from kundskab.vault import Bad


@dataclass(slots=True)
class Batch:
    """Everything of some journal entries, each event exactly once in one of the three lists."""

    arrived: list[Arrived] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)  # (source, reason) of bodies the door dropped
    positions: dict[str, int] = field(default_factory=dict)
    last_received: dict[str, str] = field(default_factory=dict)  # source -> ISO time

    @property
    def events(self) -> int:
        return len(self.arrived) + len(self.bad) + len(self.refused)


def collect(
    folder: Path, positions: Mapping[str, int], plan_of: Callable[[str], TrackingPlan | None], *, limit: int
) -> Batch:
    """Read what lies behind `positions` in every journal, about `limit` events in all (an entry is never cut)."""
    batch = Batch()
    for name in journal.journals(folder):
        room = limit - batch.events
        if room <= 0:
            break
        for stored in journal.read(folder, name, positions.get(name, 0), room):
            _sort(stored, plan_of(stored.entry.source), batch)
            batch.positions[name] = stored.last
    return batch


def _sort(stored: Stored, plan: TrackingPlan | None, batch: Batch) -> None:
    entry = stored.entry
    batch.last_received[entry.source] = entry.received_at.isoformat()
    meta = orjson.loads(entry.meta)
    refused = meta.get("refused") or {}
    key = meta.get("key", "browser")
    for index, (checked, raw) in enumerate(outcomes(entry.body, entry.source, entry.received_at, meta, plan)):
        position = stored.first + index
        if reason := refused.get(str(index)):
            batch.refused.append((entry.source, reason))
        elif isinstance(checked, Event):
            batch.arrived.append(Arrived(checked, entry.source, key, stored.journal, position, entry.received_at))
        else:
            batch.bad.append(
                Bad(
                    journal=stored.journal,
                    position=position,
                    source=entry.source,
                    event_id=checked.event_id,
                    reason=checked.reason,
                    help=checked.help,
                    body=orjson.dumps({"raw": raw, "meta": {**meta, "refused": None}}, default=str),
                    received_at=entry.received_at,
                )
            )


def outcomes(
    body: bytes, source: str, received_at: datetime, meta: Mapping[str, Any], plan: TrackingPlan | None
) -> Iterator[tuple[Event | Quarantine, Any]]:
    """Each event of a body, checked and mapped, beside its raw form; the same for the same bytes on any day."""
    request = RawRequest(
        body=body,
        received_at=received_at,
        path_type=meta.get("path_type"),
        gpc=bool(meta.get("gpc")),
        sent_at_header=meta.get("sent_at_header"),
        anonymous_id_header=meta.get("anonymous_id_header"),
        source=source,
    )
    parsed = parse(body, path_type=request.path_type)
    for raw, one in zip(parsed.events, admit(parsed, request), strict=True):
        yield (map_event(one, plan) if isinstance(one, Admitted) else one), raw
