"""Bytes to raw events: tolerant, bounded, and honest about what was mended."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from kundskab.events import Event, RawRequest, TooLarge, Unreadable, expand, parse

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def _event(body):
    (event,) = expand(RawRequest(body, NOW))
    assert isinstance(event, Event)
    return event


def _with(properties: bytes, user: bytes = b'"ann"'):
    return _event(b'{"type":"track","event":"visit","userId":' + user + b',"properties":' + properties + b"}")


def test_it_reads_a_batch_a_list_and_one_event():
    assert parse(b'{"batch":[{"a":1},{"a":2}],"sentAt":"s","writeKey":"kw_x"}').events == [{"a": 1}, {"a": 2}]
    assert parse(b'[{"a":1},{"a":2}]').events == [{"a": 1}, {"a": 2}]
    assert parse(b'{"a":1}').events == [{"a": 1}]


def test_it_reads_what_belongs_to_the_request():
    batch = parse(b'{"batch":[],"sentAt":"s","writeKey":"kw_x"}', path_type="track")
    single = parse(b'{"sentAt":"s","writeKey":"kw_x"}', path_type="track")

    assert (batch.sent_at, batch.write_key, batch.path_type) == ("s", "kw_x", None)
    assert (single.sent_at, single.write_key, single.path_type) == ("s", "kw_x", "track")
    assert parse(b'{"writeKey":7}').write_key is None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"42", b'"text"', b"type=track", b"\xff\xfe", b"\x00", b"{'a':1}"]
)
def test_a_body_that_is_no_json_object_is_unreadable(body):
    with pytest.raises(Unreadable, match="send"):
        parse(body)


def test_a_body_has_a_greatest_size():
    with pytest.raises(TooLarge, match="4 MB"):
        parse(b" " * (4 << 20) + b"{}")
    with pytest.raises(TooLarge, match="20000 events"):
        parse(b"[" + b"1," * 20_000 + b"1]")
    with pytest.raises(TooLarge, match="context is over 8 KB"):
        parse(b'{"batch":[{}],"context":{"a":"' + b"x" * 8_192 + b'"}}')
    with pytest.raises(TooLarge, match="context is over 8 KB"):
        parse(b'{"batch":[{}],"context":{"a":' + b"[" * 300 + b"]" * 300 + b"}}")


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_what_is_no_number_becomes_null(number):
    event = _with(b'{"n":' + number + b"}")

    assert event.properties == b'{"n":null}'
    assert "nan_to_null" in event.flags


@pytest.mark.parametrize(
    ("written", "read", "flag"),
    [
        (b'"a\\ud800b"', "a\ufffdb", "surrogate_replaced"),
        (b'"caf\xe9"', "caf\ufffd", "surrogate_replaced"),
        (b'"a\\u0000b"', "ab", "nul_stripped"),
        (b'"a\x01b"', "a\x01b", None),
        (b'"\\ud83d\\ude00"', "😀", None),
        (b"123456789012345678901234567890", "123456789012345678901234567890", "number_as_text"),
    ],
)
def test_odd_values_are_mended(written, read, flag):
    """Beside a NaN, so that Python's reader takes over also where orjson would manage."""
    event = _with(b'{"a":' + written + b',"n":NaN}')

    assert orjson.loads(event.properties) == {"a": read, "n": None}
    assert flag is None or flag in event.flags


def test_only_the_mended_event_is_flagged():
    event = b'{"type":"track","event":"visit","userId":"ann","messageId":"m","properties":{"n":%s}}'

    mended, whole = expand(RawRequest(b"[" + event % b"NaN" + b"," + event % b"1" + b"]", NOW))

    assert mended.flags == ("nan_to_null", "time_made")
    assert whole.flags == ("time_made",)


@pytest.mark.parametrize("digits", [b"18446744073709551616", b"123456789012345678901", b"-123456789012345678901"])
def test_a_long_id_keeps_its_digits(digits):
    assert _with(b"{}", user=digits).actor.value == digits.decode()


def test_a_byte_order_mark_does_no_harm():
    assert _event(b'\xef\xbb\xbf{"type":"track","event":"visit","userId":"ann"}').action == "visit"


def test_a_bomb_of_brackets_is_stopped_early():
    with pytest.raises(Unreadable):
        parse(b"[" * (4 << 20))


def test_what_a_batch_says_holds_for_its_events():
    event = b'{"type":"track","event":"visit","userId":"ann","messageId":"m"%s}'
    own = b',"context":{"consent":{"categoryPreferences":{"ads":true}}}'
    shared = b'"context":{"locale":"da","consent":{"categoryPreferences":{"ads":false}}}'

    silent, spoken = expand(RawRequest(b'{"batch":[' + event % b"" + b"," + event % own + b"]," + shared + b"}", NOW))

    assert silent.signal.preferences == {"ads": False}
    assert spoken.signal.preferences == {"ads": True}
    assert silent.properties == spoken.properties == b'{"_context":{"locale":"da"}}'
