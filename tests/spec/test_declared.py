"""Declared metrics: what each kind counts, drawn, and what is wrong with a page told in one sentence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa
import pytest
from tests.house import House, track
from tests.spec import engines
from tests.spec.drawn import DrawnView, crowd

from kundskab.metrics.declared import declared
from kundskab.metrics.measuring import measure
from kundskab.metrics.readings import Reading
from kundskab.metrics.trend import REST
from kundskab.pipeline.metrics import Metrics
from kundskab.types import KundskabError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
PAGE = """
again:   {is: rate, of: Ordered, at_least: 2, per: Ordered}
buys:    {is: rate, of: Ordered}
orders:  {is: count, of: Ordered}
sold:    {is: sum, of: Ordered}
basket:  {is: mean, of: Ordered}
spend:   {is: median, of: Ordered}
a visit: {is: ratio, of: Ordered, per: Visited}
in euro: {is: sum, of: Ordered, currency: EUR}
online:  {is: count, of: {action: Ordered, where: {channel: [web, app]}}}
"""


def read(name: str, rows: list[dict[str, Any]], by: str | None = None) -> list[Reading]:
    view = DrawnView(rows)
    return measure(view, declared(PAGE)[name], by=by, zone=STOCKHOLM, currency="SEK")  # type: ignore[arg-type]


NOON, NEXT = "2026-03-02T12:00", "2026-03-03T12:00"
# Six who visit and order twice for 10 and 30, six who visit and order once for 20, six who only visit.
ROWS = [
    *crowd(18, (NOON, "Visited"), channel="web"),
    *crowd(6, (NOON, "Ordered"), channel="web", value=10.0),
    *crowd(6, (NEXT, "Ordered"), channel="shop", value=30.0),
    *[row | {"person": row["person"].replace("p", "p1")} for row in crowd(6, (NOON, "Ordered"), value=20.0)],
]


@pytest.mark.parametrize(
    ("name", "value", "n", "unit"),
    [
        ("again", 0.5, 12, "share"),
        ("buys", pytest.approx(2 / 3), 18, "share"),
        ("orders", 18, 12, "events"),
        ("sold", 360, 12, "SEK"),
        ("basket", 20, 12, "SEK"),
        ("spend", 30, 12, "SEK"),
        ("a visit", 1, 18, "events per Visited"),
        ("in euro", 0, 0, "EUR"),
        ("online", 6, 6, "events"),
    ],
)
def test_what_each_kind_counts(name: str, value: float, n: int, unit: str) -> None:
    [reading] = read(name, ROWS)

    assert (reading.value, reading.n, reading.unit) == (value, n, unit)
    assert reading.low <= reading.value <= reading.high or reading.n == 0


def test_groups_are_those_of_the_events() -> None:
    found = read("orders", ROWS, by="channel")

    assert {reading.group: reading.value for reading in found} == {"web": 6, "shop": 6, "not said": 6}


def test_small_groups_are_told_together_and_nobody_twice() -> None:
    rows = crowd(9, (NOON, "Ordered"), channel="web") + crowd(4, (NOON, "Ordered"), who="q", channel="fax")
    rows += crowd(4, (NOON, "Ordered"), who="q", channel="pigeon") + crowd(
        3, (NOON, "Ordered"), who="r", channel="kiosk"
    )

    found = read("buys", rows, by="channel")

    assert [(reading.group, reading.n) for reading in found] == [("web", 9), (REST, 7)]


def test_few_people_are_hidden() -> None:
    [reading] = read("orders", crowd(4, (NOON, "Ordered")))

    assert reading.hidden


def test_periods_are_days_of_the_workspace_and_those_that_run_are_left_out() -> None:
    rows = crowd(
        5,
        ("2026-03-27T12:00", "Visited"),
        ("2026-03-28T23:30", "Ordered"),
        ("2026-03-29T21:59", "Ordered"),
        ("2026-03-29T22:00", "Ordered"),
    )

    found = {reading.group: reading.value for reading in read("orders", rows, by="day")}

    # All three lie around the 23 hours of 29 March; the 30th is not over, and before the 27th nobody counted.
    assert found == {"2026-03-27": 0, "2026-03-28": 0, "2026-03-29": 10}


def test_the_days_are_the_last_ones_up_to_the_newest_event() -> None:
    # The 90 days up to 31 March begin in Stockholm on 1 January, which is at 23:00 UTC of the day before.
    rows = crowd(6, ("2025-12-31T22:59", "Ordered")) + crowd(8, ("2025-12-31T23:00", "Ordered"), who="q")
    rows += crowd(7, ("2026-03-31T12:00", "Ordered"), who="r")

    [reading] = read("orders", rows)

    assert reading.n == 15


def test_an_empty_view_has_no_readings() -> None:
    assert read("orders", []) == []


@pytest.mark.slow
def test_a_mean_of_events_that_hang_together_in_people_holds_95_of_100_times() -> None:
    rng = np.random.default_rng(41)
    worlds, people = 300, 60
    first = date(2026, 1, 1)
    rows = []
    for world in range(worlds):
        day = (first + timedelta(days=world)).isoformat()
        for person in range(people):
            level = rng.normal(100, 30)
            for value in rng.normal(level, 5, 1 + rng.poisson(1)):
                rows.append({"person": f"p{person}", "at": f"{day}T12:00", "action": "Ordered", "value": value})
    rows.append({"person": "feed", "at": "2026-12-01T12:00", "action": "Visited"})
    metric = declared("m: {is: mean, of: Ordered, days: 365}")["m"]

    found = measure(DrawnView(rows), metric, by="day", zone=ZoneInfo("UTC"), currency="SEK")  # type: ignore[arg-type]

    held = [reading.low <= 100 <= reading.high for reading in found if reading.n == people]
    assert len(held) == worlds
    assert 0.915 <= np.mean(held) <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("a: [", "no YAML at line 1"),
        ("- a", "names with what each is"),
        ("a: 3", "needs 'is' and 'of'"),
        ("a: {is: rate}", "needs 'is' and 'of'"),
        ("a: {is: guess, of: x}", "one of rate, mean"),
        ("a: {is: [rate], of: x}", "one of rate, mean"),
        ("a: {is: ratio, of: x}", "below the line"),
        ("a: {is: count, of: x, amount: value}", "no amount"),
        ("a: {is: mean, of: x, amount: count}", "value or quantity"),
        ("a: {is: sum, of: x, days: 0}", "1 to 3,660"),
        ("a: {is: rate, of: x, at_least: true}", "whole number"),
        ("a: {is: sum, of: x, currency: 7}", "like EUR"),
        ("a: {is: sum, of: [x]}", "no act"),
        ("a: {is: sum, of: x, colour: red}", "may have"),
        ("[" * 5000, "no YAML"),
    ],
)
def test_what_is_wrong_with_a_page_is_said(page: str, says: str) -> None:
    with pytest.raises(KundskabError, match=says):
        declared(page)


@pytest.mark.slow
def test_a_declared_metric_is_read_by_name(house: House) -> None:
    (house.home.folder / "metrics.yaml").write_text("orders: {is: count, of: Ordered}\n")
    house.take(*(track(f"p{n}", "Ordered", consent={"analytics": True}) for n in range(7)))
    metrics = Metrics(house.desk.distance, house.desk.behaviour)

    [reading] = metrics.read("orders")

    assert (reading.value, "orders" in metrics.names) == (7, True)
    with pytest.raises(KundskabError, match="orders"):
        metrics.read("others")
    with pytest.raises(KundskabError, match="split by a dimension"):
        metrics.read("orders", by={"p": "x"})


# Six order in January and in February, eight in February alone.
BEGAN = [
    *crowd(6, ("2026-01-10T12:00", "Ordered"), ("2026-02-10T12:00", "Ordered"), value=10.0),
    *crowd(8, ("2026-02-20T12:00", "Ordered"), who="r", value=10.0),
]


class SegmentedView(DrawnView):
    """The six belong to s1 by 0.9 and to s2 by 0.1, the eight the other way round."""

    def derived(self, name: str, *, history: bool = False) -> ibis.Table:
        assert name == "memberships"
        degrees = {row["person"]: 0.9 if row["person"].startswith("p") else 0.1 for row in BEGAN}
        rows = [{"person": person, "segment": "s1", "weight": degree} for person, degree in degrees.items()]
        rows += [{"person": person, "segment": "s2", "weight": 1 - degree} for person, degree in degrees.items()]
        return engines.table(pa.Table.from_pylist(rows))


def began(name: str, by: str | None = None) -> list[Reading]:
    view = SegmentedView(BEGAN)
    return measure(view, declared(PAGE)[name], by=by, zone=STOCKHOLM, currency="SEK")  # type: ignore[arg-type]


@pytest.mark.slow
def test_by_cohort_each_counts_in_the_month_in_which_they_began() -> None:
    found = began("again", "cohort")

    assert {reading.group: (reading.value, reading.n) for reading in found} == {
        "2026-01": (1.0, 6),
        "2026-02": (0.0, 8),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [("again", 5.4 / 6.2), ("orders", 12 * 0.9 + 8 * 0.1), ("basket", 10.0)],
)
def test_by_segment_each_counts_by_degree(name: str, value: float) -> None:
    found = {reading.group: reading for reading in began(name, "segment")}

    assert list(found) == ["s2", "s1"]  # the larger first
    assert found["s1"].value == pytest.approx(value)
    assert found["s1"].low <= value <= found["s1"].high


def test_a_median_is_not_read_by_degree() -> None:
    with pytest.raises(KundskabError, match="Declare a mean beside it"):
        began("spend", "segment")


@pytest.mark.slow
def test_segments_and_cohorts_add_up_to_everybody() -> None:
    [whole] = began("orders")

    for by in ("segment", "cohort"):
        assert sum(reading.value for reading in began("orders", by)) == pytest.approx(whole.value)
