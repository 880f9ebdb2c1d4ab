"""What the customer's own page says, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kundskab.vault import Request


@dataclass(frozen=True, slots=True)
class Known:
    """One thing we know of her, and from where."""

    name: str
    value: Any  # a JSON value
    how: str  # given | observed | inferred
    source: str  # the source's label
    at: datetime
    told_before: int  # how many earlier values we have


@dataclass(frozen=True, slots=True)
class Use:
    """One purpose: what it is, whether she allows it, and what she may say to it."""

    purpose: str
    description: str
    notice: str
    basis: str
    allowed: bool
    status: str | None  # what she said last: grant | refuse | withdraw | object; None: nothing
    since: datetime | None
    declared: tuple[str, ...]  # labels of sources whose rows are used without her yes, by what was declared of them
    is_her_choice: bool  # whether her yes or no decides (not for a contract or a legal duty)


@dataclass(frozen=True, slots=True)
class Did:
    """One thing that we recorded."""

    action: str
    object: str | None
    channel: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """How much of what she did we keep."""

    events: int
    first: datetime | None
    last: datetime | None
    channels: tuple[tuple[str, int], ...]  # most first
    latest: tuple[Did, ...]  # newest first


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody here opened what we know of her."""

    at: datetime
    action: str
    purpose: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Everything on the page."""

    known: list[Known]
    uses: list[Use]
    recorded: Recorded
    looked: list[Looked]  # newest first
    requests: list[Request]  # newest first
