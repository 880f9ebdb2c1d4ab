"""Funnel, retention and paths: the question in the address, the answer with its doubt, and the walk to the people."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.metrics_words import acts

from kundskab.metrics.acts import Act
from kundskab.metrics.passages import FunnelQuery
from kundskab.metrics.retention import RetentionQuery
from kundskab.metrics.walks import PathsQuery

SPRING = "since=2026-03-01&until=2026-05-31"
FUNNEL = f"/explore/funnel?step=Product+Viewed&step=Order+Completed&{SPRING}"
RETENTION = f"/explore/retention?first=Product+Viewed&back=Order+Completed&step=month&periods=3&{SPRING}"
PATHS = f"/explore/paths?around=Product+Viewed&{SPRING}"


def body(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def text(page):
    """The words of a page as they are read."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("</head>")[1]).split())


@pytest.mark.slow
def test_the_address_says_the_whole_funnel(bo, desk):
    body(bo, FUNNEL + "&window=24&order=strict&by=channel")

    steps = acts("Product Viewed", "Order Completed")
    days = date(2026, 3, 1), date(2026, 5, 31)
    assert desk.behaviour.asked == [FunnelQuery(steps, *days, timedelta(days=1), "strict", "channel")]


@pytest.mark.slow
def test_the_address_says_the_whole_retention(bo, desk):
    body(bo, RETENTION + "&kind=bracket&brackets=0,1,3&by=channel")

    [asked] = desk.behaviour.asked
    first, back = acts("Product Viewed", "Order Completed")
    assert asked == RetentionQuery(
        date(2026, 3, 1), date(2026, 5, 31), first, back, "month", "bracket", 3, (0, 1, 3), "channel"
    )


@pytest.mark.slow
@pytest.mark.parametrize("address", [FUNNEL, RETENTION, PATHS])
def test_the_address_says_on_what_condition(bo, desk, address):
    page = body(bo, address + "&where=channel&is=web,+app")

    [asked] = desk.behaviour.asked
    first = asked.steps[0] if isinstance(asked, FunnelQuery) else getattr(asked, "first", None) or asked.around
    assert first == Act("Product Viewed", (("channel", ("web", "app")),))
    assert "Only what has channel “web” or “app” is counted." in text(page)
    assert 'name="is" value="web, app"' in page
    assert "where=channel&amp;is=web&amp;is=app" in page  # the file and the people hold it too


def test_where_one_thing_alone_happens_the_funnel_asks_who_does_it_again(bo, desk, monkeypatch):
    alone = replace(desk.explore.choices(), actions={"purchase": 40})
    monkeypatch.setattr(desk.explore, "choices", lambda *_, **__: alone)

    body(bo, "/explore/funnel")

    assert desk.behaviour.asked[0].steps == acts("purchase", "purchase")


def test_half_a_condition_is_none(bo, desk):
    body(bo, PATHS + "&where=channel&is=+,+")

    assert desk.behaviour.asked[0].around == Act("Product Viewed")


def test_the_address_says_the_whole_paths(bo, desk):
    body(bo, PATHS + "&direction=before&steps=2&within=168")

    [asked] = desk.behaviour.asked
    [around] = acts("Product Viewed")
    days = date(2026, 3, 1), date(2026, 5, 31)
    assert asked == PathsQuery(around, *days, "before", 2, timedelta(days=7), 7)


def test_a_funnel_answers_in_natural_frequencies(bo):
    page = text(body(bo, FUNNEL))

    assert "How many go on from “Product Viewed” to “Order Completed”?" in page
    assert "Of 100 people who did “Product Viewed”, about 50 came to “Order Completed” within 7 days." in page
    assert "Between 40 and 60, had chance sent us other people like these." in page
    assert "3 people more have begun and still have time" in page


def test_a_retention_answers_in_natural_frequencies(bo):
    page = text(body(bo, RETENTION))

    assert "Of those who did “Product Viewed”, who does “Order Completed” later?" in page
    assert "Of 100 people who did “Product Viewed”, about 33 came back in month 1, and about 25 in month 2." in page
    assert "Month 1: between 28 and 39, had chance sent us other people like these." in page


@pytest.mark.parametrize(
    ("direction", "says"),
    [
        ("after", "Of 100 people who did “Product Viewed”, about 50 did “Product Added” next."),
        ("before", "had done “Product Added” right before"),
    ],
)
def test_paths_answer_in_natural_frequencies(bo, direction, says):
    assert says in text(body(bo, f"{PATHS}&direction={direction}"))


def test_who_went_no_further_leads_to_people(bo, desk):
    page = body(bo, FUNNEL)

    link = re.search(r'href="(/explore/funnel/people\?[^"]*lost=1[^"]*)"', page).group(1).replace("&amp;", "&")
    listed = text(body(bo, link))
    assert "40 people came to “Product Viewed” and not on to “Order Completed”." in listed
    assert desk.behaviour.asked[-1][1] == {"step": 1, "took": False, "group": None}


def test_a_cohort_leads_to_those_who_came_back(bo, desk):
    page = body(bo, RETENTION)

    links = re.findall(r'href="(/explore/retention/people\?[^"]*)"', page)
    [link] = [each for each in links if "span=2" in each and "cohort=2026-03-01" in each]
    said = text(body(bo, link.replace("&amp;", "&")))
    assert "began with “Product Viewed” in the month of 1 March 2026 and came back in month 1." in said
    assert desk.behaviour.asked[-1][1] == {"span": 1, "came": True, "cohort": "2026-03-01"}


def test_a_step_of_paths_leads_to_people(bo, desk):
    page = body(bo, PATHS)

    link = re.search(r'href="(/explore/paths/people\?[^"]*did=Product[^"]*)"', page).group(1).replace("&amp;", "&")
    assert "40 people did “Product Added” as step 1 after “Product Viewed”." in text(body(bo, link))
    assert "did=other" not in page


@pytest.mark.parametrize("address", [FUNNEL, RETENTION, PATHS])
def test_a_reader_sees_numbers_and_no_way_to_people(cy, address):
    page = body(cy, address)

    assert "/people?" not in page
    assert cy.get(address.replace("?", "/people?")).status_code == 403


@pytest.mark.parametrize("address", [FUNNEL, RETENTION, PATHS])
def test_who_is_not_signed_in_sees_nothing(stranger, address):
    assert stranger.get(address).status_code == 302


@pytest.mark.parametrize("address", [FUNNEL + "&by=channel", RETENTION + "&by=channel"])
def test_small_groups_are_hidden(bo, address):
    page = body(bo, address)

    assert "hidden" in page
    assert "group=tiny" not in page
    assert "cohort=tiny" not in page


def test_fewer_than_five_are_not_listed(bo):
    response = bo.get(FUNNEL.replace("?", "/people?") + "&at=2&by=channel&group=tiny")

    assert response.status_code == 400
    assert "so few are not listed" in response.content.decode()


@pytest.mark.parametrize("address", [FUNNEL, RETENTION, PATHS])
def test_the_figure_comes_in_both_themes_and_nothing_inline(bo, address):
    response = bo.get(address)
    page = response.content.decode()
    figures = json.loads(re.search(r'<script id="figures" type="application/json">(.*?)</script>', page, re.S).group(1))

    assert set(figures) == {"light", "dark"}
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page)


@pytest.mark.parametrize("address", [FUNNEL, RETENTION])
def test_what_cannot_be_is_said_beside_the_form(bo, address):
    response = bo.get(address + "&by=person")

    page = response.content.decode()
    assert response.status_code == 400
    assert "cannot be split by" in page
    assert "<form class=" in page


@pytest.mark.parametrize(
    "address",
    [
        "funnel?step=%00&window=-1&order=x&since=never",
        "funnel?" + "&".join(["step=a"] * 40),
        "retention?step=eon&kind=mood&periods=9999999&brackets=1,x",
        "paths?direction=up&steps=99&within=abc",
        "funnel/people?at=99&lost=x",
        "retention/people?span=77&cohort=never",
        "paths/people?at=-3&did=",
    ],
)
def test_a_garbled_address_never_breaks_a_page(bo, address):
    assert bo.get(f"/explore/{address}").status_code in (200, 400)


@pytest.mark.parametrize(
    ("address", "first"),
    [
        (FUNNEL, {"group": "everybody", "name": "Product Viewed", "began": "100", "of_first": "1"}),
        (RETENTION, {"cohort": "everybody", "span": "0", "came_back": "0.5", "persons": "300"}),
        (PATHS, {"what": "step", "action": "Product Added", "share": "0.5", "persons": "100"}),
    ],
)
def test_the_file_holds_the_same_numbers_and_says_that_they_are_invented(cy, address, first):
    response = cy.get(address.replace("?", ".csv?"))
    row = next(csv.DictReader(io.StringIO(response.content.decode())))

    assert first.items() <= row.items()
    assert row["fictitious"] == "yes"
    assert 'filename="fictitious-' in response.headers["Content-Disposition"]


def test_each_kind_of_question_is_a_tab(bo):
    page = body(bo, "/explore")

    for name in ("funnel", "retention", "paths"):
        assert f'href="/explore/{name}"' in page
