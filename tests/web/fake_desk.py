"""A desk with invented answers, so that pages can be visited without a lake, a vault or a clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.web.fake_behaviour import FakeBehaviour
from tests.web.fake_drivers import FakeDrivers
from tests.web.fake_exploring import FakeExplore, FakePlans, fake_news
from tests.web.fake_foretelling import FakePredictions, FakeUndervalued
from tests.web.fake_segments import FakeSegments

from kundskab.pipeline.answers import (
    About,
    BadRow,
    Change,
    ConsentRow,
    EventRow,
    FactRow,
    KeyRow,
    LinkRow,
    PeoplePage,
    PersonPage,
    PersonRow,
    PurposeRow,
    QuarantinePage,
    ReplayReport,
    SourceBooks,
    SourceRow,
    Volume,
)
from kundskab.pipeline.choices import Choices
from kundskab.pipeline.linking import LinkOf, Parted, Suggestion, SuggestionsPage, Undone
from kundskab.pipeline.listing import EVERYBODY, Wanted
from kundskab.pipeline.read_keys import ReadKeyRow
from kundskab.pipeline.stories import Answer, Revealed, Said, Story, Told
from kundskab.pipeline.workspace_settings import NoticeRow, SettingsNow, SourceSettings
from kundskab.profiles.own import OURS
from kundskab.profiles.rhythm import Gap, of_times
from kundskab.profiles.standout import Standout
from kundskab.types import Books, KundskabError

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
ANN_TOKEN = "4k2m8xq1zz0p"
BO_TOKEN = "9r7t3b5n1c6v"
PURPOSES = [
    PurposeRow("necessary", "contract", "1", "To deliver what was ordered."),
    PurposeRow("analytics", "consent", "2", "To learn what people use."),
    PurposeRow("personalisation", "consent", "2", "To show what fits."),
    PurposeRow("marketing", "consent", "2", "To tell about offers."),
    PurposeRow("research", "consent", None, "To understand people better."),
]


def event(seq: int = 1, **given: Any) -> EventRow:
    """An event of Ann's an hour before NOW, with whatever is given changed."""
    plain = EventRow(
        person=ANN_TOKEN,
        action="Product Viewed",
        object="Tarn 2 tent",
        category="tents",
        quantity=None,
        value=None,
        currency=None,
        channel="web",
        occasion="visit 17",
        source="web",
        occurred_at=NOW - timedelta(hours=1),
        received_at=NOW - timedelta(hours=1),
        ingested_seq=seq,
        event_id=f"e{seq}",
    )
    return replace(plain, **given)


def _volumes() -> list[Volume]:
    sizes = {"web": 240, "app": 90, "shop": 55}
    return [
        Volume((NOW - back * DAY).date(), source, size + (back * 37) % 60)
        for back in range(30)
        for source, size in sizes.items()
    ]


def _story() -> list[EventRow]:
    """An order today and a visit every nine days or so before it, newest first."""
    order = event(
        900,
        action="Order Completed",
        object=None,
        category=None,
        quantity=3,
        value=Decimal(1204),
        currency="SEK",
        occasion="order 1001",
    )
    visits = [
        event(
            880 - 3 * number - part,
            action=action,
            object=thing,
            category=category,
            channel="app" if number % 3 == 0 else "web",
            occasion=f"visit {200 - number}",
            occurred_at=NOW - (2 + 9 * number + number % 4) * DAY - timedelta(minutes=part),
        )
        for number in range(38)
        for part, (action, thing, category) in enumerate(
            [
                ("Product Viewed", "Tarn 2 tent", "tents"),
                ("Products Searched", None, "stoves"),
                ("Signed In", None, None),
            ]
        )
    ]
    return [order, event(899), *visits]


@dataclass
class FakeSettings:
    """What the workspace chose; what it is asked to change or write down is kept in `asked`."""

    asked: list[tuple[str, Any]]
    now: SettingsNow = field(
        default_factory=lambda: SettingsNow(
            "Fjällhandel", "Europe/Stockholm", "SEK", True, True, Choices(second_step_roles=())
        )
    )
    notes: list[tuple[str, str, str, str | None]] = field(default_factory=list)

    def read(self) -> SettingsNow:
        return self.now

    @property
    def choices(self) -> Choices:
        return self.now.choices

    def change(self, *, who: str, **asked: Any) -> None:
        if asked.get("timezone") == "Mars/Olympus":
            raise KundskabError("'Mars/Olympus' is no time zone; give one like 'Europe/Stockholm'.")
        self.asked.append(("change", (who, asked)))

    def note(self, who: str, action: str, subject: str, reason: str | None = None) -> None:
        self.notes.append((who, action, subject, reason))

    def source(self, name: str) -> SourceSettings | None:
        if name != "web":
            return None
        return SourceSettings(
            "web", "Web shop", ("analytics", "marketing"), {"analytics": "consent", "marketing": "consent"},
            "strip", "no_grant", {"C0002": "analytics"}, 100.0, True,
        )  # fmt: skip

    def notices(self, purpose: str) -> list[NoticeRow]:
        rows = [
            NoticeRow("2", "We count what people use.", NOW - 30 * DAY),
            NoticeRow("1", "We count.", NOW - 300 * DAY),
        ]
        return rows if purpose == "analytics" else rows[1:]


@dataclass
class FakeStories:
    """Tells the stories of a fake desk's people."""

    desk: FakeDesk
    found: Standout | None = None
    told: tuple[Told, ...] = (
        Told(
            "city",
            Answer("Umeå", "given", "web", NOW - 30 * DAY),
            (Answer("Luleå", "given", "app", NOW - 200 * DAY),),
        ),
    )
    said: list[Said] = field(default_factory=list)

    def of(self, person: str, *, purpose: str = "analytics") -> Story:
        times = [row.occurred_at for row in self.desk.events if row.action.casefold() not in OURS]
        days = Counter(time.date() for time in times)
        return Story(days, of_times(times, today=NOW.date()), self.found, self.told, 812)

    def proofs(self, person: str, purpose: str, *, who: str) -> list[Said]:
        self.desk.asked.append(("proofs", (person, purpose, who)))
        return self.said

    def may_be_seen(self, person: str, *, purpose: str) -> bool:
        return person == ANN_TOKEN

    def visible(self, persons: Collection[str], *, purpose: str) -> set[str]:
        return set(persons) & {ANN_TOKEN, BO_TOKEN}

    def note_reading(self, person: str, *, purpose: str, who: str) -> None:
        self.desk.asked.append(("timeline", (person, purpose, who)))

    def reveal(self, person: str, *, purpose: str, reason: str, who: str) -> list[Revealed]:
        if len(reason) < 8:
            raise KundskabError("Nothing was revealed: say in a few words why you need to know; it is kept.")
        self.desk.asked.append(("reveal", (person, purpose, reason, who)))
        return [Revealed(ANN_TOKEN, "user_id", "ann"), Revealed(BO_TOKEN, "anonymous_id", "phone-17")]


@dataclass
class FakeReadKeys:
    """Two read keys: the web shop's, and one that was revoked."""

    asked: list[tuple[str, Any]]

    def every(self) -> list[ReadKeyRow]:
        shop = ReadKeyRow(
            id=2,
            name="web shop",
            purposes=("necessary",),
            may_record=True,
            last4="q7xz",
            created_at=NOW - 90 * DAY,
            created_by="ann@example.com",
            expires_at=None,
            revoked_at=None,
            last_used_at=NOW,
            is_valid=True,
        )
        old = replace(shop, id=1, name="old shop", last4="aaaa", may_record=False, revoked_at=NOW, is_valid=False)
        return [old, shop]

    def create(self, name: str, **given: Any) -> str:
        self.asked.append(("create_read_key", (name, given)))
        return "kr_onlyshownonce0123456789"

    def rotate(self, key_id: int, *, overlap_days: int, who: str) -> str:
        self.asked.append(("rotate_read_key", (key_id, overlap_days, who)))
        return "kr_thenewone0123456789"

    def revoke(self, key_id: int, *, who: str) -> None:
        self.asked.append(("revoke_read_key", (key_id, who)))


@dataclass
class FakeLinking:
    """Links and suggestions of a fake desk's people; keeps what it was asked to do."""

    asked: list[tuple[str, Any]]
    waiting: list[Suggestion] = field(
        default_factory=lambda: [
            Suggestion(31, ANN_TOKEN, BO_TOKEN, 0.93, "Their e-mail is alike.", "analytics", NOW - DAY)
        ]
    )

    def links(self, person: str, *, purpose: str = "analytics", who: str) -> list[LinkOf]:
        if person != ANN_TOKEN:
            return []
        said = "Verified by a server key or a signature: somebody signed in or signed up on this device."
        standing = LinkOf(
            1, ANN_TOKEN, "user_id", BO_TOKEN, "anonymous_id", "verified", said, "web", NOW - 50 * DAY, None, True, "",
            None,
        )  # fmt: skip
        shared = replace(
            standing, id=2, other=None, joins=False,
            why_not="The device was seen with several user ids, so it is shared and joins none of them.",
        )  # fmt: skip
        undone = replace(standing, id=3, joins=False, undone=Undone(NOW - DAY, "cy@example.com", "a borrowed phone"))
        return [standing, shared, undone]

    def undo(self, link_id: int, *, who: str, reason: str) -> Parted:
        if not reason.strip():
            raise KundskabError("Say why, in a few words; whoever looks at these persons later will want to know.")
        self.asked.append(("undo", (link_id, who, reason)))
        return Parted((ANN_TOKEN, BO_TOKEN), (link_id,))

    def join(self, a: str, b: str, *, who: str, reason: str) -> str:
        self.asked.append(("join", (a, b, who, reason)))
        return a

    def suggestions(self, *, page: int = 1, size: int = 50) -> SuggestionsPage:
        return SuggestionsPage(self.waiting, len(self.waiting), page, size)

    def find_suggestions(self, *, purpose: str = "analytics", who: str) -> None:
        self.asked.append(("find suggestions", (purpose, who)))

    def accept(self, suggestion: int, *, who: str) -> str:
        self.asked.append(("accept", (suggestion, who)))
        return ANN_TOKEN

    def decline(self, suggestion: int, *, who: str, reason: str = "not the same person") -> None:
        self.asked.append(("decline", (suggestion, who)))


@dataclass
class FakeDesk:
    """Answers what its fields hold; keeps what it was asked to do in `asked`."""

    about: About = field(
        default_factory=lambda: About(
            "Fjällhandel", "00ff00ff00ff00ff", "Europe/Stockholm", "SEK", True, NOW - 300 * DAY
        )
    )
    came_in: Books = field(default_factory=lambda: Books(12_408, 12_040, 88, 240, 37, 3))
    days: list[Volume] = field(default_factory=_volumes)
    newest: list[EventRow] = field(default_factory=_story)
    events: list[EventRow] = field(default_factory=_story)
    bad: list[BadRow] = field(
        default_factory=lambda: [
            BadRow(
                7, "shop", "no_actor", "Nobody did it: map a column to actor.", NOW - DAY, 1204, None, '{"sku": "T-2"}'
            ),
            BadRow(8, "web", "future_time", "It happens tomorrow: check the sender's clock.", NOW, None, "e-8", "{}"),
        ]
    )
    keys: list[KeyRow] = field(
        default_factory=lambda: [
            KeyRow(1, "browser", "q7xz", NOW - 90 * DAY, None, None, NOW - timedelta(minutes=4)),
            KeyRow(2, "server", "m2k9", NOW - 200 * DAY, NOW + 3 * DAY, None, NOW - 2 * DAY),
            KeyRow(3, "server", "aaaa", NOW - 300 * DAY, None, NOW - 100 * DAY, None),
        ]
    )
    asked: list[tuple[str, Any]] = field(default_factory=list)
    explore: FakeExplore = field(default_factory=FakeExplore)
    behaviour: FakeBehaviour = field(default_factory=FakeBehaviour)
    plans: FakePlans = field(default_factory=FakePlans)
    segments: FakeSegments = field(default_factory=FakeSegments)
    drivers: FakeDrivers = field(default_factory=FakeDrivers)
    predictions: FakePredictions = field(default_factory=FakePredictions)
    undervalued: FakeUndervalued = field(default_factory=FakeUndervalued)
    news: Any = fake_news
    masked: bool | None = None  # how the quarantine was last asked for

    def __post_init__(self) -> None:
        self.stories = FakeStories(self)
        self.linking = FakeLinking(self.asked)
        self.settings = FakeSettings(self.asked)
        self.read_keys = FakeReadKeys(self.asked)

    def books(self) -> Books:
        return self.came_in

    def books_by_source(self) -> list[SourceBooks]:
        if not self.came_in.received:
            return []
        return [
            SourceBooks("app", "live", 2900, 2800, 20, 80, 0, NOW - timedelta(minutes=3)),
            SourceBooks("orders", "import", 1500, 1463, 0, 0, 37, NOW - 20 * DAY),
            SourceBooks("web", "live", 8008, 7777, 68, 160, 0, NOW),
        ]

    def refusals(self) -> dict[str, int]:
        return {"no_permission": 200, "own_signal": 40}

    def status(self) -> dict[str, Any]:
        books = self.came_in
        return {
            "received": books.received,
            "persons": 812,
            "actors": 1304,
            "lag_seconds": 0.8,
            "balanced": books.balanced,
        }

    def volumes(self, days: int = 30) -> list[Volume]:
        return self.days

    def tail(self, *, purpose: str = "analytics", limit: int = 50) -> list[EventRow]:
        return self.newest[:limit]

    def channels(self, *, purpose: str = "analytics") -> list[str]:
        return ["web", "app"]

    def people(
        self,
        *,
        purpose: str = "analytics",
        search: str = "",
        page: int = 1,
        size: int = 50,
        wanted: Wanted = EVERYBODY,
        who: str = "someone",
    ) -> PeoplePage:
        self.wanted = wanted
        self.asked.append(("people", (purpose, search, who)))
        ann = PersonRow(
            ANN_TOKEN, 48, 7, NOW - 100 * DAY, NOW - DAY, ("app", "web"), {"SEK": Decimal("4210.50")}, 14, Gap(9, 7, 12)
        )
        bo = PersonRow(BO_TOKEN, 3, 2, NOW - 20 * DAY, NOW - 19 * DAY, (), {})
        rows = [ann, bo]
        if search:
            rows = [row for row in rows if search in (row.person, "ann@example.com") and row is not bo]
        return PeoplePage(rows if page == 1 else [], len(rows), page, size)

    def person(self, person: str, *, purpose: str = "analytics", who: str) -> PersonPage | None:
        self.asked.append(("person", (person, purpose, who)))
        if person != ANN_TOKEN:
            return None
        return PersonPage(
            person=ANN_TOKEN,
            actors=[(ANN_TOKEN, "user_id"), (BO_TOKEN, "anonymous_id")],
            links=[
                LinkRow(ANN_TOKEN, BO_TOKEN, "verified", "identify", NOW - 50 * DAY, "web", False),
                LinkRow(ANN_TOKEN, "0d0d0d0d0d0d", "claimed", "identify", NOW - 40 * DAY, "web", True),
            ],
            facts=[FactRow("city", "Umeå", "given", "web", NOW - 30 * DAY, "analytics")],
            consents=[
                ConsentRow("necessary", True, None, None, None, "contract", "1"),
                ConsentRow("analytics", True, "grant", NOW - 90 * DAY, "web", "consent", "2"),
                ConsentRow("marketing", False, "withdraw", NOW - 10 * DAY, "app", "consent", "2"),
                ConsentRow("research", False, None, None, None, "consent", None),
            ],
            first_seen=self.events[-1].occurred_at if self.events else None,
            last_seen=self.events[0].occurred_at if self.events else None,
            events=len(self.events),
            common_actions=[("Product Viewed", 30), ("Order Completed", 4)],
        )

    def timeline(
        self, person: str, *, purpose: str = "analytics", before: datetime | None = None, limit: int = 100
    ) -> list[EventRow]:
        rows = [row for row in self.events if before is None or row.occurred_at < before]
        return rows[:limit] if person == ANN_TOKEN else []

    def quarantine(
        self, *, reason: str | None = None, page: int = 1, size: int = 50, masked: bool = False
    ) -> QuarantinePage:
        self.masked = masked
        rows = [row for row in self.bad if reason in (None, row.reason)]
        reasons: dict[str, int] = {}
        for row in self.bad:
            reasons[row.reason] = reasons.get(row.reason, 0) + 1
        helps = {row.reason: ((row.source, row.help, reasons[row.reason]),) for row in self.bad}
        return QuarantinePage(rows, len(rows), reasons, page, size, helps, {"stored": 9})

    def replay(self, ids: list[int] | None, *, reason: str | None = None, who: str) -> ReplayReport:
        self.asked.append(("replay", (ids, reason, who)))
        return ReplayReport(tried=12, stored=9, duplicates=1, refused=0, still_quarantined=2)

    def sources(self) -> list[SourceRow]:
        consents = {"analytics": "consent", "marketing": "consent"}
        return [
            SourceRow("web", "Web shop", "live", consents, "strip", "no_grant", self.keys),
            SourceRow("orders", "orders.csv", "import", {"analytics": "legitimate_interests"}, "strip", "declared", []),
        ]

    def create_source(self, name: str, **given: Any) -> None:
        self.asked.append(("create_source", (name, given)))

    def create_key(self, source: str, *, kind: str, who: str) -> str:
        if source != "web":
            raise KundskabError(f"There is no source called {source}.")
        self.asked.append(("create_key", (source, kind, who)))
        return "kw_onlyshownonce0123456789"

    def rotate_key(self, key_id: int, *, overlap_days: int = 7, who: str) -> str:
        self.asked.append(("rotate_key", (key_id, overlap_days, who)))
        return "kw_thenewone0123456789"

    def revoke_key(self, key_id: int, *, who: str) -> None:
        self.asked.append(("revoke_key", (key_id, who)))

    def purposes(self) -> list[PurposeRow]:
        return PURPOSES

    def put_purpose(self, name: str, **given: Any) -> None:
        if given["notice_version"] == "1":
            raise KundskabError("Version 1 of the notice has another text; give the new text a new version.")
        self.asked.append(("put_purpose", (name, given)))

    def changes(self, limit: int = 20) -> list[Change]:
        return [
            Change(
                NOW - timedelta(hours=2),
                "ann@example.com",
                "create_key",
                "web",
                "created a write key for web (browser)",
            ),
            Change(NOW - 20 * DAY, "clock", "import", "orders", "imported into orders (analytics)"),
        ]
