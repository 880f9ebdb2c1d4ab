"""Checked events -> rows of the lake, identifiers replaced by tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from kundskab.events import Event, Identifier
from kundskab.lake.schema import arrow_schema


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event, where it was acknowledged and by whom it was sent; `permission` is set once it may be kept."""

    event: Event
    source: str
    key: str  # "browser" | "server"
    journal: str
    position: int
    received_at: datetime
    meeting: Mapping[str, Any] | None = None  # beside an encounter: who of us, and the words, sealed


def to_rows(kept: Sequence[tuple[Arrived, int]], *, token: Callable[[Identifier], str], first_seq: int) -> pa.Table:
    """One row per (event, permission id), in order, numbered from first_seq; the lake's own columns."""
    events = [arrived.event for arrived, _ in kept]
    columns = {
        "event_id": [e.event_id for e in events],
        "actor": [token(e.actor) for e in events],
        "device": [None if e.device is None else token(e.device) for e in events],
        "action": [e.action for e in events],
        "object": [e.object for e in events],
        "category": [e.category for e in events],
        "quantity": [e.quantity for e in events],
        "value": [e.value for e in events],
        "currency": [e.currency for e in events],
        "channel": [e.channel for e in events],
        "occasion": [e.occasion for e in events],
        "account": [e.account for e in events],
        "items": [_items(e) for e in events],
        "occurred_at": [e.occurred_at for e in events],
        "original_timestamp": [e.original_timestamp for e in events],
        "sent_at": [e.sent_at for e in events],
        "received_at": [arrived.received_at for arrived, _ in kept],
        "ingested_seq": list(range(first_seq, first_seq + len(kept))),
        "source": [arrived.source for arrived, _ in kept],
        "permission": [permission for _, permission in kept],
        "properties": [e.properties.decode() for e in events],
        "journal": [arrived.journal for arrived, _ in kept],
        "position": [arrived.position for arrived, _ in kept],
    }
    schema = arrow_schema()
    return pa.table([pa.array(columns[f.name], f.type) for f in schema], schema=schema)


def _items(event: Event) -> list[dict[str, object]] | None:
    if not event.items:
        return None
    return [{"object": i.object, "category": i.category, "quantity": i.quantity, "price": i.price} for i in event.items]
