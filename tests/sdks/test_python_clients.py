"""segment-analytics-python and rudder-sdk-python, as their users use them, through a bad net: exactly once."""

from __future__ import annotations

from typing import Any

import pytest
import rudderstack.analytics.client as rudder
import segment.analytics.client as segment
from tests.sdks.shim import FAULTS, shim
from tests.server import Server

pytestmark = pytest.mark.sdk
CLIENTS = {"segment": segment.Client, "rudder": rudder.Client}
VISITS = 25
NAMES = ["identified", "page viewed", "screen viewed", "joined group", "aliased", "order completed", "visit"]


def use(client: Any) -> None:
    """What a shop's server does in a minute: every call once, and a run of visits."""
    client.identify("ann", {"email": "ann@example.com"})
    client.page("ann", "shop", "Tents", {"path": "/tents"})
    client.screen("ann", "app", "Cart")
    client.group("ann", "acme", {"plan": "pro"})
    client.alias("a1", "ann")
    products = [{"product_id": "tent", "price": 199.5, "quantity": 2}]
    client.track("ann", "order completed", {"order_id": "o1", "total": 399, "currency": "SEK", "products": products})
    for number in range(VISITS):
        client.track("ann", "visit", {"product_id": f"p{number}"})
    client.shutdown()  # flushes, and returns when all is sent or given up


@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.parametrize(
    "faults", [(), *((fault,) for fault in FAULTS), FAULTS], ids=lambda faults: "+".join(faults) or "none"
)
def test_every_event_arrives_once(server: Server, name: str, faults: tuple[str, ...]) -> None:
    source = f"{name}-python-{'-'.join(faults) or 'none'}"
    key = server.new_key(source)
    failed: list[Exception] = []

    with shim(server.port, faults) as way:
        use(CLIENTS[name](key, host=way.url, on_error=lambda error, _: failed.append(error), upload_size=10))

    rows = server.stored(source)
    books = server.books(source)
    assert way.done == list(faults)
    assert failed == []
    assert len({row["event_id"] for row in rows}) == len(rows) == VISITS + 6
    assert sorted({row["action"] for row in rows}) == sorted(NAMES)
    assert sorted(row["object"] for row in rows if row["action"] == "visit") == sorted(f"p{n}" for n in range(VISITS))
    assert books.received == books.stored + books.duplicate
    assert books.duplicate == (10 if "lost" in faults else 0), "the batch whose answer was lost came twice"


@pytest.mark.parametrize("name", CLIENTS)
def test_money_and_lines_of_an_order_survive(server: Server, name: str) -> None:
    source = f"{name}-python-order"

    use(CLIENTS[name](server.new_key(source), host=server.url))

    (order,) = [row for row in server.stored(source) if row["action"] == "order completed"]
    assert (str(order["value"]), order["currency"], order["occasion"]) == ("399.0000", "SEK", "o1")
    assert [(item["object"], item["quantity"]) for item in order["items"]] == [("tent", 2.0)]


@pytest.mark.parametrize("name", CLIENTS)
def test_what_is_not_json_is_mended_not_lost(server: Server, name: str) -> None:
    source = f"{name}-python-odd"
    client = CLIENTS[name](server.new_key(source), host=server.url)

    client.track("ann", "visit", {"share": float("nan"), "most": float("inf"), "name": "caf\udce9"})
    client.track(17850, "visit", {"product_id": 7})
    client.shutdown()

    rows = server.stored(source)
    assert [row["action"] for row in rows] == ["visit", "visit"]
    assert '"share":null' in rows[0]["properties"]


@pytest.mark.parametrize("name", CLIENTS)
def test_a_wrong_key_is_told_once_and_not_tried_for_ever(server: Server, name: str) -> None:
    failed: list[Exception] = []

    with shim(server.port, ()) as way:
        client = CLIENTS[name]("kw_wrong", host=way.url, on_error=lambda error, _: failed.append(error))
        client.track("ann", "visit")
        client.shutdown()

    assert [status for _, _, status in way.requests] == [401]
    assert len(failed) == 1
    assert "unknown_key" in str(failed[0])
