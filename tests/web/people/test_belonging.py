"""Which segments somebody is in: with doubt, over time, and why they are in those written by hand."""

from __future__ import annotations

from dataclasses import replace

from tests.web.fake_desk import ANN_TOKEN
from tests.web.fake_segments import JUNE

ADDRESS = f"/people/{ANN_TOKEN}/segments"


def body(client, address=ADDRESS, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_of_a_person_asks_for_it_and_does_not_wait(bo, desk):
    page = body(bo, f"/people/{ANN_TOKEN}")

    assert f'hx-get="{ADDRESS}?purpose=analytics"' in page
    assert desk.segments.asked == []


def test_it_says_where_they_mostly_are_with_doubt(bo, desk):
    page = body(bo)

    assert "Most of all “Tents and stoves”: about 72 of 100 things they do are there, between 60 and 84." in page
    assert "They lean a little towards “Bikes on Sundays”." in page
    assert "Told from about 48 events" in page
    assert desk.segments.asked == [("of_person", (ANN_TOKEN, "analytics", "bo@example.com"))]


def test_it_draws_them_over_time_with_a_band(bo):
    page = body(bo)

    assert page.count('class="band') == 2
    assert 'href="/segments/s1"' in page


def test_segments_written_by_hand_say_since_when_and_why(bo):
    page = body(bo)

    assert "Buys often, in since 15 May 2026" in page
    assert "order completed: 4 times within 90 days" in page
    assert "New here, from 15 April 2026 to 15 May 2026" in page


def test_it_holds_as_of_what_they_did_last(bo, desk):
    desk.segments.belonging = {"latest": JUNE, "is_anew": True}
    assert "As of what they did last (" in body(bo)

    desk.segments.belonging = {"latest": JUNE}
    assert "comes in with the next refresh." in body(bo)


def test_who_crosses_is_put_into_none(bo, desk):
    desk.segments.belonging = {"crosses": True}

    assert "Across several, and put into none: about 72 of 100 things they do belong to" in body(bo)


def test_too_early_to_say_is_an_answer(bo, desk):
    now = desk.segments.of_person("ann", who="cy").now
    desk.segments.belonging = {"now": replace(now, sure=False)}

    assert "Too early to say; what little we saw leans towards “Tents and stoves”." in body(bo)


def test_who_is_in_none_and_a_first_refresh_that_never_was_are_told_apart(bo, desk):
    desk.segments.belonging = {"now": None}
    assert "None yet: they did nothing that segments are told from" in body(bo)

    desk.segments.refreshed = False
    assert "Nobody has looked yet" in body(bo)


def test_alone_it_is_a_page_and_within_another_a_part_of_it(bo):
    assert "<h1>Which segments is" in body(bo)
    assert "<h1>" not in body(bo, HX_Request="true")


def test_a_reader_may_not(cy):
    assert cy.get(ADDRESS).status_code == 403
