"""Explore: a question about what happened, and who is behind the answer. `desk.explore`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import nan
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import ibis

from kundskab.consent.view import View
from kundskab.metrics import dimensions
from kundskab.metrics.periods import Period
from kundskab.metrics.readings import FEWEST
from kundskab.metrics.season import Season, season
from kundskab.metrics.trend import Trend, TrendQuery, chosen, trend
from kundskab.pipeline.catalogue import Catalogue
from kundskab.pipeline.home import Home
from kundskab.pipeline.views import Views
from kundskab.types import KundskabError

T = TypeVar("T")

MOST_ACTIONS = 200
# Three years tell a year's season, half a year a week's.
_LOOK_BACK = {"day": timedelta(days=760), "week": timedelta(weeks=160), "month": timedelta(days=2200)}


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to ask for. actions: name -> events, the commonest first.  dimensions: value -> words."""

    actions: dict[str, int]
    dimensions: dict[str, str]
    currencies: tuple[str, ...]  # the workspace's own first
    first: date | None  # the first and the last day with an event, by the workspace's clock
    last: date | None


@dataclass(frozen=True, slots=True)
class Behind:
    """A person behind a number: how often, how much, and when last."""

    person: str
    events: int
    value: float | None  # in the currency of the question, where it was about value
    last_seen: Any  # datetime


@dataclass(frozen=True, slots=True)
class BehindPage:
    """A page of persons, those who did most first; total counts all pages."""

    rows: list[Behind]
    total: int
    page: int  # from 1
    size: int


class Explore:
    """Questions to the events that may be used for a purpose; the same question to the same view is asked once."""

    def __init__(self, home: Home, views: Views) -> None:
        self._home = home
        self._views = views
        self._catalogue = Catalogue(home)
        self._answers: WeakKeyDictionary[View, dict[object, Any]] = WeakKeyDictionary()

    def choices(self, action: str | None = None, *, purpose: str = "analytics") -> Choices:
        """What can be asked; the properties are those of the events of this action."""
        with self._views.kept(purpose) as view:
            return self._once(view, ("choices", action), lambda: _choices(view, action, self._home))

    def trend(self, query: TrendQuery, *, purpose: str = "analytics") -> Trend:
        """Raises KundskabError for a question that makes no sense, and says which part of it."""
        with self._views.kept(purpose) as view:
            return self._once(view, query, lambda: self._trend(view, query))

    def season(self, query: TrendQuery, *, purpose: str = "analytics") -> tuple[Period, Season] | None:
        """The last whole period of a trend, all groups together, against what season and the level of late would give.

        Looks back further than the trend itself, as far as a season needs.  None: too little is known for that.
        """
        first = self.choices(purpose=purpose).first
        if first is None:
            return None
        since = max(first, query.until - _LOOK_BACK.get(query.step, _LOOK_BACK["week"]))
        whole = replace(query, by=None, since=min(since, query.since))
        found = self.trend(whole, purpose=purpose)
        # The period in which the events begin was only partly seen.
        points = [point for point in found.series[0].points[1:] if point.finished] if found.series else []
        if not points:
            return None
        told = season([nan if p.reading.hidden else p.reading.value for p in points], query.step)
        return None if told is None else (points[-1].period, told)

    def who(
        self,
        query: TrendQuery,
        *,
        period: Period | None = None,
        group: str | None = None,
        page: int = 1,
        size: int = 50,
        purpose: str = "analytics",
    ) -> BehindPage:
        """The persons behind a number of this trend: all of it, or one period, or one group.

        Raises KundskabError when they are fewer than five: so few are not listed.
        """
        with self._views.kept(purpose) as view:
            events = chosen(view, query, zone=self._home.zone, currency=self._currency, period=period)
            if group is not None:
                events = events.filter(events.group == group)
            return _behind(events, query, page, size)

    def _trend(self, view: View, query: TrendQuery) -> Trend:
        """The trend, objects by their names in the catalogue."""
        found = trend(view, query, zone=self._home.zone, currency=self._currency)
        if query.by != "object":
            return found
        names, until = self._catalogue.current(), datetime.combine(query.until, time.max, self._home.zone)
        return replace(
            found, series=tuple(replace(one, called=names.name_of(one.group, until)) for one in found.series)
        )

    @property
    def _currency(self) -> str:
        return self._home.settings.currency

    def _once(self, view: View, key: object, ask: Callable[[], T]) -> T:
        answers = self._answers.setdefault(view, {})
        if key not in answers:
            answers[key] = ask()
        answer: T = answers[key]
        return answer


def _choices(view: View, action: str | None, home: Home) -> Choices:
    events = view.events
    counted = events.group_by("action").agg(n=events.count()).order_by(ibis.desc("n"), "action").limit(MOST_ACTIONS)
    span = events.agg(first=events.occurred_at.min(), last=events.occurred_at.max()).to_pyarrow().to_pylist()[0]
    paid = events.filter(events.value.notnull(), events.currency.notnull())
    currencies = paid.group_by("currency").agg(n=paid.count()).order_by(ibis.desc("n")).limit(20).to_pyarrow()
    own = home.settings.currency
    asked = events if action is None else events.filter(events.action == action)
    names = [*dimensions.COLUMNS, *dimensions.properties_of(asked)]
    return Choices(
        actions={row["action"]: row["n"] for row in counted.to_pyarrow().to_pylist()},
        dimensions={name: dimensions.in_words(name) for name in names},
        currencies=(own, *(each for each in currencies["currency"].to_pylist() if each != own)),
        first=span["first"].astimezone(home.zone).date() if span["first"] else None,
        last=span["last"].astimezone(home.zone).date() if span["last"] else None,
    )


def _behind(events: ibis.Table, query: TrendQuery, page: int, size: int) -> BehindPage:
    value = events.value.cast("float64").sum() if query.measure == "value" else ibis.literal(None, "float64")
    people = events.group_by("person").agg(events=events.count(), value=value, last_seen=events.occurred_at.max())
    people = people.mutate(total=people.count().over(ibis.window()))
    ranked = people.order_by(ibis.desc("value" if query.measure == "value" else "events"), "person")
    rows = ranked.limit(size, offset=(page - 1) * size).to_pyarrow().to_pylist()
    total = rows[0]["total"] if rows else int(people.count().execute())
    if total < FEWEST:
        raise KundskabError(f"Fewer than {FEWEST} persons are behind this number; so few are not listed.")
    return BehindPage(
        [Behind(row["person"], row["events"], row["value"], row["last_seen"]) for row in rows], total, page, size
    )
