"""Is a source still sending? Drawn: one sign a day, the last one the day of its last event (# sent, . did not)."""

from datetime import UTC, datetime, timedelta

import pytest

from kundskab.web.sources.health import health

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("week", "hours_ago", "state"),
    [
        ("#######", 1, "well"),
        ("#######", 24, "well"),
        ("#######", 25, "silent"),
        ("......#", 23, "well"),
        ("......#", 500, "resting"),  # never was steady: one import by hand a month
        ("#..####", 60, "resting"),  # five of seven: rests at weekends, and this may be one
        ("#..####", 73, "silent"),
        ("...####", 90, "resting"),  # four of seven
    ],
)
def test_a_source_is_silent_when_it_was_steady_and_has_stopped(week, hours_ago, state):
    last = NOW - timedelta(hours=hours_ago)
    sent = {last.date() - timedelta(days=6 - place) for place, sign in enumerate(week) if sign == "#"}

    assert health(last, sent, now=NOW).state == state


def test_a_source_that_never_sent_is_not_silent():
    assert health(None, set(), now=NOW).state == "never"
