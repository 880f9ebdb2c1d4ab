"""Nothing a sender sends may break the door, and the door and the digest must never disagree."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.drawn import drawn
from tests.events.corpus import BODIES, EVENTS

from kundskab.events import (
    REASONS,
    Admitted,
    Event,
    Quarantine,
    RawRequest,
    TooLarge,
    Unreadable,
    check,
    door_check,
    expand,
)

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("name", "body"), BODIES, ids=[name for name, _ in BODIES])
def test_it_survives_every_body(name, body):
    try:
        events = expand(RawRequest(body, NOW))
    except (Unreadable, TooLarge):
        return

    assert all(_is_whole(event) for event in events)


@pytest.mark.parametrize(("name", "raw"), EVENTS, ids=[name for name, _ in EVENTS])
def test_it_survives_every_event(name, raw):
    event = check(raw, received_at=NOW)

    assert _is_whole(event)
    assert _same_answer(door_check(raw, received_at=NOW), event)


@pytest.mark.parametrize(("name", "raw"), EVENTS, ids=[name for name, _ in EVENTS])
def test_a_bad_event_leaves_its_neighbours_alone(name, raw):
    good = {"type": "track", "event": "visit", "userId": "bo", "messageId": "good"}
    body = json.dumps({"batch": [good, raw, good]}).encode()

    first, _, last = expand(RawRequest(body, NOW))

    assert isinstance(first, Event)
    assert isinstance(last, Event)
    assert first.event_id == last.event_id == "good"


def test_a_bomb_is_quarantined_alone():
    body = dict(BODIES)["a bomb beside a good event"]

    bomb, good = expand(RawRequest(body, NOW))

    assert isinstance(bomb, Quarantine)
    assert bomb.reason == "not_an_object"
    assert isinstance(good, Event)
    assert good.actor.value == "ann"


def test_a_deep_object_in_a_batch_is_quarantined_alone():
    deep = b'{"type":"track","event":"v","userId":"bo","properties":' + b'{"a":' * 2000 + b"1" + b"}" * 2001
    body = b'{"batch":[' + deep + b',{"type":"track","event":"v","userId":"ann"}]}'

    bomb, good = expand(RawRequest(body, NOW))

    assert isinstance(bomb, Quarantine)
    assert bomb.reason == "too_deep"
    assert isinstance(good, Event)


# Any JSON value, and event-like objects whose fields hold any JSON value.
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.just("ann"),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
_WORDS = st.sampled_from(["visit", "Order Completed", "Order Refunded", "ann", "", "0", "2026-02-01T11:00:00Z"])
_FIELD = _ANY | _WORDS
_COMMERCE = st.fixed_dictionaries(
    {},
    optional={
        name: _FIELD | st.integers(-5, 10**15) | st.floats()
        for name in (
            "product_id",
            "category",
            "price",
            "quantity",
            "revenue",
            "total",
            "currency",
            "order_id",
            "_context",
        )
    }
    | {
        "products": st.lists(st.dictionaries(st.sampled_from(["product_id", "price", "quantity", "name"]), _FIELD))
        | _ANY
    },
)
_CONTEXT = (
    "consent", "consentManagement", "gpc", "page", "campaign", "app", "device", "library", "traits", "groupId",
    "sessionId", "locale", "channel",
)  # fmt: skip
_EVENT = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "identify", "page", "screen", "group", "alias", "t", "TRACK "]) | _ANY},
    optional={
        "event": _FIELD,
        "userId": _FIELD,
        "anonymousId": _FIELD,
        "previousId": _FIELD,
        "groupId": _FIELD,
        "messageId": _FIELD,
        "timestamp": _FIELD,
        "originalTimestamp": _FIELD,
        "sentAt": _FIELD,
        "name": _FIELD,
        "category": _FIELD,
        "channel": _FIELD,
        "traits": _FIELD,
        "properties": _COMMERCE | _ANY,
        "context": st.fixed_dictionaries({}, optional=dict.fromkeys(_CONTEXT, _FIELD)) | _ANY,
    },
)


@pytest.mark.slow
@given(raw=_ANY | _EVENT, sent_at=_FIELD)
@drawn(400, derandomize=True)
def test_it_never_raises_and_the_door_agrees(raw: Any, sent_at: Any):
    event = check(raw, received_at=NOW, sent_at=sent_at)

    assert _is_whole(event)
    assert _same_answer(door_check(raw, received_at=NOW, sent_at=sent_at), event)
    assert check(raw, received_at=NOW, sent_at=sent_at) == event


@pytest.mark.slow
@given(body=st.binary(max_size=200) | _EVENT.map(lambda raw: json.dumps(raw).encode()))
@drawn(400, derandomize=True)
def test_a_body_gives_the_same_events_each_time(body: bytes):
    try:
        events = expand(RawRequest(body, NOW))
    except Unreadable:
        return

    assert all(_is_whole(event) for event in events)
    assert expand(RawRequest(body, NOW)) == events


def _is_whole(event: Event | Quarantine) -> bool:
    """Ready for every store: JSON without oddities, names within bounds, UTC times."""
    if isinstance(event, Quarantine):
        return event.reason in REASONS and event.help.endswith((".", "Z."))
    texts = [
        event.event_id,
        event.actor.value,
        event.action,
        event.object,
        event.category,
        event.occasion,
        event.channel,
    ]
    for text in texts:
        if text is not None:
            assert text
            assert len(text) <= 512
            assert "\x00" not in text
            text.encode()
    assert isinstance(json.loads(event.properties), dict)
    assert b"NaN" not in orjson.dumps(event.facts)
    assert event.occurred_at.tzinfo is UTC
    assert event.value is None or -(10**14) < event.value < 10**14
    assert all(isinstance(granted, bool) for granted in event.signal.preferences.values())
    return True


def _same_answer(door: Admitted | Quarantine, event: Event | Quarantine) -> bool:
    if isinstance(door, Quarantine):
        return door == event
    return isinstance(event, Event) and door.event_id == event.event_id and door.signal == event.signal
