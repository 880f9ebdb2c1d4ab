"""Ease: the page says where it is hard, for how many, and what it cannot see; people are named to those who may."""

from __future__ import annotations

from typing import Any

import pytest
from tests.house import House, track
from tests.web.encounters.test_logging_page import open_house

pytestmark = pytest.mark.slow

__all__ = ["open_house"]

GRANTS = {"analytics": True}
HOSTILE = "<script>alert(1)</script>"


def fill_in(house: House, form: str, *, errors: int, people: int = 6, name: str = "p") -> None:
    """`people` people fill in a form and meet so many errors each, at the field city."""
    for number in range(people):
        who = f"{name}{number}@example.com"
        house.take(
            track(who, "Form Viewed", consent=GRANTS, properties={"object": form}),
            *(
                track(who, "Form Error", consent=GRANTS, properties={"object": form, "field": "city"})
                for _ in range(errors)
            ),
            track(who, "Form Submitted", consent=GRANTS, properties={"object": form}),
        )


def test_the_hardest_form_is_named_first(cy: Any, open_house: House) -> None:
    fill_in(open_house, "account", errors=0)
    fill_in(open_house, "returns", errors=2)

    page = cy.get("/ease").content.decode()

    assert "Where do we make it hard for people?" in page
    assert "Most of all in “returns”: of 100 times that people went through it, about 100 were hard." in page
    assert page.index("Met an error: 12 times") < page.index("nothing that made it hard")
    assert "(city)" in page
    assert "Of searches we cannot say anything" in page


def test_it_is_quiet_where_nothing_came_in(cy: Any, open_house: House) -> None:
    page = cy.get("/ease").content.decode()

    assert "We cannot say" in page
    assert "Form Viewed" in page


def test_who_reads_counts_finds_no_way_to_people(cy: Any, open_house: House) -> None:
    fill_in(open_house, "returns", errors=1)

    page = cy.get("/ease").content.decode()

    assert "/ease/people" not in page
    assert "/people/" not in page
    assert cy.get("/ease/people?kind=form&flow=returns").status_code == 403


def test_who_may_see_people_walks_to_them(bo: Any, open_house: House) -> None:
    fill_in(open_house, "returns", errors=1)

    assert "/ease/people?kind=form&amp;flow=returns" in bo.get("/ease").content.decode()
    page = bo.get("/ease/people?kind=form&flow=returns").content.decode()

    assert "6 people went through “returns” lately" in page
    assert open_house.person("p0@example.com", "user_id") in page
    assert "p0@example.com" not in page


@pytest.mark.parametrize("flow", ["returns", "", HOSTILE, "x' OR '1'='1"])
def test_fewer_than_five_are_not_named(bo: Any, open_house: House, flow: str) -> None:
    fill_in(open_house, "returns", errors=1, people=4)

    answer = bo.get("/ease/people", {"kind": "form", "flow": flow, "page": "-1"})

    assert answer.status_code == 400
    assert "Fewer than five people" in answer.content.decode()
    assert HOSTILE not in answer.content.decode()
    assert "hidden, so that nobody can be told apart" in bo.get("/ease").content.decode()


def test_a_form_called_as_another_flow_is_told_apart(bo: Any, open_house: House) -> None:
    fill_in(open_house, "checkout", errors=1)

    assert "“checkout (form)”" in bo.get("/ease").content.decode()


def test_a_form_with_a_hostile_name_is_only_shown(bo: Any, open_house: House) -> None:
    fill_in(open_house, HOSTILE, errors=1)

    page = bo.get("/ease").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert HOSTILE not in page


def test_the_canary_is_nowhere(bo: Any, open_house: House) -> None:
    fill_in(open_house, "returns", errors=1)
    open_house.take(
        track("canary", "Form Error", consent={"analytics": False}, properties={"object": "canary form", "field": "c"})
    )

    pages = bo.get("/ease").content.decode() + bo.get("/ease/people?kind=form&flow=returns").content.decode()

    assert "canary" not in pages
    assert open_house.person("canary") not in pages
