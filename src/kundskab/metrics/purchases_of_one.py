"""Purchases of one person from her own events, in plain Python: the same as `purchases`, while somebody waits.

Composing and planning that question takes a quarter of a second, whoever it is about; this takes none. A drawn test
holds the two to the same answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kundskab.consent.alone import OwnEvent
from kundskab.metrics.purchases import Buying, buying_of

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Purchase:
    """As a row of `purchases`; day: since 1970, by the clock of the zone asked for."""

    occasion: str | None
    occurred_at: datetime
    day: int
    value: float | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class _Line:
    key: tuple[bool, str]  # whether the source says the occasion, and which it is
    occurred_at: datetime
    day: int
    value: float | None
    currency: str | None
    bought: bool
    second: bool


@dataclass(frozen=True, slots=True)
class _Occasion:
    key: tuple[bool, str]
    at: datetime
    day: int | None  # of its first line of buying
    value: float | None
    bought: bool


def purchases_of_one(events: Sequence[OwnEvent], *, zone: ZoneInfo, found: Buying | None = None) -> list[Purchase]:
    """Her purchases, in no order.  found: the actions that count; None: as her own events alone tell."""
    if found is None:
        found = buying_of(_actions(events))
    by_currency: defaultdict[str | None, list[_Occasion]] = defaultdict(list)
    for currency, occasion in _occasions(_lines(events, found, zone)):
        by_currency[currency].append(occasion)
    return [bought for currency, each in by_currency.items() for bought in _reduced(each, currency)]


def day_of(moment: datetime, zone: ZoneInfo) -> int:
    """The day by this clock, since 1970."""
    return (moment.astimezone(zone).date() - _EPOCH).days


def _actions(events: Iterable[OwnEvent]) -> list[dict[str, object]]:
    counted: defaultdict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for event in events:
        counted[event.action][0] += 1
        counted[event.action][1] += (event.value or 0) > 0
    return [{"action": action, "n": n, "valued": valued} for action, (n, valued) in counted.items()]


def _lines(events: Iterable[OwnEvent], found: Buying, zone: ZoneInfo) -> list[_Line]:
    counts = {*found.bought, *found.as_good_as, *found.undone} if found else set()
    lines = []
    for event in events:
        if event.action not in counts:
            continue
        worth = event.value or 0.0
        backwards = event.action in found.undone or worth < 0 or ((event.quantity or 0) < 0 and worth <= 0)
        day = day_of(event.occurred_at, zone)
        key = (False, f"day {day}") if event.occasion is None else (True, event.occasion)
        second = event.action in found.as_good_as
        lines.append(_Line(key, event.occurred_at, day, event.value, event.currency, not backwards, second))
    return lines


def _occasions(lines: Iterable[_Line]) -> Iterable[tuple[str | None, _Occasion]]:
    by_key: defaultdict[tuple[bool, str], list[_Line]] = defaultdict(list)
    for line in lines:
        by_key[line.key].append(line)
    for key, together in by_key.items():
        has_first = any(line.bought and not line.second for line in together)
        said = max((line.currency for line in together if line.currency is not None), default=None)
        by_currency: defaultdict[str | None, list[_Line]] = defaultdict(list)
        for line in together:
            if not (line.bought and line.second and has_first):  # told as placed and as completed it is paid once
                by_currency[said if line.currency is None else line.currency].append(line)
        for currency, own in by_currency.items():
            bought = [line for line in own if line.bought]
            at = min(line.occurred_at for line in bought or own)
            day = min((line.day for line in bought), default=None)
            yield currency, _Occasion(key, at, day, _sum(line.value for line in own), bool(bought))


def _reduced(occasions: Iterable[_Occasion], currency: str | None) -> Iterable[Purchase]:
    """What was bought, each refund without a purchase of its own taken off the one before it."""
    groups: list[list[_Occasion]] = []
    for each in sorted(occasions, key=lambda each: (each.at, not each.bought, each.key[1])):
        if each.bought:
            groups.append([each])
        elif groups:
            groups[-1].append(each)
    for first, *refunds in groups:
        assert first.day is not None
        occasion = first.key[1] if first.key[0] else None
        yield Purchase(occasion, first.at, first.day, _sum(each.value for each in (first, *refunds)), currency)


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
