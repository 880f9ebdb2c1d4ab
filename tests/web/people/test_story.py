"""The rhythm and the standout of a person, as they are read aloud."""

from datetime import date, datetime, timedelta

import pytest

from kundskab.profiles.rhythm import Gap, Habit, of_times
from kundskab.profiles.standout import Standout
from kundskab.web.people import story

SUNDAY = datetime(2026, 1, 4, 19, 30)
TODAY = date(2026, 6, 15)


def every(days, times=12, start=SUNDAY):
    return of_times([start + n * timedelta(days=days) for n in range(times)], today=TODAY)


@pytest.mark.slow
def test_it_tells_of_no_rhythm_before_there_is_one():
    assert "nothing themselves yet" in story.rhythm(None).said
    assert story.rhythm(every(9, times=1)).said == "Seen on 1 day so far: too early to speak of a rhythm."
    assert story.rhythm(every(9, times=6)).said == "Seen on 6 days so far: too early to speak of a rhythm."


def test_it_opens_with_since_when_and_when_last():
    once = of_times([SUNDAY], today=TODAY)
    lately = of_times([SUNDAY, datetime(2026, 6, 12, 9)], today=TODAY)
    long_ago = of_times([SUNDAY, SUNDAY + timedelta(days=3)], today=TODAY)

    assert story.opening(once) == "Somebody who was here once, on 4 January 2026."
    assert story.opening(lately).endswith("since 4 January 2026, came on 2 days, and was last here 3 days ago.")
    assert story.opening(long_ago).endswith("and was last here on 7 January 2026.")


def test_old_records_are_told_as_of_their_last_day():
    ended = date(2026, 4, 30)
    known = of_times([SUNDAY + n * timedelta(days=9) for n in range(8)], today=ended)

    assert story.opening(known, ended=ended).endswith("and was last here on 8 March 2026.")
    assert story.rhythm(known, ended=ended).said == "They came about every 9 days, mostly in the evening."
    assert "The records end on 30 April 2026, which stands for today." in story.rhythm(known, ended=ended).doubt
    assert story.pause(known, ended=ended) == (
        "When the records end they had been away for 53 days, longer than ever before; "
        "until then their longest pause was 9 days."
    )


def test_it_tells_the_whole_rhythm_in_one_sentence():
    told = story.rhythm(every(21, times=8))

    assert told.said == "They come about every third week, mostly on Sunday evenings."
    assert told.doubt == "Told from 8 days."


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (1, "come nearly every day"),
        (4, "come about every 4 days"),
        (7, "come about once a week"),
        (10, "come about every 10 days"),
        (14, "come about every other week"),
        (21, "come about every third week"),
        (30, "come about once a month"),
        (45, "come about every 6 weeks"),
        (61, "come about every other month"),
        (120, "come about every 4 months"),
    ],
)
def test_it_tells_the_middle_gap_in_the_unit_people_would_use(gap, said):
    assert story.often(Gap(gap, gap, gap)) == said


def test_it_does_not_call_a_habit_what_comes_at_any_time():
    assert story.often(Gap(10, 2, 40)) == "come at uneven times"


def test_it_says_where_the_middle_gap_may_lie():
    gaps = [5, 9, 12, 7, 14, 10, 9, 6, 11]
    days = [SUNDAY + timedelta(days=sum(gaps[:n])) for n in range(len(gaps) + 1)]

    told = story.rhythm(of_times(days, today=TODAY))

    assert told.doubt == "Told from 10 days; the middle gap between them is somewhere from 6 to 12 days."


def test_it_says_often_where_it_is_not_mostly():
    assert story._how_often(Habit("sunday", 4, 10)) == "often"
    assert story._how_often(Habit("sunday", 5, 10)) == "mostly"


def test_it_tells_a_long_pause_and_a_silence_that_outlasts_it():
    days = [SUNDAY + timedelta(days=each) for each in (0, 7, 14, 21, 28, 70, 77, 84)]

    back = story.pause(of_times(days, today=days[-1].date()))
    gone = story.pause(of_times(days, today=days[-1].date() + timedelta(days=50)))

    assert back == "Their longest pause was 42 days, from 1 February 2026 to 15 March 2026."
    assert gone.startswith("They have been away for 50 days now, longer than ever before")


def test_it_tells_the_standout_in_days_and_with_its_doubt():
    found = Standout("category", "skis", 15, 44, 3.96, 2.98, 1.72, 4.57, 331)

    told = story.standout(found, 331, 44)

    assert told.said == (
        "They turned to skis on 15 of the 44 days we saw them. "
        "Of people as active, at the same time of year, it would be on about 4."
    )
    assert "between 1.7 and 4.6 times" in told.doubt
    assert "331 people" in told.doubt


def test_it_says_actions_and_channels_in_their_own_words():
    assert story._what(Standout("action", "application opened", 8, 22, 1, 6, 3, 9, 60)) == "They opened the app"
    assert story._what(Standout("action", "Moon Phased", 8, 22, 1, 6, 3, 9, 60)) == "They did “Moon Phased”"
    assert story._what(Standout("channel", "app", 8, 22, 1, 6, 3, 9, 60)) == "They came by app"


def test_it_says_why_nothing_is_said():
    assert "not yet enough people" in story.standout(None, None, 40).said
    assert "too few days" in story.standout(None, 331, 2).said
    assert story.standout(None, 331, 40).said.startswith("Nothing. Held against 331 people")


def test_it_places_days_in_weeks_and_leaves_older_ones_out():
    days = {TODAY: 1, TODAY - timedelta(days=1): 20, TODAY - timedelta(days=400): 3}

    squares = story.year(days, until=TODAY)

    assert [(square.x, square.y, square.shade) for square in squares] == [(51, 6, 4), (52, 0, 1)]
