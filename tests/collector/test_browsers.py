"""What browsers need: preflight, readable answers, the SDKs' settings, the pixel."""

from __future__ import annotations

import pytest
from tests.collector.door import STRANGE_KEY, WEB_KEY, Door

from kundskab.collector import pixel
from kundskab.events import Event

pytestmark = pytest.mark.anyio
SHOP = {"origin": "https://shop.example.com"}


@pytest.mark.parametrize("path", ["/v1/t", "/v1/batch", "/v1/projects/x/settings", "/sourceConfig/", "/v1/m"])
async def test_every_first_call_may_ask(door: Door, path: str) -> None:
    headers = SHOP | {"access-control-request-headers": "authorization,content-type,x-retry-count,anonymousid,sentat"}

    answer = await door.client.options(path, headers=headers)

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "https://shop.example.com"
    assert answer.headers["access-control-allow-headers"] == headers["access-control-request-headers"]
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert int(answer.headers["access-control-max-age"]) > 0


async def test_it_echoes_no_nonsense(door: Door) -> None:
    answer = await door.client.options("/v1/t", headers=SHOP | {"access-control-request-headers": 'a"<b>'})

    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert "<" not in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize("key", [WEB_KEY, STRANGE_KEY])
async def test_a_page_may_read_the_answer_and_how_long_to_wait(door: Door, key: str) -> None:
    answer = await door.post("/v1/page", {"userId": "ann"}, key=key, headers=SHOP)

    assert answer.headers["access-control-allow-origin"] == "https://shop.example.com"
    assert answer.headers["access-control-expose-headers"] == "Retry-After"
    assert answer.headers["vary"] == "Origin"


async def test_no_other_site_speaks_with_our_cookies(door: Door) -> None:
    answer = await door.client.options("/v1/t", headers=SHOP)

    assert "access-control-allow-credentials" not in answer.headers


async def test_segments_settings_point_back_here(door: Door) -> None:
    answer = await door.client.get(f"/v1/projects/{WEB_KEY}/settings", headers=SHOP)

    assert answer.json()["integrations"] == {
        "Segment.io": {"apiKey": WEB_KEY, "apiHost": "events.example.com/v1", "protocol": "http"}
    }
    assert answer.json()["metrics"] == {"sampleRate": 0}
    assert "max-age" in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "https://shop.example.com"


@pytest.mark.parametrize(
    ("client", "forwarded", "protocol"), [("127.0.0.1", "https", "https"), ("127.0.0.1", "gopher", "http")]
)
async def test_settings_know_of_the_proxy_in_front(door: Door, client: str, forwarded: str, protocol: str) -> None:
    answer = await door.client.get(f"/v1/projects/{WEB_KEY}/settings", headers={"x-forwarded-proto": forwarded})

    assert answer.json()["integrations"]["Segment.io"]["protocol"] == protocol


async def test_a_forged_host_is_not_repeated(door: Door) -> None:
    answer = await door.client.get(f"/v1/projects/{WEB_KEY}/settings", headers={"host": 'evil"><script>'})

    assert answer.json()["integrations"]["Segment.io"]["apiHost"] == "localhost/v1"


async def test_settings_of_a_strange_key_are_refused(door: Door) -> None:
    segment = await door.client.get(f"/v1/projects/{STRANGE_KEY}/settings")
    rudder = await door.client.get("/sourceConfig/", params={"writeKey": STRANGE_KEY})

    assert (segment.status_code, rudder.status_code) == (404, 401)


@pytest.mark.parametrize("path", ["/sourceConfig/", "/sourceConfig"])
async def test_rudders_source_is_enabled_and_sends_nowhere_else(door: Door, path: str) -> None:
    by_query = await door.client.get(path, params={"p": "npm", "writeKey": WEB_KEY})
    by_header = await door.client.get(path, auth=(WEB_KEY, ""))

    source = by_query.json()["source"]
    assert (source["enabled"], source["writeKey"], source["destinations"]) == (True, WEB_KEY, [])
    assert by_header.json() == by_query.json()


async def test_the_pixel_is_an_event_and_always_an_image(door: Door) -> None:
    told = f"/pixel/v1/track?writeKey={WEB_KEY}&anonymousId=a1&event=Email+Opened&properties.campaign=spring&a=1&a.b=2"

    answers = [await door.client.get(path) for path in (told, "/pixel/v1/page", "/pixel/v1/track?writeKey=x&%ff=%00")]

    assert {(answer.status_code, answer.headers["content-type"], answer.content) for answer in answers} == {
        (200, "image/gif", pixel.GIF)
    }
    (event,) = door.kept()
    assert isinstance(event, Event)
    assert (event.action, event.actor.value) == ("Email Opened", "a1")
    assert b'"campaign":"spring"' in event.properties


async def test_a_pixel_loaded_twice_is_two_events(door: Door) -> None:
    for _ in range(2):
        await door.client.get(f"/pixel/v1/page?writeKey={WEB_KEY}&anonymousId=a1")

    assert len({event.event_id for event in door.kept() if isinstance(event, Event)}) == 2
