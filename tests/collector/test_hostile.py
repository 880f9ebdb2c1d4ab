"""The malformed corpus over every way in: an answer below 500, every event counted, the next sender unharmed."""

from __future__ import annotations

import time

import orjson
import pytest
from tests.collector.door import WEB_KEY, Door
from tests.events.corpus import BODIES, EVENTS

from kundskab.collector.app import EVENT_PATHS

pytestmark = pytest.mark.anyio
PATHS = sorted(
    {"/v1/track", "/v1/identify", "/v1/page", "/v1/group", "/v1/alias", "/v1/batch", "/v1/import", "/v1/t", "/b"}
)


@pytest.mark.slow
@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in BODIES])
async def test_no_body_breaks_the_door(door: Door, body: bytes) -> None:
    for path in PATHS:
        assert path in EVENT_PATHS
        started = time.perf_counter()

        answer = await door.post(path, body)

        assert answer.status_code in (200, 400, 413), (path, answer.text)
        assert time.perf_counter() - started < 2.0
        if answer.status_code == 200:
            told = answer.json()
            assert told["received"] == told["accepted"] + told["quarantined"] + told["refused"]
    assert sum(stored.entry.events for stored in door.entries()) == len(door.kept())


@pytest.mark.slow
async def test_every_odd_event_is_counted_and_harms_no_neighbour(door: Door) -> None:
    sane = {"type": "track", "event": "visit", "userId": "bo"}
    for name, event in EVENTS:
        try:
            body = orjson.dumps({"batch": [sane, event, sane]})
        except TypeError:
            continue  # what orjson cannot write is among the bodies

        answer = await door.post("/v1/batch", body)

        assert answer.status_code == 200, name
        told = answer.json()
        assert told["received"] == 3, name
        assert [told["results"][place]["result"] for place in (0, 2)] == ["accepted", "accepted"], name


@pytest.mark.parametrize(
    "path",
    [
        "/v1/projects/..%2f..%2fetc%2fpasswd/settings",
        "/v1/projects/'; DROP TABLE keys; --/settings",
        f"/v1/projects/{'k' * 5000}/settings",
        "/v1/projects//settings",
        "/pixel/v1/track?" + "&".join(f"a{n}=1" for n in range(500)),
        "/pixel/v1/page?a.b.c.d.e.f.g.h=1&a=2&.=1&..=2&__proto__.x=1",
        "/sourceConfig/?writeKey=%00%ff",
        "/sourceConfig/?" + "a=1;" * 500,
    ],
)
async def test_no_address_breaks_the_door(door: Door, path: str) -> None:
    answer = await door.client.get(path)

    assert answer.status_code in (200, 401, 404)


async def test_odd_headers_do_not_break_the_door(door: Door) -> None:
    odd = [
        ("content-encoding", "br, gzip"),
        ("content-length", "-5"),
        ("authorization", "Basic \xff\xfe"),
        ("authorization", "Bearer " + "x" * 9000),
        ("anonymousid", "\xff" * 500),
        ("sentat", "yesterday"),
        ("origin", "null"),
        ("sec-gpc", "true"),
    ]
    for name, value in odd:
        headers = [(name.encode(), value.encode("latin-1"))]

        answer = await door.client.post(f"/v1/page?writeKey={WEB_KEY}", content=b'{"userId":"ann"}', headers=headers)

        assert answer.status_code in (200, 400, 401), name
