"""Purchases, drawn: which events make an occasion, what it is worth, and what a refund takes back."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.spec.drawn import DrawnView

from kundskab.metrics.purchases import COLUMNS, Buying, buying, purchases

STOCKHOLM = ZoneInfo("Europe/Stockholm")

STORIES: dict[str, tuple[str, dict[str, list[Any]]]] = {
    "one order is one occasion, whatever was looked at before": (
        """
        person | at               | action          | occasion | value
        -------+------------------+-----------------+----------+------
        ann    | 2026-03-01T10:00 | Product Viewed  |          | 90
        ann    | 2026-03-01T12:00 | Order Completed | o1       | 100
        bo     | 2026-03-01T12:00 | Product Added   |          | 90
        """,
        {"ann": [("o1", "2026-03-01", 100)]},
    ),
    "lines of one order are added up, and so are orders of one day without a number": (
        """
        person | at               | action   | occasion | value
        -------+------------------+----------+----------+------
        ann    | 2026-03-01T12:00 | purchase | o1       | 10
        ann    | 2026-03-01T12:00 | purchase | o1       | 20
        ann    | 2026-03-01T15:00 | purchase | o2       | 5
        bo     | 2026-03-01T08:00 | purchase |          | 1
        bo     | 2026-03-01T20:00 | purchase |          | 2
        bo     | 2026-03-02T20:00 | purchase |          | 4
        """,
        {
            "ann": [("o1", "2026-03-01", 30), ("o2", "2026-03-01", 5)],
            "bo": [(None, "2026-03-01", 3), (None, "2026-03-02", 4)],
        },
    ),
    "a day begins by the shop's clock": (
        """
        person | at               | action   | value
        -------+------------------+----------+------
        ann    | 2026-03-01T23:30 | purchase | 1
        """,
        {"ann": [(None, "2026-03-02", 1)]},
    ),
    "a refund of an order makes it smaller, and no occasion": (
        """
        person | at               | action          | occasion | value
        -------+------------------+-----------------+----------+------
        ann    | 2026-03-01T12:00 | Order Completed | o1       | 100
        ann    | 2026-03-03T12:00 | Order Completed | o2       | 50
        ann    | 2026-03-05T12:00 | Order Refunded  | o1       | -30
        """,
        {"ann": [("o1", "2026-03-01", 70), ("o2", "2026-03-03", 50)]},
    ),
    "a refund that names no order is taken off the latest one before it": (
        """
        person | at               | action   | occasion | value
        -------+------------------+----------+----------+------
        ann    | 2026-03-01T12:00 | purchase | o1       | 100
        ann    | 2026-03-03T12:00 | purchase | C2       | -30
        ann    | 2026-03-05T12:00 | purchase | o3       | 50
        ann    | 2026-03-06T12:00 | refund   |          | -5
        bo     | 2026-03-01T12:00 | purchase | C9       | -10
        bo     | 2026-03-02T12:00 | purchase | o4       | 10
        """,
        {"ann": [("o1", "2026-03-01", 70), ("o3", "2026-03-05", 45)], "bo": [("o4", "2026-03-02", 10)]},
    ),
    "an order all taken back was an occasion, and brought nothing": (
        """
        person | at               | action          | occasion | value
        -------+------------------+-----------------+----------+------
        ann    | 2026-03-01T12:00 | Order Completed | o1       | 100
        ann    | 2026-03-02T12:00 | Order Cancelled | o1       | -100
        """,
        {"ann": [("o1", "2026-03-01", 0)]},
    ),
    "what is sent back without a price is no occasion": (
        """
        person | at               | action   | occasion | quantity
        -------+------------------+----------+----------+---------
        ann    | 2026-03-01T12:00 | purchase | o1       | 2
        ann    | 2026-03-02T12:00 | purchase | o2       | -2
        """,
        {"ann": [("o1", "2026-03-01", None)]},
    ),
    "an order told as placed and as completed is paid once": (
        """
        person | at               | action          | occasion | value
        -------+------------------+-----------------+----------+------
        ann    | 2026-03-01T12:00 | Order Placed    | o1       | 100
        ann    | 2026-03-01T12:01 | Order Completed | o1       | 100
        bo     | 2026-03-01T12:00 | Order Placed    | o2       | 50
        """,
        {"ann": [("o1", "2026-03-01", 100)], "bo": [("o2", "2026-03-01", 50)]},
    ),
    "where no action is called an order, those that carry value are purchases": (
        """
        person | at               | action        | value
        -------+------------------+---------------+------
        ann    | 2026-03-01T12:00 | Top Up        | 20
        ann    | 2026-03-02T12:00 | Call          |
        bo     | 2026-03-02T12:00 | Product Added | 99
        """,
        {"ann": [(None, "2026-03-01", 20)]},
    ),
    "where nothing carries value there are none": (
        """
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Call
        """,
        {},
    ),
    "nobody is no trouble": ("person | at | action\n-------+----+-------", {}),
}


def told(view: DrawnView) -> dict[str, list[Any]]:
    rows = purchases(view, zone=STOCKHOLM).order_by("occurred_at").to_pyarrow().to_pylist()  # type: ignore[arg-type]
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["person"], []).append((row["occasion"], str(row["day"]), row["value"]))
    return found


@pytest.mark.parametrize(("table", "expected"), STORIES.values(), ids=STORIES.keys())
def test_an_occasion(table: str, expected: dict[str, list[Any]]) -> None:
    assert told(DrawnView(table)) == expected


def test_money_of_two_currencies_is_never_added() -> None:
    view = DrawnView("""
        person | at               | action          | occasion | value | currency
        -------+------------------+-----------------+----------+-------+---------
        ann    | 2026-03-01T12:00 | Order Completed | o1       | 100   | SEK
        ann    | 2026-03-02T12:00 | Order Completed | o2       | 10    | EUR
        ann    | 2026-03-03T12:00 | Order Refunded  | r1       | -20   | SEK
        ann    | 2026-03-04T12:00 | Order Refunded  | o2       | -1    |
    """)

    rows = purchases(view).order_by("occurred_at").to_pyarrow()  # type: ignore[arg-type]

    assert rows.column_names == list(COLUMNS)
    assert [(row["value"], row["currency"]) for row in rows.to_pylist()] == [(80, "SEK"), (9, "EUR")]


@pytest.mark.parametrize(
    "action",
    ["Order Completed", "purchase", "Completed Order", "in_app_purchase", "Product Purchased", "order", "Invoice paid"],
)  # fmt: skip
def test_an_order_goes_by_many_names(action: str) -> None:
    view = DrawnView([{"person": "ann", "at": "2026-03-01", "action": action}])

    assert buying(view) == Buying((action,))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "action", ["Order Viewed", "Order Updated", "purchase failed", "Order History Viewed", "Reorder Clicked"]
)
def test_what_only_sounds_like_one_is_none(action: str) -> None:
    view = DrawnView([{"person": "ann", "at": "2026-03-01", "action": action, "value": 3.0}])

    assert not buying(view).by_name  # type: ignore[arg-type]
