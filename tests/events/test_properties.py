"""What stays in the properties, and how much of it."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.drawn import drawn

from kundskab.events import check
from kundskab.events.tidy import bounded, needs_bounding

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def _check(**fields):
    raw = {"type": "track", "event": "visit", "userId": "ann", "messageId": "m", "timestamp": "2026-02-01T11:00:00Z"}
    return check(raw | fields, received_at=NOW)


def _properties(**fields):
    return orjson.loads(_check(**fields).properties)


def test_unknown_properties_stay():
    assert _properties(properties={"colour": "red", "deep": {"a": [1, None]}}) == {
        "colour": "red",
        "deep": {"a": [1, None]},
    }


def test_keys_beyond_255_overflow_into_text():
    event = _check(properties={f"k{i}": i for i in range(1_000)})
    kept = orjson.loads(event.properties)

    surplus = orjson.loads(kept.pop("_overflow"))

    assert len(kept) == 255
    assert kept | surplus == {f"k{i}": i for i in range(1_000)}
    assert "overflow" in event.flags


def test_a_key_beyond_255_signs_overflows_wherever_it_stands():
    assert _properties(properties={"k" * 256: 1, "a": 2}) == {"a": 2, "_overflow": '{"' + "k" * 256 + '":1}'}
    assert _properties(properties={"in": {"k" * 256: 1}}) == {"in": {"_overflow": '{"' + "k" * 256 + '":1}'}}


def test_a_long_text_is_no_overflow():
    event = _check(properties={"text": "x" * 5_000})

    assert orjson.loads(event.properties) == {"text": "x" * 5_000}
    assert event.flags == ()


def test_facts_have_the_same_bounds():
    event = _check(type="identify", traits={f"k{i}": i for i in range(300)})

    assert len(event.facts) == 256
    assert "overflow" in event.flags


def test_fields_that_stand_in_the_wrong_place_are_kept():
    event = _check(colour="red", properties={"a": 1})

    assert orjson.loads(event.properties) == {"a": 1, "_other": {"colour": "red"}}
    assert "other_fields" in event.flags


def test_a_product_on_a_page_stays_in_the_properties():
    event = _check(type="page", name="Home", category="Shop", properties={"product_id": "tent-1", "category": "tents"})

    assert (event.object, event.category) == ("Home", "Shop")
    assert orjson.loads(event.properties) == {"product_id": "tent-1", "category": "tents"}


def test_no_address_and_no_browser_is_kept():
    context = {
        "ip": "192.0.2.7",
        "userAgent": "Mozilla/5.0",
        "device": {"id": "secret", "advertisingId": "secret", "type": "ios"},
        "network": {"carrier": "secret"},
        "location": {"latitude": 55.7},
        "traits": {"email": "ann@example.com"},
    }

    assert _properties(context=context, ip="192.0.2.7") == {"_context": {"device": {"type": "ios"}}}


def test_a_campaign_is_read_from_the_query_and_nothing_else_is():
    context = {"page": {"path": "/", "search": "?utm_source=mail&utm_campaign=spring&email=ann%40example.com"}}

    assert _properties(context=context) == {
        "_context": {"path": "/", "campaign": {"source": "mail", "campaign": "spring"}}
    }


@pytest.mark.parametrize(
    ("fields", "channel"),
    [
        ({}, None),
        ({"channel": "web"}, "web"),
        ({"context": {"channel": "Email"}}, "email"),
        ({"channel": "server", "properties": {"channel": "store"}}, "store"),
        ({"context": {"library": {"name": "analytics.js"}}}, "web"),
        ({"context": {"library": {"name": "RudderLabs JavaScript SDK"}}}, "web"),
        ({"context": {"library": {"name": "analytics-python"}}}, "server"),
        ({"context": {"library": {"name": "@segment/analytics-node"}}}, "server"),
        ({"context": {"library": {"name": "analytics-ios"}}}, "mobile"),
        ({"context": {"library": {"name": "@segment/analytics-react-native"}}}, "mobile"),
        ({"context": {"library": {"name": "something of ours"}}}, None),
        ({"context": {"library": "analytics.js"}}, None),
        ({"channel": 7}, None),
        ({"channel": " "}, None),
    ],
)
def test_the_channel_is_said_or_told_by_the_library(fields, channel):
    assert _check(**fields).channel == channel


def test_a_channel_that_is_no_word_stays_in_the_properties():
    assert _properties(properties={"channel": {"a": 1}}) == {"channel": {"a": 1}}


@pytest.mark.parametrize(
    ("fields", "object_"),
    [
        ({"name": "Home"}, "Home"),
        ({"properties": {"path": "/tents"}}, "/tents"),
        ({"properties": {"url": "https://shop.example/tents?q=1"}}, "/tents"),
        ({"context": {"page": {"path": "/tents"}}}, "/tents"),
        ({"properties": {"url": "http://[bad"}}, None),
        ({}, None),
    ],
)
def test_a_page_is_known_by_its_name_else_its_path(fields, object_):
    event = _check(type="page", **fields)

    assert (event.action, event.object) == ("page viewed", object_)


_KEYS = st.text(st.sampled_from('a"\\é:'), max_size=3) | st.integers(250, 260).map("k".__mul__) | st.just('"k' * 128)


@pytest.mark.slow
@given(value=st.dictionaries(_KEYS, st.none() | st.dictionaries(_KEYS, st.just(":"), max_size=3), max_size=5))
@drawn(300, derandomize=True)
def test_the_quick_look_never_misses_a_long_key(value):
    if not needs_bounding(orjson.dumps(value)):
        assert bounded(value) == value


@pytest.mark.parametrize("many", [255, 256])
def test_the_quick_look_counts_keys(many):
    text = orjson.dumps({f"{number:x}": 0 for number in range(many)})

    assert needs_bounding(text) == (many > 255)
