"""Today against a usual day, and who has fallen silent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kundskab.pipeline.answers import SourceBooks, Volume
from kundskab.web.home import usual
from kundskab.web.home.usual import Today

TODAY = date(2026, 6, 15)


def books(source: str = "web", kind: str = "live", last_seen: datetime | None = None) -> SourceBooks:
    return SourceBooks(source, kind, 100, 100, 0, 0, 0, last_seen)


def sent(*days_ago: int, events: int = 10, source: str = "web") -> list[Volume]:
    return [Volume(TODAY - timedelta(days=back), source, events) for back in days_ago]


def row(volumes: list[Volume], **given: object) -> Today:
    [found] = usual.by_source(volumes, [books(**given)], today=TODAY)
    return found


def test_today_is_held_against_eight_of_ten_days() -> None:
    days = [volume for back in range(1, 29) for volume in sent(back, events=back)]

    found = row(days + sent(0, events=40))

    assert (found.so_far, found.low, found.high) == (40, 3, 26)
    assert found.is_more


def test_a_source_of_a_few_days_is_too_young_to_say() -> None:
    found = row(sent(1, 2, 3))

    assert (found.low, found.high, found.silent_since) == (None, None, None)


def test_who_sends_daily_and_stopped_is_silent() -> None:
    found = row(sent(*range(2, 29)))

    assert found.silent_since == TODAY - timedelta(days=2)


@pytest.mark.parametrize(
    "days",
    [
        range(1, 29),  # nothing today yet: it is only breakfast
        range(0, 29),
        range(2, 29, 3),  # rests for two days every time
        [3, *range(7, 29)],  # rested for three days before
    ],
    ids=["not today yet", "today", "every third day", "once rested as long"],
)
def test_who_rests_as_usual_is_not_silent(days: range) -> None:
    assert row(sent(*days)).silent_since is None


def test_a_file_is_never_silent() -> None:
    assert row(sent(*range(5, 29)), kind="import").silent_since is None


def test_who_was_heard_since_by_an_older_event_is_not_silent() -> None:
    yesterday = datetime(2026, 6, 14, 12, tzinfo=UTC)

    assert row(sent(*range(4, 29)), last_seen=yesterday).silent_since is None


def test_the_silent_stand_first() -> None:
    volumes = sent(*range(0, 29), events=900) + sent(*range(4, 29), source="app")

    found = usual.by_source(volumes, [books("web"), books("app")], today=TODAY)

    assert [each.source for each in found] == ["app", "web"]
