"""Which refresh is held beside the last one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kundskab.pipeline.segments.over_time import before

NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_two_refreshes_of_one_afternoon_are_not_held_beside_each_other() -> None:
    kept = [NOW - 48 * HOUR, NOW - 24 * HOUR, NOW - 2 * HOUR, NOW]

    assert before(NOW, kept) == NOW - 24 * HOUR
    assert before(NOW - 24 * HOUR, kept) == NOW - 48 * HOUR


def test_where_there_is_none_of_a_day_before_the_last_one_is() -> None:
    assert before(NOW, [NOW - 5 * HOUR, NOW - 2 * HOUR, NOW]) == NOW - 2 * HOUR
