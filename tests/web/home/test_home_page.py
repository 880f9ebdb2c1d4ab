from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.web.fake_desk import ANN_TOKEN, NOW

from kundskab.pipeline.answers import Change, SourceBooks, Volume
from kundskab.types import Books
from kundskab.web.base.picture import stacked


@pytest.mark.slow
def test_it_answers_what_came_in(ann):
    page = ann.get("/").content.decode()

    assert "<h1>What came in?</h1>" in page
    assert "events in the last 30 days, from 3 sources" in page
    assert "The same as a table" in page


@pytest.mark.slow
def test_it_says_whether_today_is_as_usual(ann):
    page = ann.get("/").content.decode()

    assert "385 events so far today; on 8 of 10 days there are between" in page
    assert "The books balance, and nobody has fallen silent." in page


def test_a_source_that_fell_silent_raises_a_line(ann, desk):
    desk.days = [volume for volume in desk.days if volume.source != "app" or volume.day <= date(2026, 6, 11)]
    desk.books_by_source = lambda: [SourceBooks("app", "live", 10, 10, 0, 0, 0, None)]

    page = ann.get("/").content.decode()

    assert "app has fallen silent: its last events came on 11 June 2026." in page
    assert "nobody has fallen silent" not in page


def test_it_tells_of_people_without_numbers_under_five(cy):
    page = cy.get("/").content.decode()

    assert "41 people became known here." in page
    assert "A few people refused or withdrew something." in page
    assert "Links between devices and people: 12 made and 2 undone." in page


def test_it_shows_balanced_books(ann):
    page = ann.get("/").content.decode()

    assert "Every event that was ever received is in exactly one of these places." in page
    assert "12,408" in page


def test_it_says_so_when_the_books_do_not_balance(ann, desk):
    desk.came_in = replace(desk.came_in, stored=12_037)

    page = ann.get("/").content.decode()

    assert "But the books do not balance." in page
    assert "No: 3 events cannot be accounted for." in page


def test_it_tells_what_changed_and_not_who_looked_at_whom(cy, desk):
    looked = Change(NOW, "bo@example.com", "read person", ANN_TOKEN, f"read the page of person {ANN_TOKEN}")
    desk.changes = lambda limit: [looked, Change(NOW, "ann@example.com", "create_key", "web", "created a write key")]

    page = cy.get("/").content.decode()

    assert "ann@example.com created a write key" in page
    assert ANN_TOKEN not in page


def test_it_says_what_to_do_in_an_empty_workspace(ann, desk):
    desk.came_in, desk.days = Books(), []

    page = ann.get("/").content.decode()

    assert "Nothing yet." in page
    assert "http://testserver/v1/track" in page
    assert "categoryPreferences" in page


def test_it_tells_of_old_data_by_its_own_days(ann, desk):
    desk.days = [Volume(date(2011, 12, 9), "orders", 40), Volume(date(2011, 12, 8), "orders", 2)]

    page = ann.get("/").content.decode()

    assert "Nothing happened in the last 30 days" in page
    assert "9 December 2011" in page


def test_a_reader_sees_it_too(cy):
    assert cy.get("/").status_code == 200


def test_the_picture_and_its_table_hold_the_same_numbers():
    day = date(2026, 6, 15)
    volumes = [Volume(day, "web", 30), Volume(day, "app", 10), Volume(day - timedelta(days=1), "web", 5)]

    picture = stacked(volumes, until=day, days=2)

    assert [bar.events for bar in picture.bars] == [5, 40]
    assert [line.together for line in picture.table] == [40, 5]
    assert picture.top == 40
    assert sum(part.height for part in picture.bars[-1].parts) == 100
    assert "the busiest day was 15 June with 40" in picture.description


def test_the_picture_draws_what_has_no_colour_of_its_own_together():
    day = date(2026, 6, 15)

    picture = stacked([Volume(day, f"s{n}", 10 - n) for n in range(9)], until=day, days=1)

    assert [entry.source for entry in picture.legend] == ["s0", "s1", "s2", "s3", "s4", "all others"]
    assert sum(part.events for part in picture.bars[0].parts) == sum(10 - n for n in range(9))


@pytest.mark.parametrize(
    ("most", "top"),
    [(0, 2), (1, 2), (3, 4), (7, 8), (9, 10), (11, 20), (99, 100), (140, 150), (2405, 2500), (81_000, 100_000)],
)
def test_the_scale_ends_at_a_round_number_with_a_whole_half(most, top):
    day = date(2026, 6, 15)

    assert stacked([Volume(day, "web", most)], until=day, days=1).top == top
