"""Metrics without declaring: who comes, who buys, who comes again; by time, cohort, channel and degree of belonging."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa
import pytest
from tests.spec import engines
from tests.spec.drawn import DrawnView, crowd

from kundskab.metrics import weighing
from kundskab.metrics.known import known
from kundskab.metrics.readings import Reading, share
from kundskab.metrics.trend import REST
from kundskab.types import KundskabError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
JAN, FEB, MARCH, FEED = "2026-01-10T12:00", "2026-02-10T12:00", "2026-03-10T12:00", "2026-03-31T22:00"
# Six buy in January and again in February, six in January only, eight look in March; a feed goes on to the end.
ROWS = [
    *crowd(6, (JAN, "Order Completed"), (FEB, "Order Completed"), channel="web", value=100.0, currency="SEK"),
    *crowd(6, (JAN, "Order Completed"), who="q", channel="app", value=50.0),
    *crowd(8, (MARCH, "Product Viewed"), who="r", channel="web"),
    *crowd(1, (FEED, "Fed"), who="z"),
]


class SegmentedView(DrawnView):
    """Those who came back belong to s1 by 0.9 and to s2 by 0.1, the others the other way round."""

    def derived(self, name: str, *, history: bool = False) -> ibis.Table:
        assert name == "memberships"
        rows = []
        for person in sorted({row["person"] for row in ROWS}):
            degree = 0.9 if person.startswith("p") else 0.1
            rows += [{"person": person, "segment": "s1", "weight": degree}]
            rows += [{"person": person, "segment": "s2", "weight": 1 - degree}]
        return engines.table(pa.Table.from_pylist(rows))


def read(name: str, by: str | None = None, rows: list[dict[str, Any]] | None = None) -> list[Reading]:
    view = SegmentedView(ROWS if rows is None else rows)
    return known(view, name, by=by, zone=STOCKHOLM, currency="SEK")  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "n", "unit"),
    [
        ("active", 21, 21, "persons"),
        ("events", 27, 21, "events"),
        ("returning", pytest.approx(6 / 21), 21, "share"),
        ("buyers", 12, 12, "persons"),
        ("orders", 18, 12, "purchases"),
        ("revenue", 1500, 12, "SEK"),
        ("order_value", pytest.approx(1500 / 18), 12, "SEK"),
        ("orders_per_buyer", 1.5, 12, "purchases a buyer"),
        ("repeat_rate", 0.5, 12, "share"),
    ],
)
def test_what_each_counts(name: str, value: float, n: int, unit: str) -> None:
    [reading] = read(name)

    assert (reading.value, reading.n, reading.unit) == (value, n, unit)
    assert reading.low <= reading.value <= reading.high


@pytest.mark.slow
def test_again_means_after_the_first_day_ever() -> None:
    found = {reading.group: reading for reading in read("repeat_rate", "month")}

    assert [found[month].value for month in ("2026-01-01", "2026-02-01")] == [0, 1]
    assert np.isnan(found["2026-03-01"].value)


@pytest.mark.slow
def test_a_cohort_is_the_month_of_the_first_one() -> None:
    assert [(reading.group, reading.value) for reading in read("buyers", "cohort")] == [("2026-01", 12)]


@pytest.mark.slow
def test_a_purchase_has_the_channel_of_its_event() -> None:
    assert {reading.group: reading.value for reading in read("orders", "channel")} == {"web": 12, "app": 6}


@pytest.mark.slow
def test_a_person_counts_in_each_segment_by_degree() -> None:
    found = {reading.group: reading for reading in read("repeat_rate", "segment")}

    # s1: 6 * 0.9 of those who came back and 6 * 0.1 of the others.
    assert found["s1"].value == pytest.approx(0.9)
    assert found["s2"].value == pytest.approx(0.1)
    assert found["s1"].n == 6
    assert found["s1"].low < 0.9 < found["s1"].high


def test_the_degrees_add_up_to_everybody() -> None:
    assert sum(reading.value for reading in read("active", "segment")) == pytest.approx(21)


def test_small_groups_are_told_together_and_nobody_twice() -> None:
    rows = crowd(9, (JAN, "Looked"), channel="web") + crowd(4, (JAN, "Looked"), who="q", channel="fax")
    rows += crowd(4, (JAN, "Looked"), who="q", channel="pigeon") + crowd(3, (JAN, "Looked"), who="r", channel="kiosk")

    assert [(reading.group, reading.value) for reading in read("active", "channel", rows)] == [("web", 9), (REST, 7)]


def test_few_people_are_hidden() -> None:
    assert read("active", rows=crowd(4, (JAN, "Looked")))[0].hidden


def test_where_nothing_is_a_purchase_that_is_said() -> None:
    with pytest.raises(KundskabError, match=r"metrics\.yaml"):
        read("repeat_rate", rows=crowd(9, (JAN, "Looked")))


def test_of_nothing_there_is_nothing_to_read() -> None:
    assert read("active", rows=[]) == []


def test_weights_of_one_are_the_plain_reading() -> None:
    hit = np.array([True] * 7 + [False] * 13)

    assert weighing.share_of(hit, np.ones(20), snapshot=7, group="a") == share(7, 20, snapshot=7, group="a")


def test_an_interval_of_weighted_persons_holds_95_of_100_times() -> None:
    rng = np.random.default_rng(17)
    held = []
    for _ in range(2000):
        weight = rng.beta(0.6, 0.6, 80)
        found = weighing.share_of(rng.random(80) < 0.2, weight, snapshot=7, group=None)
        held.append(found.low <= 0.2 <= found.high)

    assert 0.93 <= np.mean(held) <= 0.975
