"""A tracking plan's purposes: what an event is kept for, and which properties its row may carry."""

from __future__ import annotations

import orjson
import pytest
from tests.house import House, track

PLAN = """
events:
  Ordered:
    purpose: analytics
    properties:
      size: string
      email: {class: personal, purpose: marketing}
      diagnosis: {class: sensitive}
  Asked for mail:
    purpose: marketing
    properties:
      email: {class: personal, purpose: marketing}
"""
ALL_YES = {"analytics": True, "marketing": True}


def planned(house: House) -> None:
    house.desk.create_source("web", purposes=["necessary", "analytics", "marketing"], plan=PLAN, who="Cy")


def properties(house: House, purpose: str, action: str) -> list[dict[str, object]]:
    events = house.view(purpose).events
    rows = events.filter(events.action == action).properties.to_pyarrow().to_pylist()
    return [orjson.loads(row) for row in rows]


@pytest.mark.slow
def test_an_event_is_kept_for_its_planned_purpose_alone(house: House) -> None:
    planned(house)

    house.take(track("ann", "Ordered", consent=ALL_YES), track("ann", "Looked", consent=ALL_YES))

    assert house.seen("analytics") == ["Looked", "Ordered"]
    assert house.seen("marketing") == ["Looked"]
    assert house.seen("necessary") == ["Looked"]


@pytest.mark.slow
def test_a_property_of_another_purpose_and_a_sensitive_one_are_stripped(house: House) -> None:
    planned(house)
    given = {"size": "M", "email": "ann@example.com", "diagnosis": "flu"}

    house.take(track("ann", "Ordered", consent=ALL_YES, properties=given))

    assert properties(house, "analytics", "Ordered") == [{"size": "M"}]


@pytest.mark.slow
def test_a_property_stays_in_a_row_of_its_own_purpose(house: House) -> None:
    planned(house)

    house.take(track("ann", "Asked for mail", consent=ALL_YES, properties={"email": "ann@example.com"}))

    assert properties(house, "marketing", "Asked for mail") == [{"email": "ann@example.com"}]


def test_an_event_whose_planned_purpose_is_refused_is_not_kept(house: House) -> None:
    planned(house)

    house.take(track("ann", "Ordered", consent={"analytics": False}))

    assert house.rows() == []
    assert house.desk.books().refused == 1
