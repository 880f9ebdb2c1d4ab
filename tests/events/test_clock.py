"""When it happened, by our clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kundskab.events import Event, Quarantine, check
from kundskab.events.clock import read_time

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def _check(**fields):
    return check({"type": "track", "event": "visit", "userId": "ann"} | fields, received_at=NOW)


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.000Z",
        "2026-01-31T12:00:00.000000000Z",
        "2026-01-31T12:00:00+00:00",
        "2026-01-31T13:00:00+01:00",
        "2026-01-31T13:00:00+0100",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00",
        "2026-01-31 12:00:00 UTC",
        " 2026-01-31T12:00:00Z ",
        "20260131T120000Z",
        "Sat, 31 Jan 2026 12:00:00 GMT",
        "Sat, 31 Jan 2026 13:00:00 +0100",
        1769860800,
        1769860800.0,
        1769860800000,
        1769860800000000,
        1769860800000000000,
        "1769860800",
        "1769860800000",
        "1769860800.0",
        NOON,
    ],
)
def test_it_reads_the_many_ways_of_writing_a_time(written):
    assert read_time(written) == NOON
    assert read_time(written).tzinfo is UTC


@pytest.mark.parametrize(
    "written", ["yesterday", "", "  ", None, True, [], {}, "2026-13-01", "31/01/2026", "9" * 100, float("nan"), 1e300]
)
def test_it_reads_no_time_into_nonsense(written):
    assert read_time(written) is None


def test_a_date_alone_is_its_midnight():
    assert read_time("2026-01-31") == read_time("20260131") == NOON - timedelta(hours=12)


def test_it_keeps_the_written_time():
    event = _check(timestamp="2026-01-31T13:00:00+01:00")

    assert event.occurred_at == NOON
    assert event.original_timestamp == "2026-01-31T13:00:00+01:00"


def test_it_prefers_the_timestamp_to_the_original_one():
    event = _check(timestamp="2026-01-31T12:00:00Z", originalTimestamp="2026-01-30T12:00:00Z")

    assert event.occurred_at == NOON


def test_an_event_without_time_happened_when_it_came():
    event = _check()

    assert event.occurred_at == NOW
    assert event.original_timestamp is None
    assert "time_made" in event.flags


@pytest.mark.parametrize("off", [timedelta(hours=-3), timedelta(hours=3), timedelta(days=-3650), timedelta(days=3650)])
def test_it_corrects_a_wrong_clock(off):
    """Ann clicked a minute before her device sent; its clock is off by the same in both times."""
    clicked, sent = NOW - timedelta(minutes=1) + off, NOW + off

    event = _check(timestamp=clicked.isoformat(), sentAt=sent.isoformat())

    assert event.occurred_at == NOW - timedelta(minutes=1)
    assert event.sent_at == sent
    assert "clock_corrected" in event.flags


def test_the_way_through_the_net_is_no_wrong_clock():
    event = _check(timestamp="2026-02-01T11:59:00Z", sentAt="2026-02-01T11:59:57Z")

    assert event.occurred_at == datetime(2026, 2, 1, 11, 59, tzinfo=UTC)
    assert "clock_corrected" not in event.flags


def test_the_request_knows_best_when_it_was_sent():
    raw = {"type": "track", "event": "visit", "userId": "ann", "timestamp": "2026-02-01T09:00:00Z"}

    event = check(raw | {"sentAt": "2026-02-01T09:00:01Z"}, received_at=NOW, sent_at="2026-02-01T12:00:00Z")

    assert event.occurred_at == datetime(2026, 2, 1, 9, tzinfo=UTC)


def test_an_old_event_sent_now_stays_old():
    event = _check(timestamp="2011-12-09T12:50:00Z", sentAt="2026-02-01T12:00:00Z")

    assert event.occurred_at == datetime(2011, 12, 9, 12, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("yesterday", "bad_time"),
        ("1989-12-31T23:59:59Z", "bad_time"),
        (-1, "bad_time"),
        (0, "bad_time"),
        (True, "bad_time"),
        ("0001-01-01T00:00:00+23:59", "bad_time"),
        ("2026-02-02T12:00:01Z", "future_time"),
        ("9999-12-31T23:59:59Z", "future_time"),
    ],
)
def test_impossible_times_go_to_quarantine(written, reason):
    event = _check(timestamp=written)

    assert isinstance(event, Quarantine)
    assert event.reason == reason


def test_a_day_ahead_is_still_possible():
    assert isinstance(_check(timestamp="2026-02-02T12:00:00Z"), Event)


def test_an_unreadable_sending_time_is_no_sending_time():
    event = _check(timestamp="2026-01-31T12:00:00Z", sentAt="soon")

    assert (event.occurred_at, event.sent_at) == (NOON, None)
