"""The stage worth: a row for everybody with an occasion, forecasts beside the plain guess, one person made anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.house import YES, House, track

from kundskab.lake import derived
from kundskab.pipeline.refresh import refresh
from kundskab.pipeline.refresh.worth import STAGE, of_one

pytestmark = pytest.mark.slow


def run(house: House) -> None:
    refresh(house.home, stages=(STAGE,), now=lambda: house.now)


def rows(house: House, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.view().derived(table).to_pyarrow().to_pylist()
    return found


def orders(house: House, *, days: tuple[int, ...] = (40, 20, 3), name: str = "Order Completed") -> None:
    events = [
        track(who, name, consent=YES, timestamp=(house.now - timedelta(days=day)).isoformat(),
              properties={"order_id": f"{who}{day}", "revenue": 100, "currency": "EUR"} if "Order" in name else {})
        for who in ("ann", "bo")
        for day in days
    ]  # fmt: skip
    house.take(*events, key="server")


def test_everybody_who_bought_has_a_row_and_a_forecast_of_each_kind(house: House) -> None:
    orders(house)

    run(house)

    worth = {row["person"]: row for row in rows(house, "worth")}
    assert worth.keys() == {house.person("ann"), house.person("bo")}
    row = worth[house.person("ann")]
    assert row["reasons"] == "bought 3 times, every 3 weeks or so; last 3 days ago"
    assert 0 < row["returns_low"] <= row["returns_probability"] <= row["returns_high"] < 1
    assert row["low"] <= row["value_expected"] <= row["high"]
    assert row["currency"] == "EUR"
    assert {row["kind"] for row in rows(house, "forecasts")} == {"returns", "events", "value"}


def test_where_nobody_buys_it_is_about_coming_back_and_value_is_absent(house: House) -> None:
    orders(house, name="Ticket Opened")

    run(house)

    row = rows(house, "worth")[0]
    assert (row["value_expected"], row["currency"]) == (None, None)
    assert row["reasons"].startswith("came on 3 days")
    assert {row["kind"] for row in rows(house, "forecasts")} == {"returns", "events"}


def test_purchases_that_do_not_say_what_was_paid_have_no_value(house: House) -> None:
    house.take(
        *(
            track(who, "Order Completed", consent=YES, timestamp=(house.now - timedelta(days=day)).isoformat())
            for who in ("ann", "bo")
            for day in (40, 20, 3)
        ),
        key="server",
    )

    run(house)

    row = rows(house, "worth")[0]
    assert row["reasons"].startswith("bought 3 times")
    assert row["value_expected"] is None
    assert {row["kind"] for row in rows(house, "forecasts")} == {"returns", "events"}


def test_one_person_is_told_anew_from_what_was_kept(house: House) -> None:
    orders(house)
    run(house)
    ann = house.person("ann")
    [state] = [part for part in derived.parts(house.home.lake, "models", "analytics") if part.part == "worth"]

    [row] = of_one(
        derived.body(state), house.view(), ann, as_of=house.now, zone=house.home.zone, currency="EUR"
    ).to_pylist()

    [kept] = [row for row in rows(house, "worth") if row["person"] == ann]
    for name in ("returns_probability", "events_expected", "value_expected"):
        assert row[name] == pytest.approx(kept[name])
