"""Who are our customers? The map, the cards, and what is not shown."""

from __future__ import annotations

import re

import pytest


def body(client, address="/segments", status=200):
    response = client.get(address)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def test_it_answers_with_its_doubt(cy):
    page = body(cy)

    assert "There are 4 ways of being a customer, and most people do a little of several." in page
    assert "The largest is “Tents and stoves”: about 33 of 100 customers, each counted by the part" in page
    assert "Of 100 whom we know well enough, about 12 do much of several and are put in none." in page
    assert "Chance alone could have made the largest between 29 and 36." in page
    assert "About 14 of 100 customers have done too little yet for us to say where they belong." in page


@pytest.mark.slow
def test_it_says_how_fast_the_old_fades_and_an_owner_may_change_it(ann, cy):
    assert "What was done 180 days ago counts half." in body(cy)
    assert "/settings/workspace" not in body(cy).split("<main")[1]
    assert 'href="/settings/workspace">Change how fast it fades' in body(ann)


def test_the_map_is_drawn_without_a_script_and_each_circle_leads_to_its_portrait(cy):
    page = body(cy)

    drawn = page.split('class="segment-map"')[1].split("</svg>")[0]
    assert drawn.count('class="body"') == 3
    assert drawn.count('class="rim"') == 3  # the doubt
    assert 'href="/segments/s1"' in drawn
    assert "48 in both “Tents and stoves” and “Bikes on Sundays”" in drawn
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page)


def test_a_segment_of_few_people_has_a_card_and_no_number(cy):
    page = body(cy)

    assert "Fewer than five people are here." in page
    assert 'href="/segments/s5"' not in page.split('class="segment-map"')[1].split("</svg>")[0]


def test_births_mergers_and_growth_are_told(cy):
    page = body(cy)

    assert "newborn" in page
    assert "Grown from 25 to 33 of 100" in page
    assert "As large as at the refresh before" in page
    assert "merged" in page.split('id="gone"')[1]


def test_before_the_first_refresh_it_says_what_to_do(cy, desk):
    desk.segments.refreshed = False

    for address in ("/segments", "/segments/flow", "/segments/s1"):
        assert "kundskab refresh" in body(cy, address)


def test_it_stands_in_the_main_menu(cy):
    assert 'href="/segments" aria-current="page"' in body(cy)


def test_a_stranger_is_asked_to_sign_in(stranger):
    assert stranger.get("/segments").status_code == 302


def test_where_the_last_refresh_had_too_little_it_says_why_and_shows_none(cy, desk):
    desk.segments.refreshed, desk.segments.why = False, "The last refresh had too little to learn from."

    page = body(cy, "/segments")

    assert "We cannot say now." in page
    assert "had too little to learn from." in page
    assert "Nobody has looked yet" not in page
