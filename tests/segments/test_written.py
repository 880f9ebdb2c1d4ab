"""Hand-written segments: what the grammar understands, who meets it, and when and why people come and go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from tests.spec.drawn import DrawnView, drawn

from kundskab.segments.written import SCHEMA, Definition, condition, definitions, in_words, members, said, updated
from kundskab.segments.written.grammar import leaves
from kundskab.types import KundskabError

AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
SHOP = """
    person | at         | action  | category | value | currency
    -------+------------+---------+----------+-------+---------
    ann    | 2026-01-10 | visited |          |       |
    ann    | 2026-06-01 | ordered | boots    | 900   | SEK
    ann    | 2026-06-20 | ordered | boots    | 300   |
    bo     | 2026-02-01 | ordered | tents    | 50    | EUR
    bo     | 2026-06-25 | visited |          |       |
    cy     | 2026-07-05 | ordered | boots    | 100   | SEK
"""
FACTS = (("ann", "city", '"Umeå"'), ("bo", "member", "true"), ("dee", "city", '"Kiruna"'))


class Told(DrawnView):
    """A drawn view whose people have told us something."""

    facts = ibis.memtable(
        pa.table(
            {
                "person": [who for who, _, _ in FACTS],
                "name": [name for _, name, _ in FACTS],
                "value": [value for _, _, value in FACTS],
                "occurred_at": pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * len(FACTS), pa.timestamp("us", "UTC")),
            }
        )
    )


@cache
def shop() -> Any:
    return view(SHOP)


def view(events: str | list[dict[str, Any]]) -> Any:
    rows = drawn(events) if isinstance(events, str) else events
    return Told([row | {"value": float(row["value"])} if "value" in row else row for row in rows])


def inside(when: Any, as_of: datetime = AS_OF, events: Any = None) -> set[str]:
    found = members(view(events) if events else shop(), condition(when), as_of=as_of, currency="SEK").table
    return set(found.filter(found.inside).person.to_pyarrow().to_pylist())


STORIES: dict[str, tuple[Any, set[str]]] = {
    "once is enough when no number is said": ({"did": "ordered"}, {"ann", "bo"}),
    "at least twice": ({"did": "ordered", "at_least": 2}, {"ann"}),
    "at most counts those who never did": ({"did": "ordered", "at_most": 1}, {"bo"}),
    "within days ends at the moment asked for": ({"did": "ordered", "within_days": 30}, {"ann"}),
    "where": ({"did": "ordered", "where": {"category": ["tents", "skis"]}}, {"bo"}),
    "any action": ({"did": None, "within_days": 7}, {"bo"}),
    "value in the workspace's currency, said or not": ({"value_of": "ordered", "at_least": 1_200}, {"ann"}),
    "value in another": ({"value_of": "ordered", "at_least": 10, "currency": "EUR"}, {"bo"}),
    "value at most": ({"value_of": None, "at_most": 0}, {"bo"}),
    "a fact, of people who did nothing too": ({"fact": "city", "is": ["Umeå", "Kiruna"]}, {"ann", "dee"}),
    "a fact that is true or false": ({"fact": "member", "is": True}, {"bo"}),
    "a fact that is known": ({"fact": "city", "known": True}, {"ann", "dee"}),
    "first seen": ({"first_seen": {"at_least_days_ago": 160}}, {"ann"}),
    "last seen": ({"last_seen": {"at_most_days_ago": 6}}, {"bo"}),
    "who was never seen was seen no days ago": (
        {"all": [{"fact": "city", "known": True}, {"not": {"last_seen": {"at_most_days_ago": 9}}}]},
        {"ann", "dee"},
    ),
    "all": ({"all": [{"did": "ordered"}, {"did": "visited", "within_days": 30}]}, {"bo"}),
    "any": ({"any": [{"did": "ordered", "at_least": 2}, {"did": "visited", "within_days": 30}]}, {"ann", "bo"}),
    "not": ({"not": {"did": "ordered", "at_least": 2}}, {"bo"}),
}


@pytest.mark.parametrize("story", STORIES)
def test_it_finds_who_meets_a_condition(story: str) -> None:
    when, expected = STORIES[story]

    assert inside(when) == expected


def test_it_looks_at_nothing_after_the_moment_asked_for() -> None:
    assert inside({"did": "ordered"}, as_of=datetime(2026, 5, 1, tzinfo=UTC)) == {"bo"}


BAD: dict[str, tuple[Any, str]] = {
    "no braces": ("ordered", "A condition is written in braces"),
    "no head": ({"action": "ordered"}, "A condition has exactly one of all, any, not, did"),
    "two heads": ({"did": "a", "fact": "b"}, "exactly one of"),
    "an unknown key": ({"did": "a", "since": 3}, "'did' takes where, at_least, at_most, within_days, not 'since'"),
    "an empty list": ({"all": []}, "'all' wants a list of one to 50 conditions"),
    "half a time": ({"did": "a", "at_least": 1.5}, "'at_least' wants a whole number"),
    "true is no number": ({"did": "a", "at_least": True}, "'at_least' wants a whole number"),
    "no days": ({"did": "a", "within_days": 0}, "'within_days' wants a whole number from 1"),
    "ends crossed": ({"did": "a", "at_least": 3, "at_most": 2}, "At least 3 and at most 2 holds of nobody"),
    "a strange dimension": ({"did": "a", "where": {"mood": "x"}}, "'mood' is nothing to ask of events"),
    "a value that is a list of lists": ({"did": "a", "where": {"category": [["x"]]}}, "'category' wants a value"),
    "value without an end": ({"value_of": "a"}, "'value_of' wants 'at_least', 'at_most' or both"),
    "not a number": ({"value_of": "a", "at_least": float("nan")}, "'at_least' wants a number"),
    "a fact with nothing asked": ({"fact": "city"}, "Say of the fact 'city' either 'is'"),
    "seen without an end": ({"last_seen": {}}, "'last_seen' wants"),
    "seen in weeks": ({"last_seen": {"weeks": 2}}, "'last_seen' wants"),
    "an empty action": ({"did": " "}, "'did' wants a text"),
}


@pytest.mark.parametrize("fault", BAD)
def test_bad_input_gets_one_clear_sentence(fault: str) -> None:
    when, sentence = BAD[fault]

    with pytest.raises(KundskabError) as refused:
        condition(when)

    assert sentence in str(refused.value)


def test_conditions_that_lie_too_deep_or_are_too_many_are_refused() -> None:
    deep: Any = {"did": "a"}
    for _ in range(9):
        deep = {"not": deep}

    with pytest.raises(KundskabError, match="more than 8 deep"):
        condition(deep)
    with pytest.raises(KundskabError, match="at most 50 things"):
        condition({"all": [{"any": [{"did": "a"}] * 26}] * 2})


def test_a_list_of_definitions_names_the_one_at_fault() -> None:
    hikers = {"id": "w1", "name": "hikers", "when": {"did": "ordered"}}

    assert definitions([hikers]) == (Definition("w1", "hikers", condition({"did": "ordered"})),)
    with pytest.raises(KundskabError, match="Segment 'lost': A condition"):
        definitions([hikers, {"id": "w2", "name": "lost", "when": {}}])
    with pytest.raises(KundskabError, match="Two hand-written segments have the id 'w1'"):
        definitions([hikers, hikers])
    with pytest.raises(KundskabError, match="is written as"):
        definitions([{"id": "w1", "when": {"did": "a"}}])


def test_it_is_said_in_words() -> None:
    when = condition(
        {
            "all": [
                {"did": "ordered", "where": {"category": "boots"}, "at_least": 2, "within_days": 90},
                {"any": [{"fact": "city", "is": ["Umeå"]}, {"last_seen": {"at_most_days_ago": 7}}]},
                {"not": {"value_of": "ordered", "at_least": 500}},
            ]
        }
    )

    assert in_words(when) == (
        "ordered (category boots) 2 or more times within 90 days and (city is Umeå or last seen at most 7 days ago) "
        "and not value of ordered 500 or more"
    )


# Coming and going


HIKERS = Definition("w1", "hikers", condition({"did": "ordered", "at_least": 1, "within_days": 30}))


def log(rows: pa.Table | None, as_of: datetime, events: Any = None, **given: Any) -> pa.Table:
    now = {"w1": (HIKERS, members(view(events) if events else shop(), HIKERS.when, as_of=as_of, currency="SEK"))}
    return updated(rows if rows is not None else SCHEMA.empty_table(), now, as_of=as_of, **given)


def told(rows: pa.Table) -> list[tuple[str, str, str | None, str]]:
    return [
        (row["person"], f"{row['entered_at']:%m-%d}", row["left_at"] and f"{row['left_at']:%m-%d}", row["reason"])
        for row in rows.to_pylist()
    ]


@pytest.mark.slow
def test_who_enters_stays_leaves_and_comes_back_is_told_with_when_and_why() -> None:
    february = log(None, datetime(2026, 2, 10, tzinfo=UTC))
    may = log(february, datetime(2026, 5, 1, tzinfo=UTC))
    june = log(may, AS_OF)
    again = log(june, AS_OF + timedelta(days=1))

    assert told(february) == [("bo", "02-10", None, "ordered: once within 30 days")]
    assert told(may) == [("bo", "02-10", "05-01", "ordered: never within 30 days")]
    assert told(june) == [*told(may), ("ann", "06-30", None, "ordered: 2 times within 30 days")]
    assert told(again) == told(june)


def test_leaving_tells_whether_the_segment_changed_or_ended_or_she_is_gone() -> None:
    before = log(None, AS_OF)
    nobody = "person | at | action\n---+---+---\nzed | 2026-06-01 | visited"
    later = AS_OF + timedelta(days=1)

    rewritten = log(before, AS_OF + timedelta(days=99), rewritten=frozenset({"w1"}))
    given_up = updated(before, {}, as_of=later)
    forgotten = log(before, later, events=nobody)

    assert told(rewritten)[0][3] == "the segment was written anew"
    assert told(given_up)[0][2:] == ("07-01", "the segment was given up")
    assert told(forgotten)[0][3] == "nothing is known of her any more"


# Against a slow plain reference, on random events and random conditions


def random_events(rng: np.random.Generator, people: int = 60) -> list[dict[str, Any]]:
    rows = []
    for n in range(people):
        for _ in range(rng.integers(1, 9)):
            at = AS_OF - timedelta(days=int(rng.integers(-5, 120)), minutes=1)
            row: dict[str, Any] = {"person": f"p{n}", "at": at.isoformat(), "action": str(rng.choice(["a", "b", "c"]))}
            if rng.random() < 0.7:
                row["category"] = str(rng.choice(["x", "y"]))
            if rng.random() < 0.5:
                row |= {"value": int(rng.integers(-3, 9)), "currency": [None, "SEK", "EUR"][rng.integers(3)]}
            rows.append(row)
    return rows


def random_condition(rng: np.random.Generator, depth: int = 0) -> dict[str, Any]:
    kind = str(rng.choice(["all", "any", "not", "did", "value_of", "seen"], p=[0.2, 0.2, 0.1, 0.3, 0.1, 0.1]))
    if kind in ("all", "any", "not") and depth < 2:
        parts = [random_condition(rng, depth + 1) for _ in range(rng.integers(1, 4))]
        return {kind: parts[0] if kind == "not" else parts}
    low, width = int(rng.integers(0, 3)), int(rng.integers(0, 3))
    ends = [{"at_least": low}, {"at_most": low}, {"at_least": low, "at_most": low + width}][rng.integers(3)]
    if kind == "seen":
        return {f"{rng.choice(['first', 'last'])}_seen": {f"{end}_days_ago": 10 * days for end, days in ends.items()}}
    made: dict[str, Any] = {"did": [None, "a", "b"][rng.integers(3)]} | ends
    if kind == "value_of":
        made = {"value_of": made.pop("did")} | made | ({"currency": "EUR"} if rng.random() < 0.5 else {})
    if rng.random() < 0.4:
        made["where"] = {"category": [["x"], ["x", "y"]][rng.integers(2)]}
    if rng.random() < 0.5:
        made["within_days"] = int(rng.integers(1, 100))
    return made


def plainly(when: dict[str, Any], deeds: list[dict[str, Any]]) -> bool:
    """Whether one person's deeds up to AS_OF meet the condition, by the book."""
    if "all" in when:
        return all(plainly(part, deeds) for part in when["all"])
    if "any" in when:
        return any(plainly(part, deeds) for part in when["any"])
    if "not" in when:
        return not plainly(when["not"], deeds)
    days = [(AS_OF - datetime.fromisoformat(deed["at"])) / timedelta(days=1) for deed in deeds]
    for key, number in (("first_seen", max(days)), ("last_seen", min(days))):
        if key in when:
            ends = when[key]
            return ends.get("at_least_days_ago", 0) <= number <= ends.get("at_most_days_ago", 1e9)
    action = when.get("did", when.get("value_of"))
    chosen = [
        deed
        for deed, ago in zip(deeds, days, strict=True)
        if (action is None or deed["action"] == action)
        and ("where" not in when or deed.get("category") in when["where"]["category"])
        and ago < when.get("within_days", 1e9)
    ]
    number = len(chosen)
    if "value_of" in when:
        wanted = when.get("currency", "SEK")
        number = sum(deed.get("value", 0) for deed in chosen if (deed.get("currency") or "SEK") == wanted)
    return when.get("at_least", -1e9) <= number <= when.get("at_most", 1e9)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_engine_agrees_with_plain_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    events = random_events(rng)
    seen = view(events)
    people: dict[str, list[dict[str, Any]]] = {}
    for row in events:
        if datetime.fromisoformat(row["at"]) <= AS_OF:
            people.setdefault(row["person"], []).append(row)

    for _ in range(15):
        when = random_condition(rng)
        found = members(seen, condition(when), as_of=AS_OF, currency="SEK").table
        expected = {who for who, deeds in people.items() if plainly(when, deeds)}
        assert set(found.filter(found.inside).person.to_pyarrow().to_pylist()) == expected, when


def test_a_condition_survives_being_said_again() -> None:
    rng = np.random.default_rng(5)

    for _ in range(200):
        once = condition(random_condition(rng))
        assert condition(said(once)) == once
        assert in_words(once)
        assert list(leaves(once))
