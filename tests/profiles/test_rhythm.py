"""The rhythm of a person: said when it is surely there, unsaid when there is too little, and how often it errs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from tests.house import YES, House, track

from kundskab.profiles.rhythm import of_times, rhythm

TODAY = date(2026, 6, 15)  # a Monday
SUNDAY_EVENING = datetime(2026, 1, 4, 19, 30, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def test_nobody_has_a_rhythm_of_nothing():
    assert of_times([], today=TODAY) is None


def test_one_day_is_no_rhythm():
    told = of_times([SUNDAY_EVENING, SUNDAY_EVENING + timedelta(minutes=5)], today=TODAY)

    assert (told.days, told.visits, told.gap, told.weekday, told.daypart, told.pause) == (1, 1, None, None, None, None)


def test_every_third_sunday_evening_is_said_with_its_doubt():
    told = of_times([SUNDAY_EVENING + 3 * n * WEEK for n in range(8)], today=date(2026, 6, 1))

    assert (told.gap.days, told.gap.low, told.gap.high) == (21, 21, 21)
    assert (told.weekday.what, told.weekday.times, told.weekday.of) == ("sunday", 8, 8)
    assert (told.daypart.what, told.both) == ("evening", 8)


def test_six_days_are_too_few_to_say_how_often():
    days = [SUNDAY_EVENING + n * WEEK for n in range(7)]

    assert of_times(days[:6], today=TODAY).gap is None
    assert of_times(days, today=TODAY).gap is not None


def test_a_silence_of_half_an_hour_ends_a_visit():
    times = [SUNDAY_EVENING + timedelta(minutes=minutes) for minutes in (0, 29, 58, 120)]

    assert of_times(times, today=TODAY).visits == 2


def test_it_knows_the_longest_pause_and_when_silence_outlasts_it():
    days = [SUNDAY_EVENING + n * WEEK for n in (0, 1, 2, 3, 4, 5, 8)]
    last = days[-1].date()

    told = of_times(days, today=last + timedelta(days=21))
    later = of_times(days, today=last + timedelta(days=22))

    assert (told.pause.days, told.never_so_long) == (21, False)
    assert later.never_so_long


def test_midnight_sharp_is_no_hour():
    days = [datetime(2026, 1, 1) + timedelta(days=3 * n) for n in range(40)]

    assert of_times(days, today=TODAY).daypart is None


def test_weekends_are_said_when_no_single_day_stands_out():
    saturdays = [SUNDAY_EVENING - timedelta(days=1) + n * WEEK for n in range(6)]
    sundays = [SUNDAY_EVENING + n * WEEK for n in range(6)]

    told = of_times(
        [*saturdays, *sundays, *(SUNDAY_EVENING + n * WEEK + timedelta(days=n % 5 + 1) for n in range(7))], today=TODAY
    )

    assert told.weekday.what in {"weekend", "saturday", "sunday"}


@pytest.mark.slow
def test_those_who_come_at_any_time_are_given_no_habit():
    """One of 20 such persons may be given one by chance; 4 standard errors of 400 trials above that is 37."""
    rng = np.random.default_rng(20260615)
    habits = 0

    for _ in range(400):
        hours = np.sort(rng.choice(365 * 24, size=rng.integers(7, 120), replace=False))
        told = of_times([datetime(2025, 1, 1, 0, 1) + timedelta(hours=int(hour)) for hour in hours], today=TODAY)
        habits += bool(told.weekday or told.daypart)

    assert habits <= 37


@pytest.mark.parametrize("gaps", [7, 15, 60])
def test_the_interval_of_the_usual_gap_covers_it_as_often_as_it_says(gaps):
    """Gaps drawn around a known median of 12 days: at least 95 % less 4 standard errors of 600 trials."""
    rng = np.random.default_rng(gaps)
    covered = 0

    for _ in range(600):
        drawn = rng.choice([3, 6, 9, 12, 15, 25, 60], size=gaps)
        days = np.cumsum([0, *drawn])
        told = of_times([datetime(2020, 1, 1, 8) + timedelta(days=int(day)) for day in days], today=TODAY)
        covered += told.gap.low <= 12 <= told.gap.high

    assert covered / 600 >= 0.95 - 4 * (0.95 * 0.05 / 600) ** 0.5


@pytest.mark.slow
def test_a_mailing_that_we_sent_is_no_visit_of_theirs(house: House):
    house.take(
        track("ann", "Mailing Sent", consent=YES, timestamp="2026-02-01T10:00:00Z"),
        track("ann", "Product Viewed", consent=YES, timestamp="2026-02-07T23:30:00Z"),
        key="server",
    )

    told = rhythm(house.view(), house.person("ann"), zone="Europe/Stockholm", today=date(2026, 3, 1))

    assert (told.days, told.first) == (1, date(2026, 2, 8))
