"""What each real client sends becomes the event its user meant."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import orjson
from tests.events import payloads

from kundskab.events import Identifier, RawRequest, expand

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
ANN = Identifier("user_id", "ann")
ANON = Identifier("anonymous_id", "anon-1")


def _events(body, **request):
    return expand(RawRequest(body, NOW, **request))


def test_it_reads_segments_python_client():
    identified, ordered, aliased, joined, page, screen = _events(payloads.SEGMENT_PYTHON_2_4)

    assert [event.event_id for event in (identified, ordered, aliased)] == ["sp-1", "sp-2", "sp-3"]
    assert identified.actor == ANN
    assert identified.device is None
    assert identified.link is None
    assert identified.action == "identified"
    assert identified.facts == {"email": "ann@example.com", "plan": None}
    assert (ordered.action, ordered.occasion, ordered.value) == ("Order Completed", "o1", None)
    assert orjson.loads(ordered.properties) == {"revenue": None, "n": None}
    assert ordered.flags == ("nan_to_null",)
    assert aliased.link == (ANN, ANON, "alias")
    assert (joined.action, joined.account, joined.facts) == ("joined group", "g1", {})
    assert orjson.loads(joined.properties) == {"name": "Acme"}
    assert (page.action, page.object, page.category) == ("page viewed", "Home", "Docs")
    assert (page.actor, page.device, page.link) == (ANN, ANON, (ANN, ANON, "page"))
    assert orjson.loads(page.properties) == {"url": "https://x.example/a"}
    assert (screen.action, screen.object, screen.actor, screen.device) == ("screen viewed", "Main", ANON, None)
    assert {event.channel for event in (identified, ordered, page)} == {"server"}


def test_it_reads_rudders_python_client():
    identified, visited = _events(payloads.RUDDER_PYTHON_2_1)

    assert identified.facts == {"email": "ann@example.com"}
    assert (visited.action, visited.channel, visited.properties) == ("visit", "server", b'{"a":1}')
    assert visited.occurred_at == datetime(2026, 2, 1, 11, 59, 59, 280851, tzinfo=UTC)
    assert visited.flags == ()


def test_it_reads_segments_node_client():
    (visited,) = _events(payloads.SEGMENT_NODE_3_1)

    assert (visited.actor, visited.action, visited.channel) == (ANN, "visit", "server")
    assert visited.event_id == "node-next-1769947199006-571b6c74"
    assert visited.flags == ()


def test_it_reads_rudders_node_client():
    visited, identified = _events(payloads.RUDDER_NODE_3_0)

    assert visited.occurred_at == datetime(2026, 2, 1, 11, 59, 59, 61000, tzinfo=UTC)
    assert visited.original_timestamp == "2026-02-01T11:59:59.061Z"
    assert identified.facts == {"a": 1}
    assert visited.flags == identified.flags == ()


def test_it_reads_segments_browser_client():
    (page,) = _events(payloads.ANALYTICS_NEXT_1_84_PAGE)

    assert (page.action, page.object, page.channel) == ("page viewed", "/tents/", "web")
    assert page.link == (ANN, Identifier("anonymous_id", "0b2f6a0c-1111-2222-3333-444455556666"), "page")
    assert page.flags == ()


def test_it_keeps_no_query_address_or_browser_of_a_page():
    (page,) = _events(payloads.ANALYTICS_NEXT_1_84_PAGE)

    properties = orjson.loads(page.properties)

    assert properties == {
        "path": "/tents/",
        "title": "Tents",
        "url": "https://shop.example/tents/",
        "referrer": "https://search.example/",
        "_context": {
            "path": "/tents/",
            "title": "Tents",
            "referrer": "search.example",
            "campaign": {"source": "mail"},
            "locale": "da-DK",
            "timezone": "Europe/Copenhagen",
        },
    }


def test_it_reads_a_browser_batch():
    viewed, aliased = _events(payloads.ANALYTICS_NEXT_1_84_BATCH)

    assert (viewed.actor, viewed.object, viewed.category, viewed.value) == (ANON, "tent-1", "tents", None)
    assert orjson.loads(viewed.properties)["price"] == 100
    assert (aliased.actor, aliased.device, aliased.link) == (ANN, ANON, (ANN, ANON, "alias"))


def test_it_reads_rudders_browser_client():
    (added,) = _events(payloads.RUDDER_JS_3_34, path_type="track")

    assert (added.actor, added.channel, added.occasion) == (ANON, "web", "1769947000000")
    assert (added.object, added.quantity, added.value) == ("7", 2.0, Decimal("11.0000"))
    assert added.facts == {}
    assert added.signal.preferences == {"analytics": True, "ads": False}


def test_it_takes_the_anonymous_id_from_rudders_header():
    body = b'{"type":"track","event":"visit"}'

    (packed,) = _events(body, anonymous_id_header="YW5vbi0x")
    (plain,) = _events(body, anonymous_id_header="anon_1")

    assert packed.actor == ANON
    assert plain.actor.value == "anon_1"


def test_it_takes_the_type_from_a_long_path():
    (event,) = _events(b'{"userId":"ann","event":"visit"}', path_type="track")

    assert event.action == "visit"


def test_letters_stand_for_types():
    raw = b'{"batch":[%s]}' % b",".join(
        b'{"type":"%c","userId":"ann","event":"visit"}' % letter for letter in b"itpsga"
    )

    actions = [event.action for event in _events(raw)]

    assert actions == ["identified", "visit", "page viewed", "screen viewed", "joined group", "aliased"]
