"""The page of metrics: each with its doubt, split by what one likes; and one declared from the page."""

from __future__ import annotations

import re

import pytest

DECLARED = {"name": "orders_web", "kind": "count", "of": "Order Completed", "days": "30"}


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().split("</head>")[1]).split())


def test_each_metric_is_read_with_its_doubt(cy):
    page = text(cy.get("/explore/metrics"))

    assert "repeat rate Of the people who bought, who bought on a later day than their first. 31 of 100 25–39" in page
    assert "visits a week our own" in page


def test_a_metric_is_split_by_what_one_likes(bo, desk):
    page = text(bo.get("/explore/metrics/of/repeat_rate?by=segment"))

    assert "Of 100 people about 31; between 25 and 39." in page
    assert "s7 31 25–39" in page
    assert "hidden" in page
    assert desk.behaviour.asked[-1] == ("repeat_rate", "segment")


def test_an_unknown_split_gives_way_to_months(bo, desk):
    bo.get("/explore/metrics/of/repeat_rate?by=%00")

    assert desk.behaviour.asked[-1] == ("repeat_rate", "month")


def test_what_is_not_computed_yet_is_said(bo):
    response = bo.get("/explore/metrics/of/buyers?by=segment")

    assert response.status_code == 400
    assert "not computed yet" in text(response)


def test_a_metric_that_there_is_not_is_not_found(bo):
    assert bo.get("/explore/metrics/of/luck").status_code == 404


def test_a_metric_is_declared_from_the_page_and_noted(bo, desk):
    response = bo.post("/explore/metrics/new", DECLARED)

    assert response.headers["Location"] == "/explore/metrics/of/orders_web"
    assert desk.behaviour.asked[-1] == ("declare", "orders_web", {"is": "count", "of": "Order Completed", "days": 30})


def test_what_makes_no_sense_is_said_beside_the_form(bo):
    response = bo.post("/explore/metrics/new", {**DECLARED, "name": "bad"})

    assert response.status_code == 400
    assert "makes no sense" in text(response)


@pytest.mark.parametrize("said", [{"of": "Never Heard Of"}, {"kind": "guess"}, {"days": "0"}, {"name": ""}])
def test_what_is_no_metric_is_refused(bo, desk, said):
    assert bo.post("/explore/metrics/new", {**DECLARED, **said}).status_code == 400
    assert not [each for each in desk.behaviour.asked if each[0] == "declare"]


def test_a_reader_reads_and_declares_nothing(cy, stranger):
    assert "Declare it" not in text(cy.get("/explore/metrics"))
    assert cy.post("/explore/metrics/new", DECLARED).status_code == 403
    assert stranger.get("/explore/metrics").status_code == 302
