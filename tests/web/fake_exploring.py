"""Invented answers of `desk.explore`, `desk.plans` and `desk.news`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from kundskab.events import TrackingPlan
from kundskab.metrics.periods import Period, periods
from kundskab.metrics.readings import Reading
from kundskab.metrics.season import Season
from kundskab.metrics.trend import REST, Point, Series, Trend, TrendQuery
from kundskab.pipeline.explore import Behind, BehindPage, Choices
from kundskab.pipeline.plans import Finding, Inbox, SeenProperty
from kundskab.types import KundskabError
from kundskab.vault.news import News

CALLED = {"t-7": "Tent for two"}
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def reading(value: float, unit: str, group: str | None = None, n: int = 40) -> Reading:
    return Reading(value, value * 0.8, value * 1.25, n, unit, 7, group)


@dataclass
class FakeExplore:
    """A trend that rises by one each period; the second point of a split is hidden."""

    asked: list[TrendQuery] = field(default_factory=list)
    last: date | None = date(2026, 6, 15)

    def choices(self, action: str | None = None, *, purpose: str = "analytics") -> Choices:
        actions = {"Product Viewed": 1300, "Order Completed": 120}
        dimensions = {"channel": "channel", "category": "category", "object": "object", "property:size": "size"}
        return Choices(actions, dimensions, ("SEK", "EUR"), self.last and date(2026, 1, 1), self.last)

    def trend(self, query: TrendQuery, *, purpose: str = "analytics") -> Trend:
        self.asked.append(query)
        if query.by and query.by not in self.choices().dimensions:
            raise KundskabError(f"Events cannot be split by {query.by!r}; choose another.")
        within = periods(query.since, query.until, query.step)
        unit = (query.currency or "SEK") if query.measure == "value" else query.measure
        groups = (
            [None] if query.by is None else ["85123A", "t-7", REST] if query.by == "object" else ["web", "app", REST]
        )
        series = tuple(
            Series(group, self._points(within, unit, group), reading(900, unit, group), CALLED.get(group or ""))
            for group in groups
        )
        return Trend(query, within, series, reading(1204, unit, n=85), 4 if query.by else 0, unit, 7)

    def season(self, query: TrendQuery, *, purpose: str = "analytics") -> tuple[Period, Season] | None:
        if query.action is None:
            return None
        period = periods(query.since, query.until, query.step)[-2]
        return period, Season(132, 118, 101, 130, ("year",), 9.0, 40)

    def _points(self, within: tuple[Period, ...], unit: str, group: str | None) -> tuple[Point, ...]:
        points = [Point(period, reading(20 + number, unit, group)) for number, period in enumerate(within)]
        if group and len(points) > 1:
            points[1] = Point(within[1], Reading.withheld(unit, group=group))
        points[-1] = Point(points[-1].period, points[-1].reading, finished=False)
        return tuple(points)

    def who(self, query: TrendQuery, *, period: Any = None, group: Any = None, page: int = 1, **_: Any) -> BehindPage:
        if group == "tiny":
            raise KundskabError("Fewer than 5 persons are behind this number; so few are not listed.")
        tokens = ["4k2m8xq1zz0p", "9r7t3b5n1c6v"]
        return BehindPage([Behind(token, 9, 120.5, NOON) for token in tokens], 40, page, 50)


def finding(action: str = "Order Completed", **given: Any) -> Finding:
    plain: dict[str, Any] = {
        "source": "web",
        "state": "new",
        "events": 120,
        "first_seen": NOON,
        "last_seen": NOON,
        "properties": (SeenProperty("total", {"number": 90, "string": 30}, 1.0, None),),
        "changes": (),
        "breaks": {},
    }
    return Finding(action=action, **{**plain, **given})


@dataclass
class FakePlans:
    """One action that breaks its plan, one new, one agreed on."""

    asked: list[tuple[str, Any]] = field(default_factory=list)
    found: tuple[Finding, ...] = (
        finding("Checkout Started", state="violating", breaks={"“Checkout Started” needs the property step.": 12}),
        finding(),
        finding("Product Viewed", state="planned", properties=()),
        finding("Scrolled", state="ignored", properties=()),
    )

    def inbox(self, source: str | None = None) -> Inbox:
        found = tuple(each for each in self.found if source in (None, each.source))
        return Inbox(found, {"web": True, "orders": False}, 0)

    def text(self, source: str) -> str:
        return "events:\n  Product Viewed:\n" if source == "web" else ""

    def save(self, source: str, text: str, *, who: str) -> None:
        TrackingPlan.from_yaml(text)
        self.asked.append(("save", (source, text, who)))

    def add(self, source: str, action: str, *, strict: bool = False, who: str) -> None:
        self.asked.append(("add", (source, action, strict, who)))

    def ignore(self, source: str, action: str, *, again: bool = False, who: str) -> None:
        self.asked.append(("ignore", (source, action, again, who)))


def fake_news(days: int = 7) -> News:
    return News(met=41, joined=12, parted=2, granted=30, refused=3)
