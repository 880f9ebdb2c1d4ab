"""What an event must have to be let in, and the id by which a double is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kundskab.events import Admitted, Quarantine, check, door_check

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
VISIT = {"type": "track", "event": "visit", "userId": "ann", "timestamp": "2026-02-01T11:00:00Z"}


def _door(**fields):
    return door_check(VISIT | fields, received_at=NOW)


def _nested(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


def test_it_lets_an_ordinary_event_in():
    admitted = _door(messageId="m-1")

    assert isinstance(admitted, Admitted)
    assert (admitted.event_id, admitted.type, admitted.name) == ("m-1", "track", "visit")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"type": None}, "unknown_type"),
        ({"type": "purchase"}, "unknown_type"),
        ({"type": ["track"]}, "unknown_type"),
        ({"userId": None}, "no_actor"),
        ({"event": None}, "no_name"),
        ({"event": "  "}, "no_name"),
        ({"event": {}}, "no_name"),
        ({"timestamp": "yesterday"}, "bad_time"),
        ({"timestamp": "2030-01-01"}, "future_time"),
        ({"properties": {"a": "x" * (40 << 10)}}, "too_large"),
        ({"properties": {"a": "x" * ((32 << 10) + 1)}}, "too_large"),
        ({"properties": {f"k{i}": "x" * 1000 for i in range(45)}}, "too_large"),
        ({"properties": _nested(32)}, "too_deep"),
        ({"properties": _nested(500)}, "too_deep"),
        ({"properties": _nested(5_000)}, "too_deep"),
    ],
)
def test_it_tells_why_an_event_may_not_come_in(fields, reason):
    refused = _door(**fields, messageId="m-1")

    assert isinstance(refused, Quarantine)
    assert (refused.event_id, refused.reason) == ("m-1", reason)
    assert refused.help.endswith((".", "Z."))


@pytest.mark.parametrize("raw", [None, 1, "visit", [], True, 1.5])
def test_an_event_is_an_object(raw):
    assert door_check(raw, received_at=NOW).reason == "not_an_object"


@pytest.mark.parametrize(
    "fields",
    [
        {"properties": _nested(31)},
        {"properties": {f"k{i}": [{}] for i in range(100)}},
        {"properties": {"a": "x" * (31 << 10)}},
        {"type": " Track "},
        {"type": "t"},
    ],
)
def test_it_lets_in_what_is_only_just_within_bounds(fields):
    assert isinstance(_door(**fields), Admitted)


def test_a_long_name_is_cut():
    admitted = _door(event="x" * 300)

    assert len(admitted.name) == 255
    assert "name_cut" in admitted.flags


def test_a_number_may_be_a_name():
    assert _door(event=404).name == "404"


@pytest.mark.parametrize(("given", "event_id"), [("m-1", "m-1"), (" m-1 ", "m-1"), (17, "17"), ("x" * 100, "x" * 100)])
def test_the_senders_id_is_the_events_id(given, event_id):
    assert _door(messageId=given).event_id == event_id


def test_an_overlong_id_is_hashed_whole():
    first, second = _door(messageId="x" * 200 + "1"), _door(messageId="x" * 200 + "2")

    assert len(first.event_id) == 40
    assert first.event_id != second.event_id
    assert "message_id_hashed" in first.flags


@pytest.mark.parametrize("given", [None, "", "  ", [], {}, True, 1.5])
def test_an_event_without_id_gets_one_from_its_content(given):
    first, again = _door(messageId=given), _door(messageId=given)

    assert first.event_id == again.event_id
    assert len(first.event_id) == 40
    assert "message_id_made" in first.flags


def test_posting_the_same_again_later_gives_the_same_id():
    """The sending time and the clients' own notes differ between two posts of one event; the order of keys may."""
    first = _door(sentAt="2026-02-01T11:00:01Z", writeKey="kw_1", _metadata={"try": 1})
    again = door_check(dict(reversed(VISIT.items())) | {"sentAt": "2026-02-01T11:09:00Z"}, received_at=NOW)

    assert first.event_id == again.event_id


def test_other_content_gives_another_id():
    ids = {
        _door().event_id,
        _door(userId="bo").event_id,
        _door(properties={"a": 1}).event_id,
        _door(type="screen").event_id,
        door_check(VISIT, received_at=NOW, path_type="page").event_id,
        door_check(VISIT, received_at=NOW, anonymous_id_header="YW5vbi0x").event_id,
    }

    assert len(ids) == 6


def test_the_door_and_the_check_agree_about_the_id():
    assert check(VISIT, received_at=NOW).event_id == door_check(VISIT, received_at=NOW).event_id
