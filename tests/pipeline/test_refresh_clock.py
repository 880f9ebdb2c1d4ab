"""When a refresh is due by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.house import NOON, House

from kundskab.pipeline.refresh import clock, record
from kundskab.pipeline.refresh.clock import due
from kundskab.pipeline.refresh.record import Record


def remember(house: House, **fields: object) -> None:
    usual = {"as_of": NOON, "began_at": NOON, "inputs": "", "asked": "now"}
    record.write(house.home.run, "analytics", Record(**{**usual, **fields}))  # type: ignore[arg-type]


def test_an_empty_workspace_is_never_due(house: House) -> None:
    assert not due(house.home, NOON + timedelta(days=9), waiting_since=NOON)


@pytest.mark.slow
def test_the_first_waits_until_the_data_have_come_to_rest(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "FIRST_EVENTS", 0)
    house.take({"type": "track", "event": "Visited", "userId": "ann", "messageId": "m"}, key="server")
    committed = house.home.lake.committed_at()
    assert committed is not None

    assert not due(house.home, committed + timedelta(seconds=1), waiting_since=committed)
    assert due(house.home, committed + timedelta(seconds=30), waiting_since=committed)


def test_events_that_never_rest_hold_the_first_up_for_an_hour_at_most(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "FIRST_EVENTS", 0)
    house.take({"type": "track", "event": "Visited", "userId": "ann", "messageId": "m"}, key="server")
    committed = house.home.lake.committed_at()
    assert committed is not None

    assert due(house.home, committed, waiting_since=committed - timedelta(hours=2))


def test_it_comes_once_a_night(house: House) -> None:
    remember(house, finished_at=NOON)

    assert not due(house.home, NOON + timedelta(hours=14), waiting_since=NOON)
    assert due(house.home, NOON + timedelta(hours=15, minutes=1), waiting_since=NOON)


def test_one_finished_before_three_is_due_the_same_night(house: House) -> None:
    remember(house, finished_at=NOON.replace(hour=1))

    assert due(house.home, NOON.replace(hour=3, minute=1), waiting_since=NOON)


def test_one_that_was_killed_goes_on_at_once(house: House) -> None:
    remember(house, tries=1, tried_at=NOON)

    assert due(house.home, NOON + timedelta(seconds=5), waiting_since=NOON)


def test_one_that_fails_and_fails_waits_longer_each_time(house: House) -> None:
    remember(house, tries=4, tried_at=NOON)

    assert not due(house.home, NOON + timedelta(minutes=3), waiting_since=NOON)
    assert due(house.home, NOON + timedelta(minutes=5), waiting_since=NOON)


def test_a_damaged_note_costs_a_refresh_from_the_beginning_and_nothing_else(house: House) -> None:
    Path(house.home.run).mkdir(exist_ok=True)
    (house.home.run / "refreshed-analytics.json").write_text("{")

    assert record.read(house.home.run, "analytics") is None


def test_between_refreshes_only_what_came_since_is_followed(house: House) -> None:
    house.take({"type": "track", "event": "Visited", "userId": "ann", "messageId": "m"}, key="server")
    committed = house.home.lake.committed_at()
    assert committed is not None
    before, after = committed - timedelta(minutes=1), committed + timedelta(minutes=1)

    assert not clock._has_news(house.home, since=before)  # there was no refresh yet
    remember(house, finished_at=before)
    assert clock._has_news(house.home, since=before)
    assert not clock._has_news(house.home, since=after)
    remember(house, finished_at=after)
    assert not clock._has_news(house.home, since=before)
    remember(house)
    assert not clock._has_news(house.home, since=before)  # one is on its way
