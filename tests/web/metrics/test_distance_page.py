"""How far are we from our customers? One sentence with its doubt, a picture, a table, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.house import House, track
from tests.web.fake_desk import NOW


@pytest.fixture
def open_house(house: House, desk: object) -> Iterator[House]:
    """A real workspace behind the page, its clock at NOW."""
    from kundskab.web import desk as desks

    house.now = NOW
    desks.use(house.desk)
    yield house
    desks.use(None)


def crowd(house: House, **many: int) -> None:
    """So many persons per channel, with a contact in each of three months."""
    house.take(
        *(
            track(
                f"{channel}-{n}",
                "Product Viewed",
                timestamp=(NOW - timedelta(days=31 * month)).isoformat(),
                consent={"analytics": True},
                properties={"channel": channel},
            )
            for channel, persons in many.items()
            for n in range(persons)
            for month in range(3)
        )
    )


@pytest.mark.slow
def test_the_answer_is_a_natural_frequency_with_its_doubt(cy: Any, open_house: House) -> None:
    crowd(open_house, web=15, shop=5)

    page = cy.get("/distance").content.decode()

    assert "How far are we from our customers?" in page
    assert "Of 100 contacts with our customers, about 25 had one of us in them." in page
    assert "Between" in page
    assert "Of 100 customers about 75 were never met by anyone here since our records begin." in page
    assert "never met means never since then" in page


@pytest.mark.slow
def test_the_picture_has_a_mark_a_month_and_the_same_as_a_table(cy: Any, open_house: House) -> None:
    crowd(open_house, web=15, shop=5)

    page = cy.get("/distance").content.decode()

    assert page.count('class="hit"') == 3
    assert "The same as a table" in page
    assert "April 2026" in page
    assert "so far" in page


@pytest.mark.slow
def test_groups_stand_least_met_first_and_small_ones_are_hidden(cy: Any, open_house: House) -> None:
    crowd(open_house, web=15, shop=9, app=8, kiosk=3)

    page = cy.get("/distance?by=channel").content.decode()

    assert page.index(">web</th>") < page.index(">shop</th>")
    assert "hidden, so that nobody can be told apart" in page


@pytest.mark.slow
def test_an_unknown_way_to_group_shows_the_usual_one(cy: Any, open_house: House) -> None:
    crowd(open_house, web=6)

    answer = cy.get("/distance?by=actor'--")

    assert answer.status_code == 200
    assert '<option value="channel" selected>' in answer.content.decode()


@pytest.mark.slow
def test_with_nothing_known_it_says_what_to_do(cy: Any, open_house: House) -> None:
    page = cy.get("/distance").content.decode()

    assert "Nothing is known of anybody yet" in page
    assert 'href="/encounters/new"' in page


@pytest.mark.slow
def test_with_too_few_people_it_tells_of_nobody(cy: Any, open_house: House) -> None:
    crowd(open_house, shop=4)

    page = cy.get("/distance").content.decode()

    assert "Too few people allow analytics" in page
    assert "about 100" not in page


@pytest.mark.slow
def test_no_person_is_named_to_a_reader(cy: Any, bo: Any, open_house: House) -> None:
    crowd(open_house, web=6)

    page = cy.get("/distance").content.decode()

    assert open_house.person("web-0") not in page
    assert "/people" not in page
    assert "/people" in bo.get("/distance").content.decode()


def test_a_stranger_is_sent_away(stranger: Any, open_house: House) -> None:
    assert stranger.get("/distance").status_code == 302
