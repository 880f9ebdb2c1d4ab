"""Retention, drawn: when somebody began, in which of their own periods they came back, and what is not over yet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.house import House, identify, track
from tests.spec.drawn import DrawnView, crowd

from kundskab.metrics.acts import Act
from kundskab.metrics.readings import in_words
from kundskab.metrics.retention import Retention, RetentionQuery, retention, returns, spans_of
from kundskab.metrics.trend import REST
from kundskab.types import KundskabError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
YEAR = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}
END = "zed | 2026-12-30T12:00 | Visited"  # the feed goes on, so that everything above is over


def came(table: str, at: datetime | None = None, **asked: Any) -> dict[str, list[int]]:
    """person -> the first period of each span in which they came back and which is over for them."""
    query = RetentionQuery(**{**YEAR, "step": "day", "periods": 8, **asked})
    spans = spans_of(query)
    rows = returns(DrawnView(table, at), query, zone=STOCKHOLM).to_pyarrow().to_pylist()  # type: ignore[arg-type]
    return {
        row["person"]: [
            span.start for n, span in enumerate(spans) if row[f"back_{n}"] and row["over"] >= span.over_after
        ]
        for row in rows
        if row["person"] != "zed"
    }


STORIES: dict[str, tuple[str, dict[str, Any], dict[str, list[int]]]] = {
    "days since the first act": (
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Visited
        ann    | 2026-03-02T08:00 | Visited
        ann    | 2026-03-04T08:00 | Visited
        bo     | 2026-03-02T12:00 | Visited
        {END}
        """,
        {},
        {"ann": [1, 3], "bo": []},
    ),
    "the first act alone is no return, a second on the same day is": (
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Visited
        bo     | 2026-03-01T12:00 | Visited
        bo     | 2026-03-01T12:01 | Visited
        {END}
        """,
        {},
        {"ann": [], "bo": [0]},
    ),
    "what happened at the same moment is the same coming": (
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Visited
        ann    | 2026-03-01T12:00 | Ordered
        {END}
        """,
        {},
        {"ann": []},
    ),
    "who comes twice on a day is back once": (
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Visited
        ann    | 2026-03-02T12:00 | Visited
        ann    | 2026-03-02T13:00 | Visited
        {END}
        """,
        {},
        {"ann": [1]},
    ),
    "the act to come back by, and none before the act to begin by": (
        f"""
        person | at               | action
        -------+------------------+----------
        ann    | 2026-03-01T12:00 | Ordered
        ann    | 2026-03-02T12:00 | Signed Up
        ann    | 2026-03-03T12:00 | Visited
        ann    | 2026-03-05T12:00 | Ordered
        bo     | 2026-03-02T12:00 | Ordered
        {END}
        """,
        {"first": Act("Signed Up"), "back": Act("Ordered")},
        {"ann": [3]},
    ),
    "acts with conditions": (
        f"""
        person | at               | action  | channel
        -------+------------------+---------+--------
        ann    | 2026-03-01T12:00 | Ordered | web
        ann    | 2026-03-02T12:00 | Ordered | shop
        ann    | 2026-03-03T12:00 | Ordered | web
        ann    | 2026-03-04T12:00 | Ordered |
        bo     | 2026-03-01T12:00 | Ordered | shop
        {END}|
        """,
        {"first": Act("Ordered", (("channel", ("web", "app")),)), "back": Act(None, (("channel", ("web", "app")),))},
        {"ann": [2]},
    ),
    "who began before the span does not begin in it": (
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-02-27T12:00 | Visited
        ann    | 2026-03-02T12:00 | Visited
        bo     | 2026-03-02T12:00 | Visited
        bo     | 2026-03-12T12:00 | Visited
        {END}
        """,
        {"since": date(2026, 3, 1), "until": date(2026, 3, 7), "periods": 20},
        {"bo": [10]},
    ),
    "a day is a day of the workspace's clock": (
        # 22:30 UTC is 23:30 in Stockholm, 23:30 UTC is half past midnight of the next day.
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T22:30 | Visited
        ann    | 2026-03-01T23:30 | Visited
        bo     | 2026-03-01T23:30 | Visited
        bo     | 2026-03-02T22:30 | Visited
        {END}
        """,
        {},
        {"ann": [1], "bo": [0]},
    ),
    "the day that the clock makes shorter is a day": (
        # On 29 March the clock goes from 2 to 3: that day ends at 22:00 UTC, where the day before ended at 23:00.
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-28T12:00 | Visited
        ann    | 2026-03-28T22:59 | Visited
        ann    | 2026-03-29T21:59 | Visited
        bo     | 2026-03-28T12:00 | Visited
        bo     | 2026-03-28T23:00 | Visited
        bo     | 2026-03-29T22:00 | Visited
        {END}
        """,
        {},
        {"ann": [0, 1], "bo": [1, 2]},
    ),
    "a week is seven days of one's own": (
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Visited
        ann    | 2026-03-07T12:00 | Visited
        bo     | 2026-03-01T12:00 | Visited
        bo     | 2026-03-08T12:00 | Visited
        {END}
        """,
        {"step": "week"},
        {"ann": [0], "bo": [1]},
    ),
    "a month ends on the same day of the next, or on its last": (
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-01-31T12:00 | Visited
        ann    | 2026-02-27T12:00 | Visited
        bo     | 2026-01-31T12:00 | Visited
        bo     | 2026-02-28T12:00 | Visited
        cy     | 2026-01-15T12:00 | Visited
        cy     | 2026-03-14T12:00 | Visited
        cy     | 2026-03-15T12:00 | Visited
        {END}
        """,
        {"step": "month"},
        {"ann": [0], "bo": [1], "cy": [1, 2]},
    ),
    "rolling: then or later": (
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Visited
        ann    | 2026-03-03T12:00 | Visited
        bo     | 2026-03-01T12:00 | Visited
        bo     | 2026-06-01T12:00 | Visited
        {END}
        """,
        {"kind": "rolling", "periods": 4},
        {"ann": [0, 1, 2], "bo": [0, 1, 2, 3]},
    ),
    "brackets hold their first period and not their end": (
        f"""
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Visited
        ann    | 2026-03-02T12:00 | Visited
        ann    | 2026-03-04T12:00 | Visited
        bo     | 2026-03-01T12:00 | Visited
        bo     | 2026-03-05T12:00 | Visited
        bo     | 2026-03-08T12:00 | Visited
        {END}
        """,
        {"kind": "bracket", "brackets": (1, 4, 7)},
        {"ann": [1], "bo": [4]},
    ),
    "a day that is not over yet is not read": (
        """
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Visited
        ann    | 2026-03-02T12:00 | Visited
        ann    | 2026-03-03T12:00 | Visited
        """,
        {},
        {"ann": [1]},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("table", "asked", "expected"), STORIES.values(), ids=STORIES.keys())
def test_retention(table: str, asked: dict[str, Any], expected: dict[str, list[int]]) -> None:
    assert came(table, **asked) == expected


def ask(rows: list[dict[str, Any]], at: datetime | None = None, **asked: Any) -> Retention:
    query = RetentionQuery(**{**YEAR, "step": "week", "periods": 3, **asked})
    return retention(DrawnView(rows, at), query, zone=STOCKHOLM)  # type: ignore[arg-type]


def values(found: Retention) -> dict[str, list[float | None]]:
    """Name of a cohort -> its cells in per cent; None where they are hidden, -1 where nothing is over."""
    return {
        each.name or "together": [
            None if cell.reading.hidden else round(cell.reading.value * 100) if cell.reading.n else -1
            for cell in each.cells
        ]
        for each in (*found.cohorts, found.together)
    }


MONDAY, TUESDAY_AFTER, WEEKS_LATER = "2026-03-02T12:00", "2026-03-10T12:00", "2026-03-31T12:00"


def test_the_cohorts_table_has_a_row_per_week_of_beginning_and_all_together() -> None:
    rows = crowd(6, (MONDAY, "Visited"), (TUESDAY_AFTER, "Visited")) + crowd(
        6, (TUESDAY_AFTER, "Visited"), (WEEKS_LATER, "Visited"), who="q"
    )

    assert values(ask(rows)) == {
        "2026-03-02": [0, 100, 0],
        "2026-03-09": [0, 0, 0],  # three weeks later is week 3
        "together": [0, 50, 0],
    }


def test_whose_week_is_not_over_is_left_out_above_and_below_the_line() -> None:
    back = crowd(5, (MONDAY, "Visited"), (TUESDAY_AFTER, "Visited"))
    late = crowd(10, ("2026-03-05T12:00", "Visited"), ("2026-03-12T12:00", "Visited"), who="q")

    newest = {"person": "zed", "at": "2026-03-16T12:00", "action": "Mailing Sent"}

    found = ask([*back, *late, newest], first=Act("Visited"))

    week_1 = found.cohorts[0].cells[1]
    assert (week_1.reading.value, week_1.reading.n, week_1.waiting, week_1.finished) == (1.0, 5, 10, False)


def test_a_feed_that_stopped_is_not_read_as_people_who_left() -> None:
    found = ask(crowd(8, (MONDAY, "Visited"), (TUESDAY_AFTER, "Visited")))

    assert values(found)["together"] == [0, -1, -1]
    assert in_words(found.together.cells[1].reading) == "too early to say"


def test_a_cohort_of_a_week_that_still_runs_says_so() -> None:
    found = ask(crowd(6, (MONDAY, "Visited")) + crowd(6, (TUESDAY_AFTER, "Visited"), who="q"))

    assert [cohort.finished for cohort in found.cohorts] == [True, False]


def test_small_cohorts_are_hidden_and_with_them_what_gives_them_away() -> None:
    rows = crowd(3, (MONDAY, "Visited")) + crowd(6, (TUESDAY_AFTER, "Visited"), who="q")
    rows += crowd(9, (WEEKS_LATER, "Visited"), who="r")

    found = ask(rows)

    assert [cohort.size.hidden for cohort in found.cohorts] == [True, True, False]
    assert found.together.size.value == 18


def test_few_people_in_all_are_not_shown_at_all() -> None:
    found = ask(crowd(4, (MONDAY, "Visited"), (WEEKS_LATER, "Visited")))

    assert found.together.size.hidden
    assert values(found)["together"] == [None, None, None]


def test_groups_are_those_of_the_first_act_and_small_ones_are_told_together() -> None:
    rows = crowd(7, (MONDAY, "Visited"), channel="web") + crowd(9, (MONDAY, "Visited"), who="q", channel="app")
    rows += crowd(3, (MONDAY, "Visited"), who="r", channel="fax") + crowd(4, (MONDAY, "Visited"), who="s")
    rows += crowd(7, (WEEKS_LATER, "Visited"), channel="app")  # of those who began on the web

    found = ask(rows, by="channel")

    assert {cohort.name: cohort.size.value for cohort in found.cohorts} == {"app": 9, "web": 7, REST: 7}


def test_of_two_first_acts_at_one_moment_the_one_that_came_in_first_tells_the_group() -> None:
    rows = [
        {"person": f"p{n}", "at": MONDAY, "action": "Visited", "channel": channel}
        for n in range(5)
        for channel in ("web", "app")
    ]

    assert [cohort.name for cohort in ask(rows, by="channel").cohorts] == ["web"]


@pytest.mark.slow
def test_a_view_of_an_earlier_day_knows_nothing_of_later_ones() -> None:
    rows = crowd(6, (MONDAY, "Visited"), (TUESDAY_AFTER, "Visited"), (WEEKS_LATER, "Visited"))

    found = ask(rows, datetime(2026, 3, 10, 23, tzinfo=UTC))

    assert found.together.cells[0].finished
    assert not found.together.cells[1].finished


def test_an_empty_view_has_no_cohorts() -> None:
    assert ask([]).is_empty


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"kind": "weekly"}, "on, rolling, bracket"),
        ({"step": "hour"}, "day, week, month"),
        ({"kind": "bracket", "brackets": (3, 1)}, "rise"),
        ({"kind": "bracket", "brackets": (1,)}, "two at least"),
        ({"periods": 0}, "1 to 60"),
        ({"by": "person"}, "cannot be split"),
        ({"first": Act(None, (("'; drop", ("x",)),))}, "cannot be split"),
    ],
)
def test_what_cannot_be_asked_is_said(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(KundskabError, match=says):
        ask(crowd(6, (MONDAY, "Visited")), **asked)


@pytest.mark.slow
def test_two_actors_of_one_person_begin_once_and_come_back_together(house: House) -> None:
    house.desk.create_source(
        "web", purposes=["analytics"], basis="legitimate_interests", no_signal="declared", who="Cy"
    )
    house.take(track(None, "Visited", device="phone", timestamp="2026-02-25T12:00:00Z"))
    house.take(track("ann", "Ordered", timestamp="2026-02-26T12:00:00Z"))
    house.take(identify("ann", "phone", timestamp="2026-02-27T12:00:00Z"))
    query = RetentionQuery(**YEAR, first=Act("Visited"), back=Act("Ordered"), step="day", periods=2)

    [row] = returns(house.view(), query, zone=STOCKHOLM).to_pyarrow().to_pylist()

    assert (row["person"], row["back_0"], row["back_1"]) == (house.person("ann"), False, True)
