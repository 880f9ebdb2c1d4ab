"""Invented answers of `desk.segments`: four living segments, one newborn and one too small to show, one that merged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from kundskab.consent.derived import NotComputed
from kundskab.metrics.readings import Reading, share
from kundskab.pipeline.segments.answers import (
    Belonging,
    Card,
    Doing,
    Happening,
    Member,
    MembersPage,
    NamedBy,
    OneThing,
    Overview,
    Pair,
    Part,
    Portrait,
    Size,
    Standing,
    Stay,
    StayOf,
    WrittenCard,
    WrittenPage,
)
from kundskab.pipeline.segments.written import Preview
from kundskab.segments.flows import Flow, Move
from kundskab.segments.standing import ACROSS, AWAY, EARLY
from kundskab.segments.written import condition, in_words
from kundskab.types import KundskabError

APRIL, MAY, JUNE = (datetime(2026, month, 14, 22, tzinfo=UTC) for month in (4, 5, 6))
ANN, BO = "4k2m8xq1zz0p", "9r7t3b5n1c6v"
FEW = Reading.withheld("share")


def card(segment: str, name: str, persons: int, *doing: str, **given: Any) -> Card:
    plain: dict[str, Any] = {
        "status": "living", "born_at": APRIL, "is_new": False, "size": share(persons, 700),
        "mostly": share(persons // 2, 700), "was": persons / 700, "doing": doing,
    }  # fmt: skip
    return Card(segment, name, **{**plain, **given})


CARDS = (
    card("s1", "Tents and stoves", 230, "Product Viewed · tents", "Order Completed · stoves", was=0.25),
    card("s2", "Bikes on Sundays", 160, "Products Searched · bikes", "Product Viewed · lights"),
    card("s3", "Returns", 60, "Return Started", is_new=True, was=None, born_at=JUNE),
    card("s5", "Few", 0, size=FEW, mostly=FEW),
    card("s4", "Old skis", 0, status="merged", size=FEW, mostly=FEW, was=0.02),
)
TREE = (
    Happening("s1", "born", None, APRIL, "It was there when segments were first learnt.", None),
    Happening("s4", "merged", "s1", JUNE, "They had come to do the same: distance 0.04.", 12.0),
)


def move(source: str, target: str, persons: float, n: int | None = None) -> Move:
    return Move(source, target, persons, persons * 0.8, persons * 1.25, n or round(persons * 1.5) + 1)


MOVES = (
    move("s1", "s1", 190), move("s2", "s2", 140), move(ACROSS, ACROSS, 60), move(EARLY, EARLY, 50),
    move("s2", "s3", 31), move("s1", "s2", 22), move(AWAY, "s1", 20), move("s1", AWAY, 9), move("s1", "s3", 2, 4),
)  # fmt: skip


@dataclass
class FakeSegments:
    """refreshed False: nobody has run a refresh."""

    asked: list[tuple[str, Any]] = field(default_factory=list)
    cards: tuple[Card, ...] = CARDS
    kept: list[datetime] = field(default_factory=lambda: [APRIL, MAY, JUNE])
    refreshed: bool = True
    why: str = ""  # the last refresh had too little
    named: NamedBy | None = None
    belonging: dict[str, Any] = field(default_factory=dict)  # what is otherwise of a person

    def __post_init__(self) -> None:
        self.written = FakeWritten(self.asked)

    def overview(self, *, purpose: str = "analytics") -> Overview:
        self._must_be_refreshed()
        pairs = (Pair("s1", "s2", 48, 0.3), Pair("s2", "s3", 17, 0.25))
        return Overview(JUNE, MAY, 7, 812, 700, share(112, 812), share(84, 700), self.cards, pairs)

    def portrait(self, segment: str, *, purpose: str = "analytics") -> Portrait | None:
        self._must_be_refreshed()
        found = next((card for card in self.cards if card.segment == segment), None)
        if found is None:
            return None
        doing = (
            Doing("Product Viewed · tents", Reading(0.31, 0.26, 0.37, 400, "share"), 0.12, 2.6),
            Doing("Order Completed · stoves", Reading(0.04, 0.02, 0.07, 400, "share"), 0.02, 2.0),
        )
        sizes = tuple(Size(at, share(n, 700)) for at, n in ((APRIL, 170), (MAY, 175), (JUNE, 230)))
        thing = OneThing("Order Completed · stoves", "They buy stoves.", 0.04, 0.02, 2.0, 1.4, 2.9)
        return Portrait(found, JUNE, 7, 700, doing, TREE, sizes, True, (("s2", 48),), thing, self.named, self.names())

    def names(self, *, purpose: str = "analytics") -> dict[str, str]:
        return {card.segment: card.name for card in self.cards}

    def moments(self, *, purpose: str = "analytics") -> list[datetime]:
        self._must_be_refreshed()
        return self.kept

    def flow(self, since: datetime = MAY, until: datetime = JUNE, *, purpose: str = "analytics") -> Flow:
        self.asked.append(("flow", (since, until)))
        return Flow(since, until, MOVES)

    def members(self, segment: str, *, page: int = 1, size: int = 50, purpose: str = "analytics") -> MembersPage:
        if segment == "s5":
            raise KundskabError("Fewer than 5 people are in this segment; so few are not listed.")
        rows = [Member(ANN, 0.83, 0.71, 0.92, True, 48), Member(BO, 0.6, 0.2, 0.9, False, 3)]
        return MembersPage(rows, 260, page, size)

    def rename(self, segment: str, name: str, *, who: str, purpose: str = "analytics") -> None:
        if name == "Returns":
            raise KundskabError("There is already a segment called 'Returns'; choose another name.")
        self.asked.append(("rename", (segment, name, who)))

    def of_person(self, person: str, *, purpose: str = "analytics", who: str) -> Belonging:
        self._must_be_refreshed()
        self.asked.append(("of_person", (person, purpose, who)))
        before = Standing(MAY, False, (Part("s1", "Tents and stoves", 0.6, 0.2, 0.9),))
        now = Standing(
            JUNE, True,
            (Part("s1", "Tents and stoves", 0.72, 0.6, 0.84), Part("s2", "Bikes on Sundays", 0.2, 0.1, 0.3)),
        )  # fmt: skip
        stays = (
            Stay("w1", "Buys often", MAY, None, "order completed: 4 times within 90 days"),
            Stay("w2", "New here", APRIL, MAY, "first seen: 31 days ago"),
        )
        thing = OneThing("Workshop Booked", "They booked a workshop.", 0.1, 0.01, 6.0, 2.0, 11.0)
        return replace(Belonging(JUNE, now, False, 48, (before, now), stays, thing), **self.belonging)

    def becomes(self, segment: str, **given: Any) -> None:
        """Change a card."""
        self.cards = tuple(replace(card, **given) if card.segment == segment else card for card in self.cards)

    def _must_be_refreshed(self) -> None:
        if not self.refreshed:
            raise NotComputed("segments for analytics is not computed yet; run: kundskab refresh", why=self.why)


RULE = {"did": "Order Completed", "at_least": 3, "within_days": 90}
STRANGE = {"any": [{"all": [{"did": "Visited", "at_least": 1}, {"not": {"last_seen": {"at_least_days_ago": 90}}}]}]}


def written(id: str, name: str, when: dict[str, Any], inside: Reading | None) -> WrittenCard:
    return WrittenCard(id, name, in_words(condition(when)), when, "ann@example.com", MAY, inside)


@dataclass
class FakeWritten:
    """Three: one with people, one too small, one not yet counted."""

    asked: list[tuple[str, Any]]
    cards: tuple[WrittenCard, ...] = (
        written("w1", "Buys often", RULE, share(120, 812)),
        written("w2", "Rare", RULE, FEW),
        written("w3", "Strange", STRANGE, None),
    )

    def every(self) -> list[WrittenCard]:
        return list(self.cards)

    def one(self, id: str, *, left: bool = False, page: int = 1) -> WrittenPage | None:
        found = next((card for card in self.cards if card.id == id), None)
        if found is None:
            return None
        rows = [StayOf(ANN, MAY, JUNE if left else None, "Order Completed: twice within 90 days")]
        few = found.inside is None or found.inside.hidden
        return WrittenPage(found, JUNE, [] if few else rows, 0 if few else 120, page, 50, 7, 0)

    def count(self, when: Any) -> Preview:
        return Preview(in_words(condition(when)), share(120, 812))

    def write(self, name: str, when: Any, *, id: str | None = None, who: str) -> str:
        self.asked.append(("write", (id, name, when, who)))
        return id or "w4"

    def give_up(self, id: str, *, who: str) -> None:
        self.asked.append(("give up", (id, who)))
