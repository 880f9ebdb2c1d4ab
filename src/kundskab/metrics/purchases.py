"""Purchases: which events are one, and one row for each occasion on which somebody bought.

Everything that speaks of buying (worth, drivers, the undervalued) asks here, so that it speaks of the same thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from kundskab.consent.view import View
from kundskab.events.commerce import undoes
from kundskab.metrics.periods import local_day

COLUMNS = ("person", "occasion", "occurred_at", "day", "value", "currency")

_AND = r"[ _-]?"
_DONE = "(completed?|made|done|paid|succeeded|successful|success)"
# The act itself, as Segment, Google and others call it.
_BOUGHT = re.compile(
    rf"(({_DONE}|in{_AND}app){_AND})?(order|purchase|transaction|sale|invoice|receipt)s?({_AND}{_DONE})?"
    rf"|(product|item)s?{_AND}(purchased|bought|ordered|sold)|purchased|bought|ordered|sold",
    re.IGNORECASE,
)
# Steps of the same order that some clients send as well as, others instead of, the act itself.
_AS_GOOD_AS = re.compile(
    rf"(order|purchase){_AND}(placed|created|submitted|confirmed)|placed{_AND}order"
    rf"|checkout{_AND}{_DONE}|payment{_AND}({_DONE}|received)",
    re.IGNORECASE,
)
# Priced, but nobody has paid yet: what is looked at, put into a basket or wished for.
_SHOPPING = re.compile(
    r"\b(viewed|view|clicked|added|add|removed|remove|wishlist|cart|basket|started|begin|entered|offered|shared"
    r"|impression|search\w*|error|failed|declined)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[_\W]+|(?<=[a-z])(?=[A-Z])")
_MOSTLY = 0.5  # of an action's events must carry a value for the action to be one of paying


@dataclass(frozen=True, slots=True)
class Buying:
    """The actions that count in a view.

    bought: on each an occasion rests.  as_good_as: these too, where an occasion has none of `bought`.
    undone: refunds and cancellations; they reduce values and make no occasion.
    by_name: False when no action is called an order or a purchase, and those that carry value were taken instead.
    """

    bought: tuple[str, ...] = ()
    as_good_as: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    by_name: bool = True

    def __bool__(self) -> bool:
        return bool(self.bought or self.as_good_as)

    def __str__(self) -> str:
        return ", ".join((*self.bought, *self.as_good_as))


def may_count(action: str, *, valued: bool) -> bool:
    """Whether an event may be an occasion of buying, or undo one, in any view; in doubt it may."""
    by_name = _BOUGHT.fullmatch(action) or _AS_GOOD_AS.fullmatch(action) or undoes(action)
    return bool(by_name) or (valued and not _SHOPPING.search(action))


def buying(view: View) -> Buying:
    """Which actions of a view are purchases; false when none is."""
    return buying_of(_actions(view.events))


def purchases(view: View, *, zone: ZoneInfo | None = None, events: ibis.Table | None = None) -> ibis.Table:
    """One row per person and occasion, or per person and day where the source says no occasion: COLUMNS.

    occasion: as the source says it, else null.  occurred_at: of its first event of buying.  day: date, by the clock of
    `zone` (None: UTC).  value: float64, in `currency`, all lines of the occasion added up; null where no line has one.
    A refund reduces the value of its own occasion, else of the same person's latest purchase before it in that
    currency; one of something bought before the view begins is left out. An occasion in two currencies is two rows.
    events: those of some people only (`view.of_person`); None: of everybody.
    """
    rows = view.events if events is None else events
    actions = _actions(rows)
    found = buying_of(actions)
    times = [time for row in actions for time in (row["first"], row["last"])]
    span = (min(times), max(times)) if times else (datetime(1970, 1, 1, tzinfo=UTC),) * 2
    lines = _lines(rows, found, span, zone or ZoneInfo("UTC"))
    return _reduced(_occasions(lines))


def _actions(events: ibis.Table) -> list[dict[str, Any]]:
    """One row per action: its events, how many carry a value above zero, when the first and the last was."""
    by_action = events.group_by("action").agg(
        n=events.count(),
        valued=ibis.coalesce((events.value > 0).sum(), 0),
        first=events.occurred_at.min(),
        last=events.occurred_at.max(),
    )
    rows: list[dict[str, Any]] = by_action.to_pyarrow().to_pylist()
    return rows


def buying_of(actions: list[dict[str, Any]]) -> Buying:
    """The actions that count, by one row per action: its name, n events, of which `valued` carry a value above zero."""
    names = sorted(row["action"] for row in actions if row["action"])
    undone = tuple(name for name in names if undoes(name))
    other = [name for name in names if name not in undone]
    bought = tuple(name for name in other if _BOUGHT.fullmatch(name))
    as_good_as = tuple(name for name in other if _AS_GOOD_AS.fullmatch(name))
    if bought or as_good_as:
        return Buying(bought, as_good_as, undone)
    priced = {row["action"] for row in actions if row["valued"] > _MOSTLY * row["n"]}
    return Buying(tuple(n for n in other if n in priced and not _is_shopping(n)), (), undone, by_name=False)


def _is_shopping(name: str) -> bool:
    return _SHOPPING.search(_WORDS.sub(" ", name)) is not None


def _lines(events: ibis.Table, found: Buying, span: tuple[datetime, datetime], zone: ZoneInfo) -> ibis.Table:
    """Events of buying and of undoing: person, key (of the occasion), occasion, us.., day, value, currency, bought."""
    counts = (*found.bought, *found.as_good_as, *found.undone) if found else ()
    some = events.filter(events.action.isin(counts) if counts else ibis.literal(False))
    value: Any = some.value.cast("float64")
    backwards = some.action.isin(found.undone) | ibis.coalesce(value < 0, False)
    if "quantity" in events.columns:  # a line sent back that says no price
        backwards = backwards | ibis.coalesce((some.quantity < 0) & (ibis.coalesce(value, 0.0) <= 0), False)
    day = local_day(some.occurred_at, span, zone)
    occasion = some.occasion if "occasion" in events.columns else ibis.literal(None, "string")
    lines = some.select(
        "person",
        "occurred_at",
        occasion=occasion,
        key=ibis.coalesce(occasion, "day " + day.cast("string")),
        is_known=occasion.notnull(),
        day=day,
        value=value,
        currency=some.currency,
        bought=~backwards,
        second=some.action.isin(found.as_good_as),
    )
    # One order told as placed and as completed is paid once.
    one = ibis.window(group_by=[lines.person, lines.is_known, lines.key])
    has_first = (lines.bought & ~lines.second).any().over(one)
    lines = lines.mutate(said=ibis.coalesce(lines.currency, lines.currency.max().over(one)), has_first=has_first)
    return lines.filter(~(lines.bought & lines.second & lines.has_first))


def _occasions(lines: ibis.Table) -> ibis.Table:
    """One row per person, key and currency; `bought` where anything was."""
    by = lines.group_by("person", "is_known", "key", currency=lines.said)
    return by.agg(
        occasion=lines.occasion.max(),
        first=lines.occurred_at.min(where=lines.bought),
        any_time=lines.occurred_at.min(),
        day_bought=lines.day.min(where=lines.bought),
        value=lines.value.sum(),
        bought=lines.bought.any(),
    )


def _reduced(occasions: ibis.Table) -> ibis.Table:
    """The occasions that were bought, each refund without one of its own taken off the purchase before it."""
    rows = occasions.mutate(at=ibis.coalesce(occasions["first"], occasions.any_time))
    in_order = ibis.window(
        group_by=[rows.person, rows.currency],
        order_by=[rows.at, rows.bought.desc(), rows.key],
        preceding=None,
        following=0,
    )
    rows = rows.mutate(number=rows.bought.cast("int64").sum().over(in_order))
    summed = (
        rows.filter(rows.number > 0)
        .group_by("person", "currency", "number")
        .agg(
            occasion=rows.occasion.max(where=rows.bought),
            occurred_at=rows.at.min(where=rows.bought),
            day=rows.day_bought.min(),
            value=rows.value.sum(),
        )
    )
    day = ibis.date(datetime(1970, 1, 1).date()) + summed.day.as_interval("D")
    return summed.select("person", "occasion", "occurred_at", "value", "currency", day=day.cast("date")).select(
        *COLUMNS
    )
