"""What people do over time: retention, funnels, paths and declared metrics, over views opened here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import yaml

from kundskab.consent.view import View
from kundskab.metrics import funnel, paths, retention
from kundskab.metrics.acts import Said, act
from kundskab.metrics.declared import Declared, declared
from kundskab.metrics.funnel import Funnel
from kundskab.metrics.known import known
from kundskab.metrics.measuring import measure
from kundskab.metrics.passages import FunnelQuery
from kundskab.metrics.paths import Paths
from kundskab.metrics.readings import Reading
from kundskab.metrics.retention import Retention, RetentionQuery
from kundskab.metrics.seen import seen
from kundskab.metrics.walks import PathsQuery
from kundskab.pipeline.behind import Persons, listed
from kundskab.pipeline.home import Home
from kundskab.pipeline.views import Views
from kundskab.types import KundskabError

T = TypeVar("T")
Q = FunnelQuery | RetentionQuery | PathsQuery
Day = date | str | None

METRICS = "metrics.yaml"
USUAL_DAYS = 90  # looked at where nobody says since when
USUAL_PERIODS = 12
_ASKED: dict[type[Q], Callable[..., Any]] = {
    FunnelQuery: funnel.funnel,
    RetentionQuery: retention.retention,
    PathsQuery: paths.paths,
}
_CHOSEN: dict[type[Q], Callable[..., Any]] = {
    FunnelQuery: funnel.chosen,
    RetentionQuery: retention.chosen,
    PathsQuery: paths.chosen,
}
_DAYS = {"day": 1, "week": 7, "month": 30}


class Behaviour:
    """Hangs on the desk as `desk.behaviour`. Every question takes the caller's `view` instead of one opened here."""

    def __init__(self, home: Home, views: Views) -> None:
        self._home = home
        self._views = views
        self._answers: WeakKeyDictionary[View, dict[object, Any]] = WeakKeyDictionary()

    def answer(self, query: Q, *, purpose: str = "analytics") -> Any:
        """The Funnel, Retention or Paths that a query asks for; the same question to the same view is asked once."""
        with self._views.kept(purpose) as view:
            answers = self._answers.setdefault(view, {})
            if query not in answers:
                answers[query] = self._ask(query, view)
            return answers[query]

    def who(self, query: Q, *, page: int = 1, size: int = 50, purpose: str = "analytics", **which: Any) -> Persons:
        """The persons behind one number of an answer; which: as `chosen` of funnel, retention or paths takes it.

        Raises KundskabError when they are fewer than five: so few are not listed.
        """
        chosen = _CHOSEN[type(query)]
        with self._views.kept(purpose) as view:
            return listed(chosen(view, query, zone=self._home.zone, **which), page=page, size=size)

    def _ask(self, query: Q, view: View) -> Any:
        return _ASKED[type(query)](view, query, zone=self._home.zone)

    def retention(
        self,
        first: Said = None,
        back: Said = None,
        *,
        since: Day = None,
        until: Day = None,
        step: str = "week",
        kind: str = "on",
        periods: int = 9,
        brackets: Sequence[int] = (0, 1, 4, 8),
        by: str | None = None,
        purpose: str = "analytics",
        view: View | None = None,
    ) -> Retention:
        """Of those who did `first` for the first time, who came back by `back`; see `metrics.retention`.

        first, back: an action, None for any, or {"action": ..., "where": {dimension: value}}.  since, until: days, ISO
        texts, or None: the last USUAL_PERIODS periods up to the newest event.
        """
        usual = USUAL_PERIODS * _DAYS.get(step, 1)

        def ask(view: View) -> Retention:
            span = self._span(view, since, until, usual)
            query = RetentionQuery(*span, act(first), act(back), step, kind, periods, tuple(brackets), by)
            return cast(Retention, self._ask(query, view))

        return self._over(view, purpose, ask)

    def funnel(
        self,
        steps: Sequence[Said],
        *,
        since: Day = None,
        until: Day = None,
        window_days: float = 7,
        order: str = "ordered",
        by: str | None = None,
        purpose: str = "analytics",
        view: View | None = None,
    ) -> Funnel:
        """Who took which step within the window; see `metrics.funnel`.  order: "ordered", "strict" or "any"."""

        def ask(view: View) -> Funnel:
            span = self._span(view, since, until, USUAL_DAYS)
            query = FunnelQuery(tuple(act(step) for step in steps), *span, _time(window_days * 24), order, by)
            return cast(Funnel, self._ask(query, view))

        return self._over(view, purpose, ask)

    def paths(
        self,
        around: Said,
        *,
        direction: str = "after",
        since: Day = None,
        until: Day = None,
        steps: int = 3,
        within_hours: float = 24,
        most: int = 8,
        purpose: str = "analytics",
        view: View | None = None,
    ) -> Paths:
        """What people did after (or "before") an act; see `metrics.paths`."""

        def ask(view: View) -> Paths:
            span = self._span(view, since, until, USUAL_DAYS)
            query = PathsQuery(act(around), *span, direction, steps, _time(within_hours), most)
            return cast(Paths, self._ask(query, view))

        return self._over(view, purpose, ask)

    @property
    def declared(self) -> dict[str, Declared]:
        """The metrics that the page METRICS in the home declares, by name; none where there is no such page."""
        page = self._home.folder / METRICS
        try:
            return declared(page.read_text(encoding="utf-8")) if page.exists() else {}
        except (OSError, UnicodeDecodeError) as error:
            raise KundskabError(f"{page} cannot be read: {error}.") from error

    def measure(
        self, metric: Declared, *, by: str | None = None, purpose: str = "analytics", view: View | None = None
    ) -> list[Reading]:
        """The readings of a declared metric; by: see `metrics.measuring`."""
        zone, currency = self._home.zone, self._home.settings.currency
        return self._over(view, purpose, lambda view: measure(view, metric, by=by, zone=zone, currency=currency))

    def reading(self, name: str, *, by: str | None = None, purpose: str = "analytics") -> list[Reading]:
        """The readings of a metric that is declared or known, by its name; the same is read once of a view."""
        metric = self.declared.get(name)
        with self._views.kept(purpose) as view:
            answers = self._answers.setdefault(view, {})
            if (key := (name, metric, by)) not in answers:
                read: Callable[..., list[Reading]] = self.known if metric is None else self.measure
                answers[key] = read(name if metric is None else metric, by=by, view=view)
            return cast(list[Reading], answers[key])

    def declare(self, name: str, said: Mapping[str, Any]) -> Declared:
        """Add a metric to the home's page of metrics, below what stands there; what people wrote stays as it is.

        Raises KundskabError when it makes no sense, or its name is taken.
        """
        page = self._home.folder / METRICS
        before = page.read_text(encoding="utf-8") if page.exists() else ""
        if name in self.declared:
            raise KundskabError(f"There is a metric {name!r} already; choose another name.")
        more = yaml.safe_dump({name: dict(said)}, sort_keys=False, allow_unicode=True)
        after = f"{before.rstrip()}\n\n{more}" if before.strip() else more
        found = declared(after)[name]
        beside = page.with_name(f"{METRICS}.new")
        beside.write_text(after, encoding="utf-8")
        beside.replace(page)  # at once: nobody reads half a page
        return found

    def known(
        self, name: str, *, by: str | None = None, purpose: str = "analytics", view: View | None = None
    ) -> list[Reading]:
        """The readings of a metric that needs no declaring; see `metrics.known`."""
        zone, currency = self._home.zone, self._home.settings.currency
        return self._over(view, purpose, lambda view: known(view, name, by=by, zone=zone, currency=currency))

    def _over(self, view: View | None, purpose: str, ask: Callable[[View], T]) -> T:
        if view is not None:
            return ask(view)
        with self._views.kept(purpose) as kept:
            return ask(kept)

    def _span(self, view: View, since: Day, until: Day, usual: int) -> tuple[date, date]:
        """The days asked for; unsaid, the `usual` ones up to the newest event."""
        known = None if since and until else seen(view)
        newest = (known.as_of if known else view.at or view.opened_at).astimezone(self._home.zone).date()
        last = _day(until) or newest
        return _day(since) or last - timedelta(days=usual - 1), last


def _day(said: Day) -> date | None:
    if not isinstance(said, str):
        return said
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise KundskabError(f"{said[:40]!r} is no day; write it like 2026-03-01.") from None


def _time(hours: float) -> timedelta:
    try:
        return timedelta(hours=hours)
    except (OverflowError, ValueError, TypeError):
        raise KundskabError(f"{hours!r} is no length of time.") from None
