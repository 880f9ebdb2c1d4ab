"""Segments written by hand: the list, who came and went and why, and the form that writes them."""

from __future__ import annotations

import json

import pytest
from tests.web.fake_segments import RULE, STRANGE
from tests.web.segments.test_segments_page import body

from kundskab.segments.written import condition
from kundskab.web.segments.forms import rows_of

NEW = "/segments/written/new"


def posted(**given: str) -> dict[str, str]:
    """The form with one condition, all else empty."""
    rows = {"row-TOTAL_FORMS": "5", "row-INITIAL_FORMS": "0"}
    plain = {"name": "Loyal", "together": "all", "row-0-kind": "did", "row-0-what": "Order Completed"}
    return {**rows, **plain, "row-0-at_least": "3", "row-0-within_days": "90", **given}


def test_each_says_its_rule_and_how_many_are_in(cy):
    page = body(cy, "/segments/written")

    assert "Order Completed 3 or more times within 90 days" in page
    assert "15 (13–17)" in page
    assert "at the next refresh" in page
    assert "Write a segment" not in page


def test_one_tells_who_came_and_went_without_small_numbers(cy):
    page = body(cy, "/segments/written/w1")

    assert "<dt>Came at the last refresh</dt><dd>7</dd>" in page
    assert "<dt>Left at the last refresh</dt><dd>few</dd>" in page
    assert "/segments/written/w1/people" not in page
    assert cy.get("/segments/written/w1/people").status_code == 403
    assert "so how many is not shown" in body(cy, "/segments/written/w2")


def test_people_are_listed_with_since_when_and_why(bo):
    page = body(bo, "/segments/written/w1/people")
    assert "Order Completed: twice within 90 days" in page
    assert "15 May 2026" in page

    assert "15 June 2026" in body(bo, "/segments/written/w1/people?left=yes")
    assert "so they are not listed" in body(bo, "/segments/written/w2/people")


def test_a_rule_is_written_in_rows(bo, desk):
    response = bo.post(NEW, posted(**{"row-1-kind": "last_seen", "row-1-at_least": "30", "row-1-negated": "on"}))

    assert (response.status_code, response["Location"]) == (302, "/segments/written/w4")
    rows = [RULE, {"not": {"last_seen": {"at_least_days_ago": 30}}}]
    assert desk.segments.asked == [("write", (None, "Loyal", {"all": rows}, "bo@example.com"))]


def test_values_of_a_dimension_and_facts_are_written_too(bo, desk):
    where = {"row-0-dimension": "category", "row-0-values": "boots, tents", "row-0-within_days": ""}
    fact = {"row-1-kind": "fact", "row-1-what": "city", "row-1-values": "Umeå"}

    bo.post(NEW, posted(**where, **fact, together="any"))

    [(_, (_, _, when, _))] = desk.segments.asked
    bought = {"did": "Order Completed", "where": {"category": ["boots", "tents"]}, "at_least": 3}
    assert when == {"any": [bought, {"fact": "city", "is": ["Umeå"]}]}


def test_counting_keeps_nothing_and_shows_how_many(bo, desk):
    page = bo.post(NEW, posted(count="yes")).content.decode()

    assert "120 of 812 people at this moment:" in page
    assert 'value="Loyal"' in page
    assert desk.segments.asked == []
    part = bo.post(NEW, posted(count="yes"), headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<p class="notice">')


@pytest.mark.slow
def test_json_wins_over_rows_and_what_is_wrong_is_said(bo, desk):
    bo.post(NEW, posted(text=json.dumps(STRANGE)))
    assert desk.segments.asked[0][1][2] == STRANGE

    for text, why in (("{", "This is no JSON"), ('{"eats": 1}', "exactly one of")):
        response = bo.post(NEW, posted(text=text))
        assert response.status_code == 422
        assert why in response.content.decode()


def test_nothing_said_is_no_segment(bo):
    response = bo.post(NEW, posted(**{"row-0-kind": ""}))

    assert response.status_code == 422
    assert "Say at least one thing" in response.content.decode()


def test_it_is_changed_in_rows_where_they_can_say_it_and_else_in_json(bo, desk):
    page = body(bo, "/segments/written/w1/change")
    assert 'name="row-0-what" value="Order Completed"' in page

    assert "last_seen" in body(bo, "/segments/written/w3/change").split("<textarea")[1]
    bo.post("/segments/written/w1/change", posted())
    assert desk.segments.asked[-1][1][0] == "w1"


def test_it_can_be_given_up(bo, desk):
    bo.post("/segments/written/w1/ending")

    assert desk.segments.asked == [("give up", ("w1", "bo@example.com"))]


def test_a_reader_writes_nothing(cy):
    assert cy.get(NEW).status_code == 403
    assert cy.post("/segments/written/w1/ending").status_code == 403


@pytest.mark.parametrize(
    "when",
    [
        RULE,
        {"value_of": None, "at_least": 500},
        {"all": [{"fact": "city", "known": True}, {"not": {"first_seen": {"at_most_days_ago": 30}}}]},
    ],
)
def test_what_rows_can_say_they_show(when):
    assert rows_of(when) is not None
    condition(when)


def test_there_is_nothing_at_one_that_never_was(bo):
    for address in ("/segments/written/w9", "/segments/written/w9/people", "/segments/written/w9/change"):
        body(bo, address, status=404)
