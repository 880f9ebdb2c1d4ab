"""E-commerce properties in our words; what was not understood stays in the properties."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest

from kundskab.events import Item, check
from kundskab.events.commerce import money_of

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def _check(event, **properties):
    raw = {"type": "track", "event": event, "userId": "ann", "messageId": "m", "properties": properties}
    return check(raw, received_at=NOW)


def test_it_reads_a_product():
    event = _check(
        "Product Added", product_id="tent-1", category="tents", price=99.95, quantity=2, currency="dkk", brand="F"
    )

    assert (event.object, event.category, event.quantity) == ("tent-1", "tents", 2.0)
    assert (event.value, event.currency) == (Decimal("199.9000"), "DKK")
    assert orjson.loads(event.properties) == {"price": 99.95, "brand": "F"}


def test_a_price_without_a_quantity_is_no_value():
    event = _check("Product Viewed", sku="tent-1", price=99.95)

    assert (event.object, event.value) == ("tent-1", None)


def test_it_reads_an_order_with_its_lines():
    event = _check(
        "Order Completed",
        order_id=50314,
        revenue=129.9,
        total=154.9,
        currency="EUR",
        products=[
            {"product_id": "tent-1", "category": "tents", "price": "100", "quantity": 1, "name": "Tent"},
            {"sku": "rope-2", "price": 29.9},
        ],
    )

    assert (event.occasion, event.value, event.currency) == ("50314", Decimal("129.9000"), "EUR")
    assert event.items == (
        Item("tent-1", "tents", 1.0, Decimal("100.0000")),
        Item("rope-2", None, None, Decimal("29.9000")),
    )
    assert orjson.loads(event.properties) == {"total": 154.9, "products": [{"name": "Tent"}, {}]}


def test_lines_that_are_understood_wholly_leave_nothing_behind():
    event = _check("Order Completed", revenue=1, products=[{"product_id": "a", "price": 1, "quantity": 1}])

    assert event.properties == b"{}"


def test_an_order_without_revenue_is_worth_its_lines():
    lines = [{"product_id": "a", "price": 10.5, "quantity": 2}, {"product_id": "b", "price": 1}]

    ordered = _check("Order Completed", products=lines)
    listed = _check("Product List Viewed", products=lines)

    assert ordered.value == Decimal("22.0000")
    assert "value_from_items" in ordered.flags
    assert listed.value is None


def test_a_list_of_something_else_is_not_an_order():
    event = _check("survey sent", items=[{"answer": 1}])

    assert event.items == ()
    assert orjson.loads(event.properties) == {"items": [{"answer": 1}]}


@pytest.mark.parametrize("name", ["Order Refunded", "Order Cancelled", "order canceled", "order_refunded", "refund"])
@pytest.mark.parametrize("revenue", [20, -20])
def test_a_refund_is_negative(name, revenue):
    event = _check(name, order_id="o1", revenue=revenue, products=[{"product_id": "a", "price": 20}])

    assert event.value == Decimal("-20.0000")
    assert event.items == (Item("a", None, -1.0, Decimal("20.0000")),)


@pytest.mark.parametrize("name", ["Order Refund Requested", "Refund Policy Viewed", "Order Completed"])
def test_talk_of_a_refund_is_none(name):
    assert _check(name, revenue=20).value == Decimal("20.0000")


@pytest.mark.parametrize(
    ("properties", "occasion"),
    [
        ({"order_id": "o", "checkout_id": "c"}, "o"),
        ({"checkout_id": "c", "cart_id": "k"}, "c"),
        ({"cart_id": "k", "session_id": "s"}, "k"),
        ({"session_id": 7}, "7"),
        ({"orderId": "o"}, "o"),
        ({"order_id": ""}, None),
        ({"order_id": {"a": 1}}, None),
    ],
)
def test_the_occasion_is_the_order_else_the_visit(properties, occasion):
    assert _check("visit", **properties).occasion == occasion


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (19.99, "19.9900"),
        (0.1 + 0.2, "0.3000"),
        (5, "5.0000"),
        (-5, "-5.0000"),
        (0, "0.0000"),
        ("19.99", "19.9900"),
        ("19,99", "19.9900"),
        ("1,299.50", "1299.5000"),
        ("1.299,50", "1299.5000"),
        ("kr. 19,99", "19.9900"),
        ("19,99 kr.", "19.9900"),
        ("-19,99 kr", "-19.9900"),
        ("3 for 2", None),
        ("10-12", None),
        ("$19.99", "19.9900"),
        ("19.99 €", "19.9900"),
        ("1,299", None),
        ("1,299,000", None),
        ("free", None),
        ("", None),
        ("NaN", None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        ([], None),
        (99_999_999_999_999, "99999999999999.0000"),
        (100_000_000_000_000, None),
        (1e300, None),
        ("9" * 39, None),
    ],
)
def test_it_reads_money_only_where_one_reading_is_possible(written, amount):
    assert money_of(written) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("properties", "flag"),
    [
        ({"revenue": "free"}, "revenue_unread"),
        ({"revenue": 1e15}, "revenue_unread"),
        ({"quantity": "many"}, "quantity_unread"),
        ({"currency": "kroner"}, "currency_unread"),
        ({"product_id": ["a"]}, "product_id_unread"),
        ({"category": "c" * 256}, "category_unread"),
    ],
)
def test_what_it_cannot_read_it_keeps_and_flags(properties, flag):
    event = _check("visit", **properties)

    assert event.flags[0] == flag or flag in event.flags
    assert orjson.loads(event.properties) == properties


def test_the_first_value_that_can_be_read_counts():
    event = _check("Order Completed", revenue="free", total=10)

    assert event.value == Decimal("10.0000")
    assert orjson.loads(event.properties) == {"revenue": "free"}


def test_it_leaves_the_raw_event_as_it_was():
    raw = {
        "type": "track",
        "event": "v",
        "userId": "ann",
        "properties": {"product_id": "a", "products": [{"sku": "b"}]},
    }
    before = orjson.dumps(raw)

    check(raw, received_at=NOW)

    assert orjson.dumps(raw) == before
