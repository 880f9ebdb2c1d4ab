"""What the pages of segments show, in plain values. A reading of fewer than five people is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kundskab.metrics.readings import Reading


@dataclass(frozen=True, slots=True)
class Doing:
    """One behaviour of a segment. share: of all they do (0-1).  everybody: the same of everybody.  lift: how many
    times as large a part of what they do; all as learnt, the share with its doubt."""

    behaviour: str
    share: Reading
    everybody: float
    lift: float


@dataclass(frozen=True, slots=True)
class Card:
    """One segment at a glance. size: share of all people expected in it, each counted by the part of what they do.
    mostly: share of those seen enough who are most of all in it.  was: its size at the refresh before; None when it
    was not there."""

    segment: str
    name: str
    status: str  # "living", "merged", "died"
    born_at: datetime | None
    is_new: bool  # born since the refresh before
    size: Reading
    mostly: Reading
    was: float | None
    doing: tuple[str, ...]  # what they do most beyond others
    description: str = ""

    @property
    def is_living(self) -> bool:
        return self.status == "living"


@dataclass(frozen=True, slots=True)
class Pair:
    """People who do a good part in both of two segments. share: of the smaller one's people (0-1)."""

    one: str
    other: str
    persons: int
    share: float


@dataclass(frozen=True, slots=True)
class Overview:
    """All segments. cards: the largest first, then those that are no more.  early and crossing: shares of everybody,
    and of those seen enough."""

    as_of: datetime
    before: datetime | None  # the refresh before
    snapshot: int
    persons: int
    known: int  # of whom it is not too early to say
    early: Reading
    crossing: Reading
    cards: tuple[Card, ...]
    pairs: tuple[Pair, ...]  # those of five people or more

    @property
    def living(self) -> tuple[Card, ...]:
        return tuple(card for card in self.cards if card.is_living)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something in a segment's life. other: the segment that it merged into or split from.  mass: expected people."""

    segment: str
    happening: str  # "born", "merged", "died", "split"
    other: str | None
    occurred_at: datetime
    reason: str
    mass: float | None


@dataclass(frozen=True, slots=True)
class Size:
    """How large a segment was at one refresh: its share of everything, with doubt."""

    as_of: datetime
    share: Reading


@dataclass(frozen=True, slots=True)
class OneThing:
    """Where somebody, or a segment, stands out most. low, high: of times; None where chance was not reckoned."""

    behaviour: str
    words: str
    value: float
    usual: float
    times: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class NamedBy:
    """A name that somebody gave, and the one that was proposed."""

    name: str
    who: str
    at: datetime
    proposed: str


@dataclass(frozen=True, slots=True)
class Portrait:
    """One segment."""

    card: Card
    as_of: datetime
    snapshot: int
    known: int
    doing: tuple[Doing, ...]
    tree: tuple[Happening, ...]  # its own and those in which it is the other, oldest first
    sizes: tuple[Size, ...]  # oldest first
    moves: bool  # whether there is a refresh before, so that it can be told who moved
    near: tuple[tuple[str, int], ...]  # segments that share people with it, and how many
    one_thing: OneThing | None
    named: NamedBy | None
    names: dict[str, str]  # of every segment


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a segment, with how much and what else it may be."""

    person: str
    weight: float
    low: float
    high: float
    sure: bool
    events: float  # what it rests on


@dataclass(frozen=True, slots=True)
class MembersPage:
    """A page of members, those most in it first; total counts all pages."""

    rows: list[Member]
    total: int
    page: int
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """How much of what somebody does belongs to a segment."""

    segment: str
    name: str
    weight: float
    low: float  # 90 %
    high: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's memberships at one refresh, the largest first."""

    as_of: datetime
    sure: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a hand-written segment. left_at None: still in it.  reason: why they came, or once left, why they
    left."""

    segment: str
    name: str
    entered_at: datetime
    left_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """What segments say of one person. now None: they were not in the last refresh.

    latest: what they did last, where that was after the refresh; is_anew: whether `now` was told from it.
    why_none: why there are no segments now, where the last refresh had too little to learn them from.
    """

    as_of: datetime | None
    now: Standing | None
    crosses: bool
    events: float  # what it rests on
    history: tuple[Standing, ...]  # oldest first, the newest included
    stays: tuple[Stay, ...]  # those still going on first, then the newest
    one_thing: OneThing | None
    latest: datetime | None = None
    is_anew: bool = False
    why_none: str = ""


@dataclass(frozen=True, slots=True)
class WrittenCard:
    """A hand-written segment. inside: people in it at the last refresh, None before its first.  hidden when few."""

    id: str
    name: str
    words: str  # its condition as a sentence
    when: dict[str, Any]
    who: str
    at: datetime
    inside: Reading | None


@dataclass(frozen=True, slots=True)
class StayOf:
    """A person's stay, as the list of a hand-written segment shows it."""

    person: str
    entered_at: datetime
    left_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """One hand-written segment and a page of its people: those inside, or those who left."""

    card: WrittenCard
    as_of: datetime | None
    rows: list[StayOf]
    total: int
    page: int
    size: int
    entered: int  # since the refresh before; 0 when hidden
    left: int
