"""Trends: what is counted in which period, drawn. The rest of their tests are in tests/metrics/test_trend.py."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from tests.spec.drawn import DrawnView, crowd

from kundskab.metrics.trend import REST, Trend, TrendQuery, trend

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ROWS = [
    *crowd(6, ("2026-03-02T12:00", "Ordered"), ("2026-03-02T13:00", "Ordered"), channel="web", value=10.0),
    *crowd(5, ("2026-03-09T22:59", "Ordered"), who="q", channel="app", value=20.0, properties='{"size": "M"}'),
    *crowd(5, ("2026-03-09T23:00", "Ordered"), who="r", channel="app", value=20.0, properties='{"size": "L"}'),
]


def read(measure: str = "events", by: str | None = None, step: str = "day") -> Trend:
    query = TrendQuery(date(2026, 3, 2), date(2026, 3, 15), "Ordered", measure, by, step)
    return trend(DrawnView(ROWS), query, zone=STOCKHOLM, currency="SEK")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measure", "first", "ninth", "tenth"), [("events", 12, 5, 5), ("persons", 6, 5, 5), ("value", 120, 100, 100)]
)
def test_days_are_those_of_the_workspace(measure: str, first: float, ninth: float, tenth: float) -> None:
    values = [point.reading.value for point in read(measure).series[0].points]

    assert (values[0], values[7], values[8], sum(values)) == (first, ninth, tenth, first + ninth + tenth)


def test_each_group_is_a_line_and_weeks_begin_on_monday() -> None:
    found = {
        each.group: [point.reading.value for point in each.points] for each in read(by="channel", step="week").series
    }

    assert found == {"web": [12, 0], "app": [0, 10]}


def test_a_property_is_a_dimension() -> None:
    found = {each.group: each.together.value for each in read(by="property:size").series}

    assert found == {"not said": 12, "M": 5, "L": 5}
    assert REST not in found


def test_a_condition_counts_only_what_meets_it() -> None:
    span = (date(2026, 3, 2), date(2026, 3, 15))
    web = TrendQuery(*span, "Ordered", where=(("channel", ("web",)),))
    small = TrendQuery(*span, where=(("channel", ("app", "web")), ("property:size", ("M",))))

    values = [
        trend(DrawnView(ROWS), query, zone=STOCKHOLM, currency="SEK").together.value  # type: ignore[arg-type]
        for query in (web, small)
    ]

    assert values == [12, 5]
