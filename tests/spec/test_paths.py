"""Paths, drawn: what each person did next to their first such act, loops folded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.house import House, identify, track
from tests.spec.drawn import DrawnView, crowd

from kundskab.metrics.acts import Act, act
from kundskab.metrics.paths import NOTHING, OTHER, OTHER_OR_NOTHING, Paths, paths
from kundskab.metrics.walks import PathsQuery, walks
from kundskab.types import KundskabError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
YEAR = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}


def went(table: str, around: Any = "Searched", **asked: Any) -> dict[str, str]:
    """person -> the steps they took, in one line."""
    query = PathsQuery(act(around), **{**YEAR, "within": timedelta(hours=1), **asked})
    rows = walks(DrawnView(table), query, zone=STOCKHOLM).to_pyarrow().to_pylist()  # type: ignore[arg-type]
    return {row["person"]: " ".join(step for n in range(query.steps) if (step := row[f"step_{n + 1}"])) for row in rows}


STORIES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "what came after, and nothing of those who never did": (
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-01T11:59 | Visited
        ann    | 2026-03-01T12:00 | Searched
        ann    | 2026-03-01T12:01 | Viewed
        ann    | 2026-03-01T12:02 | Added
        bo     | 2026-03-01T12:00 | Searched
        cy     | 2026-03-01T12:00 | Visited
        """,
        {},
        {"ann": "Viewed Added", "bo": ""},
    ),
    "what came before, the nearest first": (
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-01T11:50 | Visited
        ann    | 2026-03-01T11:55 | Viewed
        ann    | 2026-03-01T12:00 | Searched
        ann    | 2026-03-01T12:05 | Added
        """,
        {"direction": "before"},
        {"ann": "Viewed Visited"},
    ),
    "an action several times running is one step": (
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-01T12:00 | Searched
        ann    | 2026-03-01T12:01 | Viewed
        ann    | 2026-03-01T12:02 | Viewed
        ann    | 2026-03-01T12:03 | Added
        ann    | 2026-03-01T12:04 | Viewed
        """,
        {},
        {"ann": "Viewed Added Viewed"},
    ),
    "the act itself again is no step, until something lies between": (
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-01T12:00 | Searched
        ann    | 2026-03-01T12:01 | Searched
        ann    | 2026-03-01T12:02 | Viewed
        ann    | 2026-03-01T12:03 | Searched
        """,
        {},
        {"ann": "Viewed Searched"},
    ),
    "no more steps than asked": (
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-01T12:00 | Searched
        ann    | 2026-03-01T12:01 | Viewed
        ann    | 2026-03-01T12:02 | Added
        ann    | 2026-03-01T12:03 | Ordered
        """,
        {"steps": 2},
        {"ann": "Viewed Added"},
    ),
    "the time around holds its last moment and not the next": (
        """
        person | at                  | action
        -------+---------------------+---------
        ann    | 2026-03-01T12:00:00 | Searched
        ann    | 2026-03-01T13:00:00 | Viewed
        ann    | 2026-03-01T13:00:01 | Added
        """,
        {},
        {"ann": "Viewed"},
    ),
    "of two at one moment the one that came in first is the earlier": (
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-01T12:00 | Viewed
        ann    | 2026-03-01T12:00 | Searched
        ann    | 2026-03-01T12:00 | Added
        ann    | 2026-03-01T12:00 | Ordered
        """,
        {},
        {"ann": "Added Ordered"},
    ),
    "and backwards the one that came in last is the nearer": (
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-01T12:00 | Viewed
        ann    | 2026-03-01T12:00 | Added
        ann    | 2026-03-01T12:00 | Searched
        ann    | 2026-03-01T12:00 | Ordered
        """,
        {"direction": "before"},
        {"ann": "Added Viewed"},
    ),
    "around the first such act in the span, by the workspace's clock": (
        # 31 March begins in Stockholm at 22:00 UTC of the 30th.
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-30T21:59 | Searched
        ann    | 2026-03-30T22:00 | Viewed
        ann    | 2026-03-31T10:00 | Searched
        ann    | 2026-03-31T10:01 | Added
        ann    | 2026-03-31T11:00 | Searched
        ann    | 2026-03-31T11:01 | Ordered
        bo     | 2026-03-31T22:00 | Searched
        """,
        {"since": date(2026, 3, 31), "until": date(2026, 3, 31), "within": timedelta(minutes=10)},
        {"ann": "Added"},
    ),
    "an act with conditions": (
        """
        person | at               | action | channel
        -------+------------------+--------+--------
        ann    | 2026-03-01T12:00 | Viewed | web
        ann    | 2026-03-01T12:01 | Added  | web
        ann    | 2026-03-01T12:02 | Viewed | app
        ann    | 2026-03-01T12:03 | Viewed | app
        ann    | 2026-03-01T12:04 | Bought | app
        """,
        {"around": {"action": "Viewed", "where": {"channel": "app"}}},
        {"ann": "Bought"},
    ),
}


@pytest.mark.parametrize(("table", "asked", "expected"), STORIES.values(), ids=STORIES.keys())
def test_paths(table: str, asked: dict[str, Any], expected: dict[str, str]) -> None:
    assert went(table, **asked) == expected


def ask(rows: list[dict[str, Any]], *, at: datetime | None = None, **asked: Any) -> Paths:
    query = PathsQuery(Act("Searched"), **{**YEAR, "within": timedelta(hours=1), "steps": 2, **asked})
    return paths(DrawnView(rows, at), query, zone=STOCKHOLM)  # type: ignore[arg-type]


def shares(found: Paths, stage: int) -> dict[str, float]:
    return {way.names[0]: round(way.reading.value, 2) for way in found.stages[stage]}


SEARCH = ("2026-03-01T12:00", "Searched")
VIEW, ADD = ("2026-03-01T12:10", "Viewed"), ("2026-03-01T12:20", "Added")
GOES_ON = [
    {"person": "zed", "at": "2026-02-01T12:00", "action": "Mailing Sent"},
    {"person": "zed", "at": "2026-03-09T12:00", "action": "Mailing Sent"},
]


def test_each_stage_sums_to_everybody() -> None:
    found = ask(crowd(10, SEARCH, VIEW, ADD) + crowd(5, SEARCH, VIEW, who="q") + crowd(5, SEARCH, who="r") + GOES_ON)

    assert found.people.value == 20
    assert shares(found, 0) == {"Viewed": 0.75, NOTHING: 0.25}
    assert shares(found, 1) == {NOTHING: 0.5, "Added": 0.5}
    assert [(way.names, way.reading.value) for way in found.walks] == [
        (("Viewed", "Added"), 0.5), (("Viewed", NOTHING), 0.25), ((NOTHING, NOTHING), 0.25),
    ]  # fmt: skip


def test_shares_carry_their_doubt() -> None:
    [way] = ask(crowd(8, SEARCH, VIEW) + GOES_ON).stages[0]

    assert (way.reading.value, way.reading.high, way.reading.n) == (1.0, 1.0, 8)
    assert 0.6 < way.reading.low < 0.7


def test_what_few_did_is_told_together() -> None:
    rows = crowd(9, SEARCH, VIEW) + crowd(3, SEARCH, ADD, who="q")
    rows += crowd(3, SEARCH, ("2026-03-01T12:10", "Ordered"), who="r")

    found = ask(rows + GOES_ON)

    assert shares(found, 0) == {"Viewed": 0.6, OTHER: 0.4}


def test_what_few_did_takes_the_next_rarest_along_where_subtraction_would_tell() -> None:
    found = ask(crowd(9, SEARCH, VIEW) + crowd(6, SEARCH, who="q") + crowd(3, SEARCH, ADD, who="r") + GOES_ON)

    assert shares(found, 0) == {"Viewed": 0.5, OTHER_OR_NOTHING: 0.5}


def test_after_nothing_more_comes_nothing_more_also_where_few_went_on() -> None:
    rows = crowd(9, SEARCH, who="q") + crowd(9, SEARCH, VIEW) + crowd(2, SEARCH, VIEW, ADD, who="r")

    found = ask(rows + GOES_ON)

    assert shares(found, 1) == {OTHER_OR_NOTHING: 1.0}
    assert [way.names for way in found.walks] == [("Viewed", OTHER_OR_NOTHING), (NOTHING, NOTHING)]


def test_rare_walks_are_told_together() -> None:
    rows = crowd(10, SEARCH, VIEW, ADD) + crowd(4, SEARCH, VIEW, who="q")
    rows += crowd(4, SEARCH, ADD, who="r") + crowd(3, SEARCH, ADD, ("2026-03-01T12:30", "Viewed"), who="s")

    found = ask(rows + GOES_ON)

    assert [way.names for way in found.walks] == [("Viewed", "Added")]
    assert found.other_walks.value == pytest.approx(11 / 21)


def test_more_actions_than_asked_for_are_told_together() -> None:
    rows = [row for n in range(4) for row in crowd(5 + n, SEARCH, (VIEW[0], f"Action {n}"), who=f"p{n}-")]

    assert list(shares(ask(rows + GOES_ON, most=3), 0)) == ["Action 3", "Action 2", OTHER]


@pytest.mark.slow
def test_whose_time_is_not_wholly_seen_is_left_out() -> None:
    late, early = ("2026-03-09T11:30", "Searched"), ("2026-02-01T12:30", "Searched")

    after = ask(crowd(5, SEARCH) + crowd(6, late, who="q") + GOES_ON)
    before = ask(crowd(5, SEARCH) + crowd(7, early, who="r") + GOES_ON, direction="before")

    assert (after.people.value, after.waiting) == (5, 6)
    assert (before.people.value, before.waiting) == (5, 7)


def test_a_view_of_an_earlier_moment_sees_no_further() -> None:
    found = ask(crowd(5, SEARCH, VIEW) + GOES_ON, at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC))

    assert (found.people.n, found.waiting) == (0, 5)


def test_few_people_are_hidden() -> None:
    found = ask(crowd(4, SEARCH, VIEW) + GOES_ON)

    assert found.people.hidden
    assert found.stages == found.walks == ()


def test_nobody_did_it() -> None:
    assert ask([]).is_empty
    assert ask(GOES_ON).is_empty


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"direction": "around"}, "after or before"),
        ({"steps": 0}, "1 to 10"),
        ({"most": 1}, "2 to 30"),
        ({"within": timedelta(0)}, "longer than nothing"),
        ({"since": date(2027, 1, 1)}, "earlier day first"),
    ],
)
def test_what_cannot_be_asked_is_said(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(KundskabError, match=says):
        ask(crowd(5, SEARCH), **asked)


@pytest.mark.slow
def test_two_actors_of_one_person_go_one_way(house: House) -> None:
    house.desk.create_source(
        "web", purposes=["analytics"], basis="legitimate_interests", no_signal="declared", who="Cy"
    )
    house.take(track(None, "Searched", device="phone", timestamp="2026-02-26T12:00:00Z"))
    house.take(track("ann", "Viewed", timestamp="2026-02-26T12:10:00Z"))
    house.take(identify("ann", "phone", timestamp="2026-02-27T12:20:00Z"))

    [row] = walks(house.view(), PathsQuery(Act("Searched"), **YEAR), zone=STOCKHOLM).to_pyarrow().to_pylist()

    assert (row["person"], row["step_1"], row["step_2"]) == (house.person("ann"), "Viewed", None)
