"""The rhythm of a person, told from days."""

from datetime import date, timedelta

from tests.web.fake_desk import NOW, event

from kundskab.web.people import story

DAY = date(2026, 6, 15)


def days(*gaps):
    found = [DAY]
    for gap in gaps:
        found.append(found[-1] + timedelta(days=gap))
    return found


def test_it_tells_of_no_rhythm_before_there_is_one():
    assert story.rhythm([]) == ""
    assert story.rhythm(days()) == "seen on one day only"
    assert story.rhythm(days(1, 40)) == "seen on 3 days"


def test_it_tells_the_middle_gap_in_the_unit_people_would_use():
    assert story.rhythm(days(1, 1, 1, 2)) == "comes nearly every day"
    assert story.rhythm(days(9, 9, 8, 30)) == "comes about every 9 days"
    assert story.rhythm(days(20, 21, 22)) == "comes about every 3 weeks"
    assert story.rhythm(days(90, 95, 88)) == "comes about every 3 months"


def test_it_adds_the_spread_once_there_are_enough_gaps():
    said = story.rhythm(days(2, 4, 4, 9, 9, 9, 20, 20, 30))

    assert said == "comes about every 9 days (half of the times between 4 and 20 days apart)"


def test_it_tells_where_they_come():
    assert story.channels([]) == ""
    assert story.channels(["web"] * 3) == "by web"
    assert story.channels(["web"] * 9 + ["app"]) == "mostly by web"
    assert story.channels(["web", "app", "web", "shop"]) == "by web, app and shop"


def test_it_places_days_in_weeks_and_leaves_older_ones_out():
    rows = [event(1, occurred_at=NOW), event(2, occurred_at=NOW), event(3, occurred_at=NOW - timedelta(days=400))]

    squares = story.year(rows, until=DAY)

    assert [(square.day, square.x, square.y, square.events, square.shade) for square in squares] == [(DAY, 52, 0, 2, 1)]


def test_what_we_sent_them_is_no_rhythm_of_theirs():
    sent = [event(n, occurred_at=NOW - timedelta(days=n), action="Mailing Sent", channel="email") for n in range(9)]
    came = [event(10, occurred_at=NOW - timedelta(days=3))]

    told = story.tell(sent + came)

    assert (told.rhythm, told.channels) == ("seen on one day only", "by web")
    assert len(story.year(sent + came, until=DAY)) == 1
