"""A morning in the fictitious web shop: live events as clients send them, with what goes wrong in real life.

They come through the journal like any others, so the demo's books show doubles, refusals and unreadable events.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import orjson

from kundskab.journal import Entry, Journal
from kundskab.pipeline.home import Home

VISITORS = 60
SOURCE = "web shop"
_SAID = (  # how consent banners answer: all, some, nothing but what is necessary, and one that says nothing at all
    {"analytics": True, "personalisation": True, "marketing": True},
    {"analytics": True, "personalisation": False, "marketing": False},
    {"analytics": False, "personalisation": False, "marketing": False},
    None,
)


def a_morning(home: Home, *, seed: int = 7, now: datetime | None = None) -> int:
    """Journal the events of some sixty visitors of the last hours; returns how many events."""
    rng, end = Random(seed), now or datetime.now(UTC)
    products = [row for row in home.lake.objects().to_pylist() if _is_sold(row)]
    requests = [_visit(rng, products, end) for _ in range(VISITORS)]
    requests[5] = requests[5] + requests[5][-1:]  # a client that got no answer sends its last event again
    requests.append([{"type": "track", "event": "Product Viewed", "messageId": "nobody", "timestamp": end.isoformat()}])
    requests.append([{"type": "track", "event": "Order Completed", "anonymousId": "a9", "timestamp": "yesterday"}])
    with Journal.open(home.journal) as journal:
        journal.append([_entry(events, end) for events in requests])
    return sum(len(events) for events in requests)


def _is_sold(row: dict[str, Any]) -> bool:
    """A care guide stands in the category that it is about, and is not sold."""
    return row["category"] not in (None, "page", "mailing", "form") and not row["object"].startswith("guide-")


def _visit(rng: Random, products: list[dict[str, Any]], end: datetime) -> list[dict[str, Any]]:
    visitor, at = _uuid(rng), end - timedelta(minutes=rng.uniform(5, 240))
    context: dict[str, Any] = {"page": {"path": "/"}, "library": {"name": "analytics.js"}}
    if said := rng.choice(_SAID):
        context["consent"] = {"categoryPreferences": said}
    names = ["Product Viewed"] * rng.randint(1, 6) + (["Product Added"] if rng.random() < 0.3 else [])
    events = []
    for name in names:
        at += timedelta(seconds=rng.uniform(5, 90))
        product = rng.choice(products)
        events.append(
            {
                "type": "track",
                "event": name,
                "messageId": _uuid(rng),
                "anonymousId": visitor,
                "timestamp": at.isoformat(),
                "properties": {"product_id": product["object"], "category": product["category"]},
                "context": context,
            }
        )
    return events


def _entry(events: list[dict[str, Any]], end: datetime) -> Entry:
    body = orjson.dumps({"batch": events, "sentAt": end.isoformat()})
    meta = orjson.dumps({"path_type": None, "gpc": False, "key": "browser"})
    return Entry(source=SOURCE, received_at=end, meta=meta, body=body, events=len(events))


def _uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
