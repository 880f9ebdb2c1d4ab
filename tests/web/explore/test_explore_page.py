"""Explore: the question in the address, its answer, its doubt, and the walk to the people."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest

from kundskab.metrics.trend import TrendQuery


def body(client, address="/explore"):
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


@pytest.mark.slow
def test_it_answers_with_its_doubt(bo):
    page = body(bo, "/explore?action=Order+Completed&step=week")

    assert "<h1>How often did “Order Completed” happen?</h1>" in page
    assert "1,204 times by 85 people" in page
    assert "Chance alone could have made it anything between 963 and 1,505." in page


def test_the_address_says_the_whole_question(bo, desk):
    body(
        bo,
        "/explore?action=Order+Completed&measure=value&by=channel&step=month&since=2026-02-01&until=2026-05-31&currency=EUR",
    )

    assert desk.explore.asked == [
        TrendQuery(date(2026, 2, 1), date(2026, 5, 31), "Order Completed", "value", "channel", "month", "EUR")
    ]


def test_a_condition_stands_in_the_address_is_said_and_goes_along(bo, desk):
    page = body(bo, "/explore?action=Order+Completed&step=week&where=channel&is=web,+app")

    assert desk.explore.asked[0].where == (("channel", ("web", "app")),)
    assert "Only what has channel “web” or “app” is counted." in page
    assert '<option value="channel" selected>' in page
    assert "where=channel&amp;is=web&amp;is=app" in page  # the file and the people hold it too


@pytest.mark.parametrize(
    "address",
    [
        "?step=eon&measure=mood&since=never&until=0000-00-00&currency=XXX",
        "?since=9999-12-31&until=0001-01-01",
        "?at=x&group=%00&page=-1",
        "?action=" + "a" * 3000,
    ],
)
def test_a_garbled_address_gives_way_to_the_usual(bo, desk, address):
    body(bo, "/explore" + address)

    [asked] = desk.explore.asked
    assert (asked.step, asked.measure) == ("week", "events")


def test_a_question_that_cannot_be_is_said_beside_the_form(bo):
    response = bo.get("/explore?by=person")

    page = response.content.decode()
    assert response.status_code == 400
    assert "Events cannot be split by" in page
    assert 'name="action"' in page


@pytest.mark.slow
def test_without_scripts_there_is_a_picture_and_a_table(bo):
    page = body(bo, "/explore?by=channel")

    assert "<polyline" in page
    assert "<polygon" in page  # the doubt
    assert "hidden" in page.split("<table")[1]
    assert "not over yet" in page


@pytest.mark.slow
def test_what_is_not_shown_is_said(bo):
    page = body(bo, "/explore?by=channel")

    assert "3 numbers are left out: fewer than 5 people are behind them" in page
    assert "“all others” are 4 groups" in page
    assert "The last week is not over yet" in page


@pytest.mark.slow
def test_the_figure_comes_in_both_themes_and_nothing_inline(bo):
    response = bo.get("/explore?by=channel")
    page = response.content.decode()
    figures = json.loads(re.search(r'<script id="figures" type="application/json">(.*?)</script>', page, re.S).group(1))

    assert set(figures) == {"light", "dark"}
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page)
    assert page.count("no-inline-styles") == 1


@pytest.mark.slow
def test_season_is_told_apart_from_change(bo):
    page = body(bo, "/explore?action=Order+Completed&since=2026-05-01&until=2026-06-14")

    assert "More than usual. The last whole week, that of 1 June 2026, had 132." in page
    assert "By the time of year and how things went lately we would expect 118; of 100 ordinary weeks 95 lie" in page
    assert "Season or change?" not in body(bo, "/explore")  # too little is known


def test_numbers_of_five_people_lead_to_them(bo):
    page = body(bo, "/explore?action=Order+Completed&since=2026-06-01&until=2026-06-14")

    assert "/explore/people?action=Order+Completed" in page
    assert "at=2026-06-01" in page


@pytest.mark.slow
def test_a_reader_sees_numbers_and_no_way_to_people(cy):
    page = body(cy, "/explore?by=channel")

    assert "/explore/people" not in page
    assert cy.get("/explore/people").status_code == 403


def test_the_people_behind_a_number_are_listed_under_their_tokens(bo):
    page = body(bo, "/explore/people?action=Order+Completed&by=channel&group=web&since=2026-06-01&until=2026-06-14")

    assert "40 people did “Order Completed” from 1 June 2026 to 14 June 2026, where the channel was web." in page
    assert "/people/4k2m8xq1zz0p" in page


def test_fewer_than_five_are_not_listed(bo):
    response = bo.get("/explore/people?group=tiny&by=channel")

    assert response.status_code == 400
    assert "so few are not listed" in response.content.decode()


def test_the_file_holds_the_same_numbers_and_says_that_they_are_invented(cy):
    response = cy.get("/explore/trend.csv?by=channel&action=Order+Completed&since=2026-06-01&until=2026-06-14")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))

    assert 'filename="fictitious-order-completed-events-by-week.csv"' in response.headers["Content-Disposition"]
    assert rows[0] == {
        "from": "2026-06-01", "to": "2026-06-08", "group": "web", "unit": "events", "value": "20", "low": "16",
        "high": "25", "persons": "40", "finished": "yes", "hidden": "no", "fictitious": "yes",
    }  # fmt: skip
    assert (rows[1]["value"], rows[1]["persons"], rows[1]["hidden"]) == ("", "", "yes")


@pytest.mark.parametrize("hostile", ["=1+1", "@SUM(A1)", "+1", "-1"])
def test_no_group_becomes_a_formula(hostile):
    from kundskab.web.explore.sheet import harmless

    assert harmless(hostile).startswith("'")


def test_before_anything_came_in_it_says_what_to_do(bo, desk):
    desk.explore.last = None

    assert "Nothing yet that may be used for analytics." in body(bo)


def test_hostile_words_are_escaped(bo):
    page = body(bo, "/explore?action=%3Cscript%3Ealert(1)%3C/script%3E")

    assert "<script>alert" not in page


@pytest.mark.slow
def test_plotlys_script_is_packed_and_kept_for_ever(stranger, bo):
    address = re.search(r'src="(/explore/plotly/[^"]+)"', body(bo)).group(1)

    packed = stranger.get(address, headers={"Accept-Encoding": "gzip"})
    plain = stranger.get(address)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(packed.content) * 2.5 < len(plain.content)
    assert stranger.get("/explore/plotly/000000000000.js").status_code == 404
    assert "/explore/plotly/" not in bo.get("/").content.decode()  # only this page waits for it


@pytest.mark.slow
def test_objects_have_their_names_and_where_codes_stand_it_says_what_brings_one(bo):
    page = body(bo, "/explore?action=Order+Completed&by=object&step=week")

    assert ">Tent for two</th>" in page
    assert ">t-7<" not in page
    assert "--what objects" in page
    assert "--what objects" not in body(bo, "/explore?action=Order+Completed&by=channel&step=week")
