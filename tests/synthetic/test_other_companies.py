"""Nothing in the code knows what a tent is: other companies, small and odd ones too, can be declared."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml

from kundskab import synthetic
from kundskab.synthetic.declaration import MEETINGS

pytestmark = pytest.mark.slow


@pytest.fixture
def page(declaration: synthetic.Declaration) -> dict[str, Any]:
    """Fjällhandel's declaration, a short story, to be changed."""
    return yaml.safe_load(declaration.source) | {"months": 3}


def events_of(page: dict[str, Any], *, people: int = 50, seed: int = 1) -> pa.Table:
    declaration = synthetic.parse(json.dumps(page))
    company = synthetic.generate(declaration, seed=seed, people=people, until=datetime(2026, 3, 1, tzinfo=UTC))
    assert len(company.people) <= 2 * people  # some have two accounts
    assert company.truth.num_rows > 0
    return pa.concat_tables([*company.events()])


def test_a_library_in_a_town_of_one_person(page: dict[str, Any]) -> None:
    page |= {
        "name": "Library",
        "months": 2,
        "catalogue": {"books": {"search": "book", "season": "steady", "most": 1, "products": {"A slim volume": 1}}},
        "markets": {"Town": {"share": 1, "currency": "XYZ", "rate": 1, "rounding": 0.5, "shops": []}},
        "behaviours": {"reader": page["behaviours"]["family"] | {"categories": {"books": 1}, "visits_per_month": 60}},
        "population": page["population"] | {"existing": 1},
        "pages": {"door": 1},
        "encounters": page["encounters"] | {"per_year": {"reader": {"call": 50}}},
    }

    events = events_of(page, people=1)

    assert set(events["category"].drop_null().to_pylist()) <= {
        "books",
        "page",
        "mailing",
        "form",
        *page["support"]["topics"],
        *MEETINGS,
    }
    assert set(events["currency"].drop_null().to_pylist()) <= {"XYZ"}
    assert events.num_rows > 20


def test_without_shops_nothing_happens_in_a_shop(page: dict[str, Any]) -> None:
    for market in page["markets"].values():
        market["shops"] = []

    assert "shop" not in events_of(page)["channel"].unique().to_pylist()


def test_a_company_may_live_by_its_shops(page: dict[str, Any]) -> None:
    page["markets"] = {"Sweden": page["markets"]["Sweden"]}
    page["population"] |= {"existing": 1, "sign_up_in": {"shop": 1}}
    page["mailings"]["clicked"] = 0
    page["devices"] |= {"signs_in": 0, "app": 0}
    for behaviour in page["behaviours"].values():
        behaviour["channels"] = {"shop": 1}

    orders = events_of(page).filter(pc.field("action") == "Order Completed")

    in_shops = orders.filter(pc.field("channel") == "shop")
    # a first look at the web on a new device may end in an order too
    assert in_shops.num_rows > 0.9 * orders.num_rows > 20
    assert in_shops["user_id"].null_count == 0
    assert in_shops["anonymous_id"].null_count == in_shops.num_rows


def test_where_nobody_signs_up_nobody_is_known(page: dict[str, Any]) -> None:
    page["population"] |= {"existing": 0, "sign_up": 0}

    events = events_of(page)

    assert events["user_id"].null_count == events.num_rows > 0
    assert "Mailing Sent" not in events["action"].to_pylist()


def test_where_everybody_refuses_no_mail_is_sent(page: dict[str, Any]) -> None:
    page["consents"]["sign_up"]["purposes"]["marketing"] |= {"grant": 0, "later_per_year": 0}

    assert "Mailing Sent" not in events_of(page)["action"].to_pylist()


def test_where_nobody_comes_there_are_only_first_times(page: dict[str, Any]) -> None:
    page["mailings"]["clicked"] = 0
    page["devices"]["shared"] = 0
    for behaviour in page["behaviours"].values():
        behaviour["visits_per_month"] = 0

    events = events_of(page)

    online = events.filter(pc.is_in(pc.field("action"), pa.array(["page viewed", "Application Opened"])))
    seen = online.group_by(["anonymous_id"]).aggregate([("occasion", "count_distinct")])
    # the first visit on a device, and the one in which somebody signs in there
    assert 0 < pc.max(seen["occasion_count_distinct"]).as_py() <= 2
    assert "Account Created" in events["action"].to_pylist()


@pytest.mark.parametrize("clock", ["Pacific/Auckland", "America/St_Johns", "Asia/Kolkata", "UTC"])
def test_any_clock_will_do(page: dict[str, Any], clock: str) -> None:
    page["timezone"] = clock

    assert events_of(page, people=20).num_rows > 100


def test_a_months_story_can_be_told(page: dict[str, Any]) -> None:
    page["months"] = 1

    events = events_of(page, people=200)

    span = pc.max(events["occurred_at"]).as_py() - pc.min(events["occurred_at"]).as_py()
    assert 27 <= span.days <= 36


@pytest.mark.parametrize("section", ["population", "devices", "orders", "mailings", "support"])
@pytest.mark.parametrize("share", [0, 1])
def test_every_share_may_be_nothing_or_all(page: dict[str, Any], section: str, share: int) -> None:
    fields = [name for name, value in page[section].items() if isinstance(value, float) and 0 < value < 1]
    page[section] |= dict.fromkeys(fields, share)

    assert fields
    assert events_of(page, people=20).num_rows > 0


def test_a_behaviour_may_be_declared_that_nobody_has(page: dict[str, Any]) -> None:
    page["behaviours"]["family"]["share"] = 0

    assert events_of(page, people=20).num_rows > 0
