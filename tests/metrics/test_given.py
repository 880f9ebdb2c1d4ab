"""What a company gives each person: meetings, mailings, discounts, and how long they wait."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.house import YES, House, track

from kundskab.metrics.given import given

DAY_0 = 719_163  # 1 January 1970, counted as Python counts


@pytest.mark.slow
def test_each_measure_counts_what_the_data_have(house: House) -> None:
    def at(who: str, name: str, hours: float, **more: object) -> dict[str, object]:
        moment = (house.now - timedelta(hours=hours)).isoformat()
        return track(who, name, consent=YES, timestamp=moment, properties=more)

    house.take(
        at("ann", "Ticket Opened", 50), at("ann", "Ticket Answered", 44),
        at("ann", "Order Completed", 40, order_id="1", revenue=90, currency=house.home.settings.currency, discount=10),
        at("bo", "Mailing Sent", 30), at("bo", "Mailing Sent", 3), at("bo", "Encounter", 2),
        at("bo", "Ticket Opened", 1), at("bo", "Mailing Sent", 24 * 40),
        key="server",
    )  # fmt: skip
    today = house.now.date().toordinal() - DAY_0

    rows = given(
        house.view(), since=today - 30, until=today, zone=ZoneInfo("UTC"), human=("chat",),
        currency=house.home.settings.currency,
    ).to_pylist()  # fmt: skip

    ann, bo = house.person("ann"), house.person("bo")
    assert {(row["person"], row["measure"]): row["amount"] for row in rows} == {
        (ann, "waiting"): 6.0, (ann, "discounts"): 10.0, (bo, "mailings"): 2.0, (bo, "meetings"): 1.0,
    }  # fmt: skip
