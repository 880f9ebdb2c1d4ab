"""Whom do we undervalue?"""

from __future__ import annotations

from tests.web.segments.test_segments_page import body


def test_it_says_how_many_and_how_sure(cy):
    page = body(cy, "/undervalued")

    assert "From 1 of 4,000 customers more is surely to be expected than their spending shows." in page
    assert "Any single one may bring less." in page


def test_what_came_of_earlier_finds_stands_beside(cy, desk):
    desk.undervalued.earlier = (1.5, 1.3, 1.7)
    assert "Those 64 of whom we would have said so a while ago have since brought 1.5 times" in body(cy, "/undervalued")

    desk.undervalued.earlier = (1.1, 0.8, 1.4)
    assert "(between 0.8 and 1.4). So do not lean on it yet." in body(cy, "/undervalued")


def test_it_says_in_which_money(bo):
    assert "Amounts are in SEK." in body(bo, "/undervalued")


def test_groups_stand_with_their_names_and_doubt(cy):
    page = body(cy, "/undervalued")

    assert "Tents and stoves" in page.split('id="kind-1"')[1]
    assert "(1.40–2.20)" in page
    assert page.count("tag good") == 1


def test_what_they_are_given_today_stands_beside_what_others_get(cy):
    page = body(cy, "/undervalued").split("What do we give them today?")[1]

    meetings, waiting = page.split("How long they wait for an answer")
    assert "All who are undervalued" in meetings
    assert "(0.30–0.70)" in meetings
    assert "Tents and stoves" in waiting
    assert "Mailings" not in page


def test_an_analyst_sees_who_and_why(bo):
    page = body(bo, "/undervalued")

    assert "mends what others throw away" in page
    assert "9r7t" in page
    assert "Days we met them" in page
    assert "others 0.9" in page


def test_whoever_reads_counts_sees_no_people(cy):
    page = body(cy, "/undervalued")

    assert "mends what others" not in page
    assert "9r7t" not in page


def test_where_nobody_stands_out_it_says_so(bo, desk):
    desk.undervalued.found = False

    page = body(bo, "/undervalued")

    assert "Nobody for sure" in page
    assert "No single person stands out by more than luck." in page


def test_before_the_first_refresh_it_says_what_to_do(cy, desk):
    desk.undervalued.refreshed = False

    assert "kundskab refresh" in body(cy, "/undervalued")


def test_where_the_last_refresh_had_too_little_it_says_why(cy, desk):
    desk.undervalued.refreshed, desk.undervalued.why = False, "The last refresh had too little. It takes 56 days."

    page = body(cy, "/undervalued")

    assert "We cannot say now." in page
    assert "It takes 56 days." in page
    assert "nobody has been looked at" not in page


def test_a_stranger_is_asked_to_sign_in(stranger):
    assert stranger.get("/undervalued").status_code == 302
