"""Trends as drawn tables: what is counted, in which period, by whom, and what is not shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa
import pytest

from kundskab.metrics.periods import periods
from kundskab.metrics.trend import REST, Trend, TrendQuery, trend
from kundskab.types import KundskabError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)  # a Wednesday
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 11)
COLUMNS = ("person", "occurred_at", "action", "channel", "value", "currency", "properties")


class DrawnView:
    """A view over a drawn table."""

    at = None
    opened_at = NOW
    snapshot = 7

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        types = dict.fromkeys(COLUMNS, pa.string()) | {"occurred_at": pa.timestamp("us", "UTC"), "value": pa.float64()}
        full = [{name: row.get(name) for name in COLUMNS} for row in rows]
        self.events = ibis.memtable(pa.Table.from_pylist(full, pa.schema(types.items())))


@pytest.fixture
def ask() -> Callable[..., Trend]:
    def answer(rows: list[dict[str, Any]], **asked: Any) -> Trend:
        query = TrendQuery(**{"since": FIRST, "until": LAST, "step": "week", **asked})
        return trend(DrawnView(rows), query, zone=STOCKHOLM, currency="SEK")  # type: ignore[arg-type]

    return answer


def crowd(n: int, day: str = "2026-03-03", *, who: str = "p", times: int = 1, **given: Any) -> list[dict[str, Any]]:
    """n persons who each did something `times` times at noon of the day."""
    plain = {"action": "Visited", "channel": "web", "properties": "{}"} | given
    return [
        {"person": f"{who}{number}", "occurred_at": datetime.fromisoformat(f"{day}T12:00:00Z"), **plain}
        for number in range(n)
        for _ in range(times)
    ]


def values(found: Trend, group: str | None = None) -> list[float | None]:
    """The points of a series; None where they are hidden."""
    [series] = [each for each in found.series if each.group == group]
    return [None if point.reading.hidden else point.reading.value for point in series.points]


@pytest.mark.parametrize(("measure", "expected"), [("events", [12.0, 5.0]), ("persons", [6.0, 5.0])])
def test_events_and_persons_are_counted_by_week(ask: Any, measure: str, expected: list[float]) -> None:
    rows = crowd(6, times=2) + crowd(5, "2026-03-10")

    assert values(ask(rows, measure=measure)) == expected


def test_a_person_of_both_weeks_is_one_person_altogether(ask: Any) -> None:
    found = ask(crowd(6) + crowd(6, "2026-03-10"), measure="persons")

    assert found.together.value == found.together.n == 6


def test_a_day_is_a_day_of_the_workspaces_clock(ask: Any) -> None:
    late = [
        row | {"occurred_at": datetime.fromisoformat("2026-03-03T23:30Z")} for row in crowd(5)
    ]  # half past midnight in Stockholm

    found = ask(late, step="day", until=date(2026, 3, 5))

    assert values(found) == [0, 0, 5, 0]


def test_the_night_when_the_clock_changes_belongs_to_its_days(ask: Any) -> None:
    before = [
        row | {"occurred_at": datetime.fromisoformat("2026-03-28T22:59Z")} for row in crowd(5)
    ]  # 23:59, an hour behind
    after = [
        row | {"occurred_at": datetime.fromisoformat("2026-03-29T21:59Z")} for row in crowd(6)
    ]  # 23:59, two hours behind

    found = ask(before + after, step="day", since=date(2026, 3, 28), until=date(2026, 3, 30))

    assert values(found) == [5, 6, 0]


@pytest.mark.parametrize(
    ("step", "starts"),
    [
        ("week", [date(2026, 2, 23), date(2026, 3, 2)]),
        ("month", [date(2026, 2, 1), date(2026, 3, 1)]),
        ("day", [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)]),
    ],
)
def test_periods_begin_where_the_calendar_says(ask: Any, step: str, starts: list[date]) -> None:
    within = periods(date(2026, 2, 28), date(2026, 3, 2), step)

    assert [period.start for period in within] == starts

    found = ask(crowd(5, "2026-03-02"), step=step, since=date(2026, 2, 28), until=date(2026, 3, 2))

    assert values(found)[-1] == 5
    assert sum(values(found)[:-1]) == 0


def test_the_week_that_is_not_over_is_marked(ask: Any) -> None:
    found = ask(crowd(5))

    assert [point.finished for point in found.series[0].points] == [True, False]


def test_of_old_data_the_week_in_which_they_end_is_not_over(ask: Any) -> None:
    rows = crowd(5, "2025-05-06")  # a Tuesday, the newest event of all

    found = ask(rows, since=date(2025, 4, 28), until=date(2025, 5, 6))

    assert [point.finished for point in found.series[0].points] == [True, False]


@pytest.mark.slow
def test_money_of_other_currencies_is_never_added(ask: Any) -> None:
    rows = crowd(5, value=100.0) + crowd(5, who="q", value=10.0, currency="EUR") + crowd(5, who="r", value=None)

    assert values(ask(rows, measure="value")) == [500, 0]  # what came without a currency is in the workspace's
    assert values(ask(rows, measure="value", currency="EUR")) == [50, 0]


def test_refunds_are_taken_away(ask: Any) -> None:
    found = ask(crowd(5, value=100.0) + crowd(5, who="q", value=-30.0), measure="value")

    assert values(found) == [350, 0]
    assert found.together.low < 350 < found.together.high


def test_a_point_of_fewer_than_five_is_hidden_and_left_out_of_the_sum(ask: Any) -> None:
    found = ask(crowd(4, times=3) + crowd(9, "2026-03-10"))

    assert values(found) == [None, 9]
    assert found.series[0].points[0].reading.n == 0
    assert found.together.value == 9  # 21 - 9 would tell of the four
    assert found.hidden == 1


@pytest.mark.slow
def test_a_small_group_takes_the_next_smallest_with_it(ask: Any) -> None:
    rows = crowd(40) + crowd(6, who="q", channel="app") + crowd(3, who="r", channel="shop")

    found = ask(rows, by="channel", until=date(2026, 3, 8))

    assert values(found, "web") == [40]
    assert values(found, "app") == [None]  # 49 - 46 would tell of the three
    assert values(found, REST) == [None]


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["events", "persons", "value"])
def test_a_lonely_small_group_cannot_be_had_by_subtraction(ask: Any, measure: str) -> None:
    rows = crowd(10, value=10.0) + crowd(6, channel="shop", who="s", value=10.0)
    alone = crowd(3, "2026-03-10", who="q", value=777.0)

    found = ask(rows + alone, by="channel", measure=measure)

    assert found.together.value == sum(series.together.value for series in found.series)
    assert found.together == ask(rows + alone, measure=measure).together


def test_a_week_of_nobody_is_a_week_of_none(ask: Any) -> None:
    [_, empty] = ask(crowd(5)).series[0].points

    assert (empty.reading.value, empty.reading.low) == (0, 0)
    assert empty.reading.high > 0


def test_the_largest_groups_have_lines_and_the_rest_is_pooled(ask: Any) -> None:
    rows = [row for n in range(9) for row in crowd(20 - n, who=f"{n}-", channel=f"c{n}")]

    found = ask(rows, by="channel")

    assert [series.group for series in found.series] == ["c0", "c1", "c2", "c3", "c4", REST]
    assert found.pooled == 4
    assert values(found, REST)[0] == 15 + 14 + 13 + 12


def test_events_are_split_by_a_property_that_some_carry(ask: Any) -> None:
    rows = crowd(5, properties='{"size": "M"}') + crowd(6, who="q", properties='{"size": 44}') + crowd(7, who="r")

    found = ask(rows, by="property:size")

    assert {series.group: values(found, series.group)[0] for series in found.series} == {"M": 5, "44": 6, "not said": 7}


def test_only_the_action_asked_for_is_counted(ask: Any) -> None:
    assert values(ask(crowd(5) + crowd(9, action="Signed In"), action="Visited")) == [5, 0]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"measure": "mood"}, "no measure 'mood'"),
        ({"step": "hour"}, "no step 'hour'"),
        ({"since": LAST, "until": FIRST}, "comes before"),
        ({"since": date(1990, 1, 1), "step": "day"}, "More than 800 days"),
        ({"by": "person"}, "cannot be split by 'person'"),
        ({"by": 'property:a"]; DROP'}, "cannot be split"),
        ({"by": "property:"}, "cannot be split"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_a_sentence(ask: Any, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(KundskabError, match=said.replace("(", r"\(")):
        ask(crowd(5), **asked)


def test_the_interval_is_wider_where_few_do_much(ask: Any) -> None:
    many = ask(crowd(50)).together
    few = ask(crowd(5, times=10)).together

    assert many.value == few.value == 50
    assert few.high - few.low > 2 * (many.high - many.low)
