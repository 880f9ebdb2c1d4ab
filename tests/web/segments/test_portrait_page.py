"""One segment's portrait: what they do, how they came to be, where they go, who they are, and what they are called."""

from __future__ import annotations

from tests.web.fake_segments import MAY
from tests.web.segments.test_segments_page import body

from kundskab.pipeline.segments.answers import NamedBy


def test_it_answers_how_many_and_what_sets_them_apart(cy):
    page = body(cy, "/segments/s1")

    assert "<h1>Who are “Tents and stoves”?</h1>" in page
    assert "Of 100 customers about 33 are here, each counted by the part of what they do." in page
    assert "Of 100 whom we know well enough, about 16 do this most of all." in page
    assert "Beyond others, somebody like this looks at tents; buys stoves." in page
    assert "How many are here may be between 29 and 36, had chance sent us other people like these." in page


def test_what_they_do_has_its_doubt_and_everybody_beside(cy):
    page = body(cy, "/segments/s1")

    assert "31 (26–37)" in page
    assert "4.0 (2.0–7.0)" in page
    assert page.count('class="usual"') == 2


def test_it_tells_where_people_come_from_and_go_to_and_hides_few(cy):
    assert 'hx-get="/segments/s1/moves"' in body(cy, "/segments/s1")  # the portrait does not wait for it
    moves = body(cy, "/segments/s1/moves").split('id="moves"')[1].split("</section>")[0]

    assert "not here yet" in moves.split("They went to")[0]
    assert "Bikes on Sundays" in moves.split("They went to")[1]
    assert "no longer here" in moves.split("They went to")[1]
    assert "Returns" not in moves  # two people


def test_its_family_tree_says_when_and_why(cy):
    tree = body(cy, "/segments/s1").split('id="tree"')[1].split("</section>")[0]

    assert "It was born." in tree
    assert "“Old skis” became one with it. About 12 people." in tree
    assert "distance 0.04" in tree


def test_a_segment_that_is_no_more_keeps_its_page(cy):
    assert "It became one with “Tents and stoves”" in body(cy, "/segments/s4").replace("became one with it", "")
    assert "It is no more: it became one with another." in body(cy, "/segments/s4")


def test_a_reader_sees_numbers_and_no_way_to_people(cy, bo):
    assert "/segments/s1/people" not in body(cy, "/segments/s1")
    assert cy.get("/segments/s1/people").status_code == 403
    assert "/segments/s1/people" in body(bo, "/segments/s1")


def test_its_people_are_listed_under_their_tokens_with_doubt(bo):
    page = body(bo, "/segments/s1/people")

    assert "260 people do a fifth or more of what they do here" in page
    assert "/people/4k2m8xq1zz0p" in page
    assert "(71–92)" in page
    assert "too early to say" in page


def test_fewer_than_five_are_not_listed(bo):
    assert "so few are not listed" in body(bo, "/segments/s5/people", status=400)


def test_there_is_nothing_at_a_segment_that_never_was(bo):
    body(bo, "/segments/s99", status=404)
    body(bo, "/segments/s99/people", status=404)
    body(bo, "/segments/s99/moves", status=404)


def test_an_analyst_gives_a_name_and_a_reader_does_not(bo, cy, desk):
    assert bo.post("/segments/s1/name", {"name": "Campers"}).status_code == 302
    assert desk.segments.asked == [("rename", ("s1", "Campers", "bo@example.com"))]

    assert cy.post("/segments/s1/name", {"name": "Campers"}).status_code == 403
    assert "/segments/s1/name" not in body(cy, "/segments/s1")


def test_a_name_that_cannot_be_is_refused_in_words(bo):
    page = bo.post("/segments/s1/name", {"name": "Returns"}, follow=True).content.decode()

    assert "There is already a segment called" in page


def test_a_given_name_says_by_whom_and_can_be_taken_back(bo, desk):
    desk.segments.named = NamedBy("Campers", "ann@example.com", MAY, "Tents and stoves")

    assert "Called so by ann@example.com on 15 May 2026." in body(bo, "/segments/s1")

    bo.post("/segments/s1/name", {"name": "Campers", "proposed": ""})
    assert desk.segments.asked[-1] == ("rename", ("s1", "", "bo@example.com"))
