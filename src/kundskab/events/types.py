"""The words of the event contract: what comes in, and what a checked event holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from kundskab.types import KundskabError


class Unreadable(KundskabError):
    """The whole body cannot be read as JSON, so there is no event to keep; the door answers 400."""


class TooLarge(KundskabError):
    """The whole body is over the limit; the door answers 413."""


@dataclass(frozen=True, slots=True)
class Identifier:
    kind: str  # "user_id", "anonymous_id", "email", "group_id", "phone" ...
    value: str  # raw: never logged, never in the lake


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order."""

    object: str | None
    category: str | None
    quantity: float | None  # negative in a refund
    price: Decimal | None  # of one piece


@dataclass(frozen=True, slots=True)
class Signal:
    """The consent an event carries itself: {} when it says nothing; "*" refuses everything."""

    preferences: dict[str, bool]
    gpc: bool = False  # Global Privacy Control


@dataclass(frozen=True, slots=True)
class Event:
    """A checked, canonical event whose identifiers are still raw."""

    event_id: str
    actor: Identifier
    device: Identifier | None
    action: str
    object: str | None
    category: str | None
    quantity: float | None
    value: Decimal | None  # decimal(18, 4); negative in a refund
    currency: str | None  # ISO 4217, upper case
    channel: str | None
    occasion: str | None
    account: str | None
    items: tuple[Item, ...]
    occurred_at: datetime  # UTC, corrected for the sender's clock
    original_timestamp: str | None
    sent_at: datetime | None
    properties: bytes  # a JSON object, free of NaN, NUL and lone surrogates
    facts: dict[str, Any]  # what `identify` says about the person
    link: tuple[Identifier, Identifier, str] | None  # (user, other, evidence)
    signal: Signal
    flags: tuple[str, ...]  # what was mended or assumed on the way
    signature: str | None = None  # by a server key, that this browser may speak for the user id; never kept


@dataclass(frozen=True, slots=True)
class Quarantine:
    """An event that is unreadable or impossible: kept with the reason, out of every view."""

    event_id: str | None
    reason: str  # a short stable code: see `kundskab.events.REASONS`
    help: str  # one sentence for the sender


@dataclass(frozen=True, slots=True)
class RawRequest:
    """What the journal keeps of one HTTP request."""

    body: bytes  # inflated
    received_at: datetime
    path_type: str | None = None  # "track" from /v1/track; None for batch and one-letter paths
    gpc: bool = False
    sent_at_header: str | None = None
    anonymous_id_header: str | None = None  # base64, as Rudder's browser client sends it
    source: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A body, read: its raw events (of any JSON type) and what belongs to the request as a whole."""

    events: list[Any]
    path_type: str | None = None  # None in a batch: there each event says its own type
    sent_at: Any = None
    write_key: str | None = None
    flags: dict[int, tuple[str, ...]] = field(default_factory=dict)  # what was mended, by the event's place


@dataclass(slots=True)
class Admitted:
    """An event that passed the door: enough to journal it, and all that mapping needs."""

    event_id: str
    signal: Signal
    raw: dict[str, Any]
    type: str
    name: str  # of the track event; "" for other types
    user: Identifier | None
    anonymous: Identifier | None
    occurred_at: datetime
    original_timestamp: str | None
    sent_at: datetime | None
    flags: list[str]
