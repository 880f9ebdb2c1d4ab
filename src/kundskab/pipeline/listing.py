"""The list of people: ranked and narrowed down by the engine; what a line tells is asked for those on the page only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis

from kundskab.consent.view import View
from kundskab.pipeline.answers import PeoplePage, PersonRow
from kundskab.profiles.own import local, own
from kundskab.profiles.rhythm import gap

ORDERS = ("last seen", "first seen", "events")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people, in which order.  Nothing said is everybody, those seen last first."""

    order: str = "last seen"  # one of ORDERS; newest or most first
    seen_days: int | None = None  # seen within so many days
    quiet_days: int | None = None  # not seen for so many days
    channel: str | None = None  # came by it at least once


EVERYBODY = Wanted()


def people(
    view: View,
    *,
    person: str | None,
    searched: bool,
    page: int,
    size: int,
    currency: str,
    zone: str,
    now: datetime,
    wanted: Wanted = EVERYBODY,
) -> PeoplePage:
    """A page of persons; searched without a hit gives an empty page. zone: IANA name, by whose clock days are told."""
    if searched and person is None:
        return PeoplePage([], 0, page, size)
    events = view.events if person is None else view.of_person(person)
    listed, total = _ranked(events, wanted, now=now, size=size, offset=(page - 1) * size)
    rows = {row["person"]: row for row in _summaries(events, listed)}
    sums = _value_sums(events, listed, currency)
    days = _days(events, listed, zone)
    return PeoplePage([_person_row(rows[name], sums.get(name, {}), days[name]) for name in listed], total, page, size)


def channels(view: View) -> list[str]:
    """By which channels anybody came, the commonest first."""
    counted = view.events.group_by("channel").agg(n=lambda events: events.count())
    named = counted.filter(counted.channel.notnull()).order_by(ibis.desc("n"), "channel").limit(30)
    return [str(name) for name in named.to_pyarrow()["channel"].to_pylist()]


def _ranked(events: ibis.Table, wanted: Wanted, *, now: datetime, size: int, offset: int) -> tuple[list[str], int]:
    """A page of persons in the order wanted, and how many there are in all.

    All persons are only ranked here; what else a page tells is asked for the few on it. Of ten million events
    that is fifteen times as quick as summing everybody up.
    """
    if wanted.channel is not None:
        came = events.filter(events.channel == wanted.channel).select("person").distinct()
        events = events.semi_join(came, "person")
    ranked = events.group_by("person").agg(last_seen=events.occurred_at.max(), by=_by(events, wanted.order))
    if wanted.seen_days is not None:
        ranked = ranked.filter(ranked.last_seen >= now - timedelta(days=wanted.seen_days))
    if wanted.quiet_days is not None:
        ranked = ranked.filter(ranked.last_seen < now - timedelta(days=wanted.quiet_days))
    ranked = ranked.mutate(total=ranked.count().over(ibis.window()))
    rows = ranked.order_by(ibis.desc("by"), "person").limit(size, offset=offset).to_pyarrow().to_pylist()
    if not rows and offset:  # behind the last page nobody is left to tell the total
        return [], int(ranked.count().execute())
    return [row["person"] for row in rows], rows[0]["total"] if rows else 0


def _by(events: ibis.Table, order: str) -> Any:
    if order == "events":
        return events.count()
    return events.occurred_at.min() if order == "first seen" else events.occurred_at.max()


def _summaries(events: ibis.Table, persons: list[str]) -> list[dict[str, Any]]:
    """One row for each of these persons, in no order."""
    if not persons:
        return []
    theirs = events.filter(events.person.isin(persons))
    summed = theirs.group_by("person").agg(
        events=theirs.count(),
        actions=theirs.action.nunique(),
        first_seen=theirs.occurred_at.min(),
        last_seen=theirs.occurred_at.max(),
        channels=theirs.channel.collect(distinct=True),
    )
    rows: list[dict[str, Any]] = summed.to_pyarrow().to_pylist()
    return rows


def _person_row(row: dict[str, Any], value_sums: dict[str, Decimal], days: list[date]) -> PersonRow:
    return PersonRow(
        person=row["person"],
        events=row["events"],
        actions=row["actions"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        channels=tuple(sorted(channel for channel in row["channels"] or () if channel)),
        value_sums=value_sums,
        days=len(days),
        gap=gap(days),
    )


def _days(events: ibis.Table, persons: list[str], zone: str) -> defaultdict[str, list[date]]:
    """person -> the days on which they did something themselves, oldest first."""
    found: defaultdict[str, list[date]] = defaultdict(list)
    if not persons:
        return found
    theirs = own(events.filter(events.person.isin(persons)))
    days = theirs.select("person", day=local(theirs.occurred_at, zone).date()).distinct().order_by("day")
    for row in days.to_pyarrow().to_pylist():
        found[row["person"]].append(row["day"])
    return found


def _value_sums(events: ibis.Table, persons: list[str], currency: str) -> dict[str, dict[str, Decimal]]:
    """person -> currency -> sum of values; money of different currencies is never added.

    currency: the workspace's, which amounts without one are taken to be.
    """
    if not persons:
        return {}
    paid = events.filter(events.person.isin(persons) & events.value.notnull())
    paid = paid.mutate(currency=ibis.coalesce(paid.currency, currency))
    summed = paid.group_by("person", "currency").agg(value=paid.value.sum())
    sums: dict[str, dict[str, Decimal]] = {}
    for row in summed.to_pyarrow().to_pylist():
        sums.setdefault(row["person"], {})[row["currency"]] = row["value"]
    return sums
