"""Who meets a hand-written segment now: one pass over the events, set-wise, in the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis

from kundskab.consent.view import View
from kundskab.metrics.acts import does
from kundskab.segments.written.grammar import AllOf, AnyOf, Bought, Condition, Did, Leaf, Not, Seen, Told, leaves

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Members:
    """One row per person that is known: person, inside (bool), asked_0, asked_1, ...: what each leaf found of her.

    A leaf finds a count (did), an amount (value_of), days ago (seen; null: never), or whether a fact is so.
    People are all who did anything, and, where a fact is asked for, all who told us something.
    """

    table: ibis.Table
    asked: tuple[Leaf, ...]


def members(view: View, when: Condition, *, as_of: datetime, currency: str) -> Members:
    """Who meets the condition at as_of; nothing after it is looked at.  currency: the workspace's.

    Raises KundskabError for a dimension that there is not.
    """
    asked = tuple(dict.fromkeys(leaves(when)))
    events = view.events
    events = events.filter(events.occurred_at <= ibis.literal(as_of))
    measured = {f"asked_{n}": _of_events(events, leaf, as_of, currency) for n, leaf in enumerate(asked)}
    people = events.group_by("person").agg(
        events=events.count(), **{name: one for name, one in measured.items() if one is not None}
    )
    if any(isinstance(leaf, Told) for leaf in asked):
        people = _with_facts(view, people, asked, as_of)
    found = {f"asked_{n}": _nothing_is_zero(people[f"asked_{n}"], leaf) for n, leaf in enumerate(asked)}
    people = people.select("person", **found)
    return Members(people.mutate(inside=_holds(when, people, asked)), asked)


def holds(when: Condition, found: Mapping[Leaf, Any]) -> bool:
    """Whether one person meets the condition, given what each of its leaves found of her."""
    match when:
        case AllOf(parts):
            return all(holds(part, found) for part in parts)
        case AnyOf(parts):
            return any(holds(part, found) for part in parts)
        case Not(part):
            return not holds(part, found)
        case Told():
            return bool(found[when])
        case Did() | Bought():
            return _within_ends(found[when], when.at_least, when.at_most)
        case Seen():
            return found[when] is not None and _within_ends(found[when], when.at_least_days_ago, when.at_most_days_ago)


def _of_events(events: ibis.Table, leaf: Leaf, as_of: datetime, currency: str) -> Any:
    """What a leaf asks of a person's events, as an aggregate; None when it asks no event."""
    if isinstance(leaf, Told):
        return None
    if isinstance(leaf, Seen):
        end = events.occurred_at.min() if leaf.end == "first" else events.occurred_at.max()
        return (ibis.literal(as_of).epoch_seconds() - end.epoch_seconds()) / _DAY
    chosen = events.person.notnull() & does(events, leaf.act)  # a column even where any act will do
    if leaf.within_days is not None:
        chosen = chosen & (events.occurred_at > ibis.literal(as_of - timedelta(days=leaf.within_days)))
    if isinstance(leaf, Did):
        return chosen.cast("int64").sum()
    paid = ibis.coalesce(events.currency, currency) == (leaf.currency or currency)
    return events.value.cast("float64").sum(where=chosen & paid)


def _with_facts(view: View, people: ibis.Table, asked: Sequence[Leaf], as_of: datetime) -> ibis.Table:
    facts = view.facts
    facts = facts.filter(facts.occurred_at <= ibis.literal(as_of))
    told = {f"asked_{n}": _is_told(facts, leaf) for n, leaf in enumerate(asked) if isinstance(leaf, Told)}
    each = facts.group_by("person").agg(**told)
    joined = people.outer_join(each, "person")
    return joined.mutate(person=ibis.coalesce(joined.person, joined.person_right)).drop("person_right")


def _is_told(facts: ibis.Table, leaf: Told) -> Any:
    of_name = facts.name == leaf.fact
    if not leaf.values:
        return of_name.any()
    return (of_name & ibis.coalesce(_json_text(facts.value, "$").isin(leaf.values), False)).any()


def _nothing_is_zero(column: Any, leaf: Leaf) -> Any:
    if isinstance(leaf, Told):
        return ibis.coalesce(column, False)
    return column if isinstance(leaf, Seen) else ibis.coalesce(column, 0)


def _holds(when: Condition, people: ibis.Table, asked: Sequence[Leaf]) -> Any:
    match when:
        case AllOf(parts):
            return ibis.and_(*(_holds(part, people, asked) for part in parts))
        case AnyOf(parts):
            return ibis.or_(*(_holds(part, people, asked) for part in parts))
        case Not(part):
            return ~_holds(part, people, asked)
    column = people[f"asked_{asked.index(when)}"]
    if isinstance(when, Told):
        return column
    low, high = (
        (when.at_least_days_ago, when.at_most_days_ago) if isinstance(when, Seen) else (when.at_least, when.at_most)
    )
    ends = [column >= low] * (low is not None) + [column <= high] * (high is not None)
    return ibis.coalesce(ibis.and_(*ends), False)


def _within_ends(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


@ibis.udf.scalar.builtin(name="json_extract_string", signature=(("string", "string"), "string"))
def _json_text(text, path):  # type: ignore[no-untyped-def]
    """The value at a path of a JSON text, as text; null where there is none."""
