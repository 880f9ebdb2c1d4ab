"""What the desk answers: plain values, ready to print. No handle, no lazy query hides in them.

Every time is an aware datetime in UTC; every day is a day of the workspace's own clock.
Money is Decimal and is kept per currency. Where persons are concerned, rows that the asked
purpose does not allow are not in the answer at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kundskab.profiles.rhythm import Gap


@dataclass(frozen=True, slots=True)
class About:
    """Whose data this is, and how its days and money are counted."""

    name: str
    workspace_id: str  # 16 hex digits
    timezone: str  # IANA name
    currency: str  # ISO 4217; what amounts without a currency are taken to be
    fictitious: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SourceBooks:
    """The books of one source as far as digested; what waits is known for all sources together only."""

    source: str
    kind: str  # "live" | "import"
    received: int
    stored: int
    duplicate: int
    refused: int
    quarantined: int
    last_seen: datetime | None  # when it last sent anything; None when it never has


@dataclass(frozen=True, slots=True)
class Volume:
    """How many events of one source happened on one day: a count, not personal."""

    day: date
    source: str
    events: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of an order. price: of one piece, in the order's currency."""

    object: str | None
    category: str | None
    quantity: float | None
    price: Decimal | None
    object_name: str | None = None  # what the catalogue called it then


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event that may be used for the purpose asked for."""

    person: str
    action: str
    object: str | None
    category: str | None
    quantity: float | None
    value: Decimal | None
    currency: str | None
    channel: str | None
    occasion: str | None
    source: str
    occurred_at: datetime
    received_at: datetime
    ingested_seq: int  # grows with every event stored
    event_id: str
    object_name: str | None = None  # what the catalogue called it then
    lines: tuple[LineRow, ...] = ()  # of an order, as its source gave them


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as a line in a list."""

    person: str
    events: int
    actions: int  # different actions, not times
    first_seen: datetime
    last_seen: datetime
    channels: tuple[str, ...] = ()
    value_sums: dict[str, Decimal] = field(default_factory=dict)  # currency -> sum
    days: int = 0  # on which they did something themselves
    gap: Gap | None = None  # usual days between them; None: too early to say


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of persons; total counts all pages of the same search and purpose."""

    rows: list[PersonRow]
    total: int
    page: int  # from 1
    size: int


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Why two actors are believed to be one person, or why they are not."""

    a: str  # actor token
    b: str  # actor token
    kind: str  # "claimed" | "verified" | "suggested" | "manual"
    evidence: str  # "identify" | "alias" | ...
    at: datetime
    source: str
    shared: bool  # a device seen with two user ids: it joins neither


@dataclass(frozen=True, slots=True)
class FactRow:
    """Something known about a person, and how we came to know it."""

    name: str
    value: Any  # a JSON value
    how: str  # "given" | "observed" | "inferred"
    source: str
    occurred_at: datetime
    purpose: str | None


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """What a person allows for one purpose now. status None: nothing was ever said."""

    purpose: str
    allowed: bool
    status: str | None  # "grant" | "refuse" | "withdraw" | "object"
    since: datetime | None
    source: str | None
    basis: str | None
    notice_version: str | None
    declared: tuple[str, ...] = ()  # sources; when allowed without a yes, by what was declared as their rows came in


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person: who they are to us, what we know, what they allow."""

    person: str
    actors: list[tuple[str, str]]  # (token, kind of identifier)
    links: list[LinkRow]
    facts: list[FactRow]
    consents: list[ConsentRow]  # one per purpose of the workspace
    first_seen: datetime | None
    last_seen: datetime | None
    events: int
    common_actions: list[tuple[str, int]]  # most common first


@dataclass(frozen=True, slots=True)
class BadRow:
    """One event that could not be read. excerpt is a short piece of its body, never all of it."""

    id: int
    source: str
    reason: str  # short, stable code
    help: str  # one sentence: what would make it readable
    received_at: datetime
    row_number: int | None  # of an imported file
    event_id: str | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class QuarantinePage:
    """A page of quarantine; reasons counts everything in it, whatever the page shows."""

    rows: list[BadRow]
    total: int  # of the reason asked for
    reasons: dict[str, int]
    page: int  # from 1
    size: int
    helps: dict[str, tuple[tuple[str, str, int], ...]] = field(default_factory=dict)  # reason -> source, help, events
    outcomes: dict[str, int] = field(default_factory=dict)  # of what was replayed: stored | duplicate | refused


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """tried = stored + duplicates + refused + still_quarantined."""

    tried: int
    stored: int
    duplicates: int
    refused: int
    still_quarantined: int


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A write key without its secret."""

    id: int
    kind: str  # "browser" | "server"
    last4: str
    created_at: datetime
    expires_at: datetime | None  # set when rotated: both keys work until then
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where events come from, and what they may be used for."""

    name: str
    label: str
    kind: str  # "live" | "import"
    purposes: dict[str, str]  # purpose -> lawful basis
    on_refusal: str  # "strip" | "drop"
    no_signal: str  # "no_grant" | "declared"
    keys: list[KeyRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """What data may be used for, on which basis, and the notice people were shown."""

    name: str
    basis: str
    notice_version: str | None
    description: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something a human or the clock did; text is a plain sentence."""

    at: datetime
    who: str
    action: str
    subject: str
    text: str
