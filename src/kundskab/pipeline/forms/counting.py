"""Counting what forms asked in a week: by the API's own record, and by the events that forms sent themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson

from kundskab.consent.facts import FactSeen
from kundskab.consent.view import View
from kundskab.pipeline.forms.asking import ACTION, SOURCE
from kundskab.pipeline.home import Home
from kundskab.profiles import known
from kundskab.profiles.known import KNOWN

MOST_EVENTS = 20_000  # looked at one by one, for whether the answer was known then
MOST_SIGNS = 100


@dataclass(frozen=True, slots=True)
class FormCount:
    """One question of one form in a week. planned, skipped, confirmed are known only of forms that ask for a plan."""

    form: str
    question: str
    planned: int = 0
    skipped: int = 0
    confirmed: int = 0
    asked: int = 0
    asked_twice: int = 0


@dataclass(frozen=True, slots=True)
class WeekOfForms:
    """A week of the workspace's clock. rows: those asked twice most often first.

    is_whole: False when more events came in than were looked at, so that there may have been more.
    """

    first: date
    last: date
    rows: tuple[FormCount, ...]
    is_whole: bool = True

    @property
    def asked(self) -> int:
        return sum(row.asked for row in self.rows)

    @property
    def asked_twice(self) -> int:
        return sum(row.asked_twice for row in self.rows)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that asked for what we knew, the worst first."""
        worst: Counter[str] = Counter()
        for row in self.rows:
            worst[row.form] += row.asked_twice
        return tuple(form for form, times in worst.most_common() if times)

    @property
    def sentence(self) -> str:
        """ "Asked twice this week: 41 times, in checkout and newsletter." """
        if not self.asked_twice:
            return "Nobody was asked for what we knew."
        times = "once" if self.asked_twice == 1 else f"{'' if self.is_whole else 'at least '}{self.asked_twice:,} times"
        return f"Asked twice: {times}, in {_listed(self.forms)}."


def week_of(home: Home, view: View, day: date) -> WeekOfForms:
    """The week from Monday to Sunday that holds this day; of events, only what the view shows."""
    first = day - timedelta(days=day.weekday())
    last = first + timedelta(days=6)
    with home.vault.reading() as tx:
        recorded = home.vault.asked.between(tx, first.isoformat(), last.isoformat())
    counts: dict[tuple[str, str], FormCount] = {}
    for one in recorded:
        was = counts.get((one.form, one.question), FormCount(one.form, one.question))
        counts[one.form, one.question] = replace(
            was,
            planned=was.planned + one.planned,
            skipped=was.skipped + one.skipped,
            confirmed=was.confirmed + one.confirmed,
            asked=was.asked + one.asked,
            asked_twice=was.asked_twice + one.asked_twice,
        )
    events = _sent_by_forms(
        view, datetime.combine(first, time(), home.zone), datetime.combine(last, time.max, home.zone)
    )
    for (form, question), (asked, twice) in _of_events(view, events).items():
        was = counts.get((form, question), FormCount(form, question))
        counts[form, question] = replace(was, asked=was.asked + asked, asked_twice=was.asked_twice + twice)
    rows = sorted(counts.values(), key=lambda row: (-row.asked_twice, -row.asked, row.form, row.question))
    return WeekOfForms(first, last, tuple(rows), is_whole=len(events) < MOST_EVENTS)


def _sent_by_forms(view: View, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """The questions that forms told of themselves; what the API recorded is counted there already."""
    events = view.events
    chosen = events.filter(
        (events.action == ACTION)
        & (events.source != SOURCE)
        & (events.occurred_at >= since)
        & (events.occurred_at <= until)
    )
    rows: list[dict[str, Any]] = (
        chosen.select("person", "object", "occurred_at", "properties").limit(MOST_EVENTS).to_pyarrow().to_pylist()
    )
    return rows


def _of_events(view: View, events: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[int, int]]:
    """(form, question) -> how often asked, and how often although it was known then."""
    told = [(event, orjson.loads(event["properties"] or "{}")) for event in events]
    asked = [(event, said) for event, said in told if isinstance(said.get("question"), str) and said["question"]]
    histories = view.histories_of({event["person"] for event, said in asked if not isinstance(said.get("known"), bool)})
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for event, said in asked:
        question = said["question"][:MOST_SIGNS]
        key = (str(event["object"] or said.get("form") or "a form")[:MOST_SIGNS], question)
        was_known = said.get("known")
        if not isinstance(was_known, bool):
            then = _Then(event["person"], histories.get(event["person"], []), event["occurred_at"])
            was_known = known(then, event["person"], [question])[0].state == KNOWN
        times, twice = counts.get(key, (0, 0))
        counts[key] = times + 1, twice + was_known
    return counts


@dataclass(frozen=True, slots=True)
class _Then:
    """What was known of one person just before a moment."""

    person: str
    facts: list[FactSeen]
    opened_at: datetime
    at: datetime | None = None

    def histories_of(self, persons: Iterable[str]) -> dict[str, list[FactSeen]]:
        return {self.person: [fact for fact in self.facts if fact.occurred_at < self.opened_at]}


def _listed(names: tuple[str, ...]) -> str:
    """ "a", "a and b", "a, b and 3 more"."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"
