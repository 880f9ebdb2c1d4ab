from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from kundskab import synthetic
from kundskab.synthetic.rhythms import DAY, HOUR, days, draw, draw_by_row, micros

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local(at: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(at))).astimezone(STOCKHOLM)


def test_a_story_begins_on_a_local_monday_and_ends_at_local_midnight(company: synthetic.Company) -> None:
    start, until = local(company.story.start), local(company.story.until)

    assert (start.weekday(), start.hour, start.minute) == (0, 0, 0)
    assert until == datetime(2026, 11, 22, tzinfo=STOCKHOLM)
    assert start <= datetime(2025, 5, 22, tzinfo=STOCKHOLM) < start + timedelta(days=7)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-03-30", "2025-10-26", "2026-10-25", "2026-07-01"])
def test_local_hours_stay_local_across_the_change_of_clocks(company: synthetic.Company, day: str) -> None:
    story = company.story
    number = (datetime.fromisoformat(day).date() - story.first_day).days

    at = story.instant(np.array([number]), np.array([18 * HOUR]))[0]

    assert (local(at).date().isoformat(), local(at).hour) == (day, 18)


def test_weeks_follow_each_other_without_a_gap_to_the_end(company: synthetic.Company) -> None:
    starts = company.story.week_starts()

    assert starts[0] == company.story.start
    assert starts[-1] == company.story.until
    assert all(6 * DAY < b - a < 8 * DAY for a, b in pairwise(starts[:-1]))


def test_what_falls_outside_the_hours_waits_for_the_next_opening(company: synthetic.Company) -> None:
    story, rng = company.story, np.random.default_rng(1)
    hours = np.arange(24 * 400) * HOUR + story.start

    moved = story.opened(hours, 8, 17, rng)

    assert (moved >= hours).all()
    assert {local(at).hour for at in moved} <= set(range(8, 18))
    inside = np.array([8 <= local(at).hour < 17 for at in hours])
    assert (moved[inside] == hours[inside]).all()
    assert (moved - hours).max() < 17 * HOUR


def test_draws_follow_their_weights() -> None:
    rng = np.random.default_rng(2)

    counts = np.bincount(draw(np.array([1.0, 0.0, 3.0]), 40_000, rng), minlength=3)
    rows = np.repeat([0, 1], 20_000)
    by_row = draw_by_row(np.cumsum([[1.0, 1.0, 0.0], [0.0, 1.0, 4.0]], axis=1), rows, rng)

    # four standard errors of a share of 40,000 draws are below one per cent
    assert counts / 40_000 == pytest.approx([0.25, 0, 0.75], abs=0.01)
    assert np.bincount(by_row[rows == 0], minlength=3) / 20_000 == pytest.approx([0.5, 0.5, 0], abs=0.015)
    assert np.bincount(by_row[rows == 1], minlength=3) / 20_000 == pytest.approx([0, 0.2, 0.8], abs=0.015)


def test_waits_in_days_keep_the_time_of_day() -> None:
    waited = days(30, 10_000, np.random.default_rng(3))

    assert (waited % DAY < 2 * HOUR).all()
    assert (waited > 0).all()
    assert waited.mean() / DAY == pytest.approx(29.5, abs=1.5)


@pytest.mark.slow
def test_skis_are_for_winter_and_tents_for_summer(ask) -> None:
    views = {
        (category, month): count
        for category, month, count in ask("""
            SELECT category, month(occurred_at), count(*) FROM events
            WHERE action = 'Product Viewed' AND occurred_at >= TIMESTAMPTZ '2025-11-22' GROUP BY ALL
        """)
    }

    assert views["skis", 1] > 5 * views.get(("skis", 7), 0)
    assert views["tents", 7] > 1.5 * views["tents", 1]


def test_evenings_are_busier_than_nights(ask) -> None:
    evening, night = ask("""
        SELECT count(*) FILTER (hour(occurred_at) BETWEEN 19 AND 21), 
               count(*) FILTER (hour(occurred_at) BETWEEN 2 AND 4)
        FROM events WHERE channel = 'web'
    """)[0]

    assert evening > 5 * night


def test_mailings_leave_every_other_thursday_afternoon(ask) -> None:
    assert ask("SELECT DISTINCT dayname(occurred_at), hour(occurred_at) FROM events WHERE action = 'Mailing Sent'") == [
        ("Thursday", 16)
    ]
    assert ask("SELECT count(DISTINCT occasion) FROM events WHERE action = 'Mailing Sent'") == [(40,)]


def test_micros_counts_from_1970() -> None:
    assert micros(datetime(1970, 1, 2, tzinfo=UTC)) == DAY
