"""Bodies as clients send them: Python and Node recorded on loopback, the browsers' written by hand."""

from __future__ import annotations

import json
from typing import Any


def _bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


_SEGMENT_PYTHON = {"library": {"name": "analytics-python", "version": "2.4.0"}}
_RUDDER_PYTHON = {"library": {"name": "analytics-python", "version": "2.1.9"}}
_RUDDER_NODE = {"library": {"name": "analytics-node", "version": "3.0.13"}}

# The client writes NaN and Infinity as such, and null for the ids it was not given.
SEGMENT_PYTHON_2_4 = _bytes({
    "batch": [
        {
            "integrations": {}, "anonymousId": None, "timestamp": "2026-02-01T11:59:59.744+00:00",
            "context": _SEGMENT_PYTHON, "type": "identify", "userId": "ann",
            "traits": {"email": "ann@example.com", "plan": None}, "messageId": "sp-1",
        },
        {
            "integrations": {}, "anonymousId": None,
            "properties": {"order_id": "o1", "revenue": float("nan"), "n": float("inf")},
            "timestamp": "2026-02-01T11:59:59.744+00:00", "context": _SEGMENT_PYTHON, "userId": "ann", "type": "track",
            "event": "Order Completed", "messageId": "sp-2",
        },
        {
            "integrations": {}, "previousId": "anon-1", "timestamp": "2026-02-01T11:59:59.744+00:00",
            "context": _SEGMENT_PYTHON, "userId": "ann", "type": "alias", "messageId": "sp-3", "anonymousId": None,
        },
        {
            "integrations": {}, "anonymousId": None, "timestamp": "2026-02-01T11:59:59.744+00:00", "groupId": "g1",
            "context": _SEGMENT_PYTHON, "userId": "ann", "traits": {"name": "Acme"}, "type": "group",
            "messageId": "sp-4",
        },
        {
            "integrations": {}, "anonymousId": "anon-1", "properties": {"url": "https://x.example/a?b=1"},
            "timestamp": "2026-02-01T11:59:59.745+00:00", "category": "Docs", "context": _SEGMENT_PYTHON,
            "userId": "ann", "type": "page", "name": "Home", "messageId": "sp-5",
        },
        {
            "integrations": {}, "anonymousId": "anon-1", "properties": {},
            "timestamp": "2026-02-01T11:59:59.745+00:00", "category": "S", "context": _SEGMENT_PYTHON, "userId": None,
            "type": "screen", "name": "Main", "messageId": "sp-6",
        },
    ],
    "sentAt": "2026-02-01T12:00:00.244723+00:00", "writeKey": "kw_x",
})  # fmt: skip

# Traits stand in the context only.
RUDDER_PYTHON_2_1 = _bytes({
    "batch": [
        {
            "integrations": {"All": True}, "anonymousId": None, "timestamp": "2026-02-01T11:59:59.280511+00:00",
            "context": {"traits": {"email": "ann@example.com"}} | _RUDDER_PYTHON, "type": "identify", "userId": "ann",
            "messageId": "rp-1", "channel": "server",
        },
        {
            "integrations": {"All": True}, "anonymousId": None, "properties": {"a": 1},
            "timestamp": "2026-02-01T11:59:59.280851+00:00", "context": _RUDDER_PYTHON, "userId": "ann",
            "type": "track", "event": "visit", "messageId": "rp-2", "channel": "server",
        },
    ],
    "sentAt": "2026-02-01T11:59:59.780616+00:00",
})  # fmt: skip

SEGMENT_NODE_3_1 = _bytes({
    "batch": [
        {
            "timestamp": "2026-02-01T11:59:59.006Z", "integrations": {}, "event": "visit", "type": "track",
            "properties": {"a": 1}, "context": {"library": {"name": "@segment/analytics-node", "version": "3.1.0"}},
            "userId": "ann", "messageId": "node-next-1769947199006-571b6c74",
            "_metadata": {"nodeVersion": "v20.20.2", "jsRuntime": "node"},
        },
    ],
    "writeKey": "kw_x", "sentAt": "2026-02-01T11:59:59.075Z",
})  # fmt: skip

# `originalTimestamp` rather than `timestamp`; the body has a `timestamp` of its own, which is none of an event.
RUDDER_NODE_3_0 = _bytes({
    "batch": [
        {
            "userId": "ann", "event": "visit", "properties": {"a": 1}, "type": "track", "context": _RUDDER_NODE,
            "channel": "server", "_metadata": {"nodeVersion": "20.20.2"},
            "originalTimestamp": "2026-02-01T11:59:59.061Z", "messageId": "rn-1",
            "sentAt": "2026-02-01T11:59:59.062Z",
        },
        {
            "userId": "ann", "traits": {"a": 1}, "context": {"traits": {"a": 1}} | _RUDDER_NODE, "type": "identify",
            "channel": "server", "_metadata": {"nodeVersion": "20.20.2"},
            "originalTimestamp": "2026-02-01T11:59:59.064Z", "messageId": "rn-2",
            "sentAt": "2026-02-01T11:59:59.091Z",
        },
    ],
    "timestamp": "2026-02-01T11:59:59.091Z", "sentAt": "2026-02-01T11:59:59.091Z",
})  # fmt: skip

_BROWSER_PAGE = {
    "path": "/tents/", "referrer": "https://search.example/?q=ann%40example.com", "search": "?utm_source=mail&q=x",
    "title": "Tents", "url": "https://shop.example/tents/?utm_source=mail&q=x",
}  # fmt: skip
_BROWSER = {
    "page": _BROWSER_PAGE, "userAgent": "Mozilla/5.0 (X11; Linux x86_64)", "locale": "da-DK",
    "userAgentData": {"brands": [{"brand": "Chromium", "version": "140"}], "mobile": False, "platform": "Linux"},
    "library": {"name": "analytics.js", "version": "npm:next-1.84.0"}, "timezone": "Europe/Copenhagen",
    "campaign": {"source": "mail"},
}  # fmt: skip

# One event a request, to a one-letter path; page() before identify() may already carry the user id.
ANALYTICS_NEXT_1_84_PAGE = _bytes({
    "timestamp": "2026-02-01T11:59:59.123Z", "integrations": {}, "type": "page", "properties": dict(_BROWSER_PAGE),
    "name": None, "category": None, "context": _BROWSER, "messageId": "ajs-next-1769947199123-0b2f6a0c",
    "anonymousId": "0b2f6a0c-1111-2222-3333-444455556666", "userId": "ann", "writeKey": "kw_x",
    "sentAt": "2026-02-01T11:59:59.130Z", "_metadata": {"bundled": ["Segment.io"], "unbundled": [], "bundledIds": []},
})  # fmt: skip

ANALYTICS_NEXT_1_84_BATCH = _bytes({
    "writeKey": "kw_x",
    "batch": [
        {
            "timestamp": "2026-02-01T11:59:59.123Z", "integrations": {}, "event": "Product Viewed", "type": "track",
            "properties": {"product_id": "tent-1", "category": "tents", "price": 100}, "context": _BROWSER,
            "messageId": "ajs-next-1", "anonymousId": "anon-1", "userId": None,
        },
        {
            "timestamp": "2026-02-01T11:59:59.124Z", "integrations": {}, "type": "alias", "userId": "ann",
            "previousId": "anon-1", "context": _BROWSER, "messageId": "ajs-next-2", "anonymousId": "anon-1",
        },
    ],
    "sentAt": "2026-02-01T11:59:59.200Z",
})  # fmt: skip

# Traits in the context only, a session number, and the ids of consent managers.
RUDDER_JS_3_34 = _bytes({
    "properties": {"product_id": 7, "price": 5.5, "quantity": 2}, "event": "Product Added", "type": "track",
    "channel": "web", "context": _BROWSER | {
        "traits": {"email": "ann@example.com"}, "sessionId": 1769947000000, "sessionStart": True,
        "app": {"name": "RudderLabs JavaScript SDK", "version": "3.34.1", "namespace": "com.rudderlabs.javascript"},
        "library": {"name": "RudderLabs JavaScript SDK", "version": "3.34.1"}, "os": {"name": "", "version": ""},
        "screen": {"density": 1, "width": 1440, "height": 900, "innerWidth": 1440, "innerHeight": 800},
        "consentManagement": {"provider": "custom", "allowedConsentIds": ["analytics"], "deniedConsentIds": ["ads"]},
    },
    "originalTimestamp": "2026-02-01T11:59:59.300Z", "integrations": {"All": True}, "messageId": "rj-1",
    "userId": "", "anonymousId": "anon-1", "sentAt": "2026-02-01T11:59:59.310Z",
})  # fmt: skip

ALL = (
    SEGMENT_PYTHON_2_4, RUDDER_PYTHON_2_1, SEGMENT_NODE_3_1, RUDDER_NODE_3_0, ANALYTICS_NEXT_1_84_PAGE,
    ANALYTICS_NEXT_1_84_BATCH, RUDDER_JS_3_34,
)  # fmt: skip
