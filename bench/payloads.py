"""Events as a shop's server sends them through a Segment client: about 700 bytes, each with its own id.

Persons come for visits of eight events; many visit at once, so that a person's events lie apart.
"""

from __future__ import annotations

from datetime import UTC, datetime

PERSONS = 20_000
_VISIT = 8  # events
_AT_ONCE = 50  # visits that go on side by side

_EVENT = (
    b'{"type":"track","event":"%b","messageId":"%b-%d","userId":"user-%d","anonymousId":"browser-%d",'
    b'"timestamp":"%b","properties":{"product_id":"sku-%d","category":"Boots","price":1299.50,"quantity":1,'
    b'"currency":"SEK","url":"https://shop.example.com/boots/%d","position":3},'
    b'"context":{"library":{"name":"@segment/analytics-node","version":"3.1.0"},"locale":"sv-SE",'
    b'"page":{"path":"/boots/%d","title":"Boots for the fells","referrer":"https://search.example.com/"},'
    b'"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36"%b},'
    b'"integrations":{}}'
)
_CONSENT = b',"consent":{"categoryPreferences":{"analytics":true,"marketing":false}}'
_ACTIONS = (b"Product Viewed", b"Product Viewed", b"Product List Viewed", b"Product Added", b"Order Completed")


def event(run: str, number: int, *, now: bytes, consent_every: int = 1) -> bytes:
    """The number-th event of a run as JSON. consent_every: each so many carries a consent object."""
    visit = number // (_VISIT * _AT_ONCE) * _AT_ONCE + number % _AT_ONCE
    person, product = visit * 2_654_435_761 % PERSONS, number * 40_503 % 5_000
    consent = _CONSENT if number % consent_every == 0 else b""
    action = _ACTIONS[number % len(_ACTIONS)]
    return _EVENT % (
        action, run.encode(), number, person, person, now, product, product, product, consent,
    )  # fmt: skip


def batch(run: str, first: int, count: int, *, now: bytes, consent_every: int = 1) -> bytes:
    """A request body of `count` events from number `first` on."""
    events = b",".join(event(run, n, now=now, consent_every=consent_every) for n in range(first, first + count))
    return b'{"batch":[%b],"sentAt":"%b"}' % (events, now)


def now_text() -> bytes:
    return datetime.now(UTC).isoformat(timespec="milliseconds").encode()
