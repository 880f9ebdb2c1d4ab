"""The report card through a refresh: forecasts of every kind are held against what came when their time has passed."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest
from tests.house import YES, House, track

from kundskab.lake import derived
from kundskab.pipeline.refresh import Stage, Work, refresh
from kundskab.pipeline.refresh.report import STAGE

pytestmark = pytest.mark.slow

PEOPLE = 20


def _foretell(work: Work) -> None:
    """Everybody is given a half chance to return, one occasion and ten crowns."""
    given = {"returns": 0.5, "events": 1.0, "value": 10.0}
    persons = work.view().events.select("person").distinct().to_pyarrow()["person"].to_pylist()
    rows = [
        {"person": person, "kind": kind, "claim": None, "forecast": value, "baseline": value * 0.8, "low": None,
         "high": None, "horizon_days": work.horizon_days}
        for person in persons for kind, value in given.items()
    ]  # fmt: skip
    work.write("forecasts", pa.Table.from_pylist(rows, schema=derived.own_schema("forecasts")))


def test_what_was_foretold_of_buying_is_held_against_what_was_bought(house: House) -> None:
    house.hear(*(track(f"fan{n}", "Visited", consent=YES) for n in range(PEOPLE)), key="server")
    house.digest()
    refresh(house.home, stages=[Stage("worth", _foretell, ("forecasts",))], now=lambda: house.now)
    house.later(days=5)
    order = {"revenue": 20, "currency": "EUR"}
    half = range(PEOPLE // 2)
    house.hear(*(track(f"fan{n}", "Order Completed", consent=YES, properties=order) for n in half), key="server")
    house.digest()
    house.later(days=40)

    refresh(house.home, stages=[STAGE], now=lambda: house.now)

    rows = house.view().derived("report_card").to_pyarrow().to_pylist()
    came = {row["kind"]: row["happened"] for row in rows if row["bin"] == -1 and row["model"] == "ours"}
    assert came == {"returns": 0.5, "events": 0.5, "value": 10.0}
    assert all(row["made_at"] == house.now - timedelta(days=45) for row in rows)


def test_where_nobody_buys_an_occasion_is_a_day_on_which_somebody_came(house: House) -> None:
    house.hear(*(track(f"fan{n}", "Visited", consent=YES) for n in range(PEOPLE)), key="server")
    house.digest()
    refresh(house.home, stages=[Stage("worth", _foretell, ("forecasts",))], now=lambda: house.now)
    for _ in range(2):
        house.later(days=5)
        twice = (track(f"fan{n}", "Visited", consent=YES) for n in [*range(PEOPLE // 2)] * 2)
        house.hear(*twice, key="server")
        house.digest()
    house.later(days=40)

    refresh(house.home, stages=[STAGE], now=lambda: house.now)

    rows = house.view().derived("report_card").to_pyarrow().to_pylist()
    came = {row["kind"]: row["happened"] for row in rows if row["bin"] == -1 and row["model"] == "ours"}
    assert came["returns"] == 0.5
    assert came["events"] == 1.0  # half of them on two days


def test_an_object_that_was_foretold_is_held_against_what_was_bought_first_not_seen_first(house: House) -> None:
    people = range(60)

    def bought(what: str) -> None:
        house.hear(
            *(track(f"fan{n}", "Order Completed", consent=YES, properties=_order(what)) for n in people), key="server"
        )
        house.digest()

    def foretell(work: Work) -> None:
        persons = work.view().events.select("person").distinct().to_pyarrow()["person"].to_pylist()
        row = {"kind": "object", "claim": "tent", "forecast": 0.5, "baseline": 0.4, "low": None, "high": None}
        rows = [row | {"person": person, "horizon_days": work.horizon_days} for person in persons]
        work.write("forecasts", pa.Table.from_pylist(rows, schema=derived.own_schema("forecasts")))

    for what in ("rope", "boots"):
        bought(what)
        house.later(days=5)
    refresh(house.home, stages=[Stage("objects", foretell, ("forecasts",))], now=lambda: house.now)
    house.later(days=2)
    seen = (track(f"fan{n}", "Product Viewed", consent=YES, properties={"product_id": "stove"}) for n in people)
    house.hear(*seen, key="server")
    house.later(days=2)
    bought("tent")
    house.later(days=40)

    refresh(house.home, stages=[STAGE], now=lambda: house.now)

    rows = house.view().derived("report_card").to_pyarrow().to_pylist()
    [came] = [row["happened"] for row in rows if row["bin"] == -1 and row["model"] == "ours"]
    assert came == 1.0


def _order(what: str) -> dict:
    return {"revenue": 20, "currency": "EUR", "products": [{"product_id": what, "price": 20, "quantity": 1}]}
