"""Writing an encounter down: anybody here may, in any browser, and nothing that was typed is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.house import House
from tests.web.fake_desk import NOW

PATH = "/encounters/new"
WORDS = 'The zip <script>alert(1)</script> jams & "pulls".'


@pytest.fixture
def open_house(house: House, desk: object) -> Iterator[House]:
    """A real workspace behind the pages."""
    from kundskab.web import desk as desks

    house.now = NOW
    desks.use(house.desk)
    yield house
    desks.use(None)


def filled(**changes: str) -> dict[str, str]:
    form = {"id": "a" * 32, "whom": "ann@example.com", "kind": "visit", "words": WORDS, "reading": "tired of us"}
    return form | {"research": "not asked", "staff": "Bo", "at": ""} | changes


def latest(house: House) -> list[Any]:
    return house.desk.encounters.latest(who="test")


@pytest.mark.slow
@pytest.mark.parametrize("role", ["owner", "privacy", "analyst", "reader"])
def test_every_rank_may_log(visitor: Any, open_house: House, role: str) -> None:
    answer = visitor(role).post(PATH, filled())

    assert (answer.status_code, answer["Location"]) == (302, "/encounters")
    [encounter] = latest(open_house)
    assert (encounter.words, encounter.reading, encounter.staff) == (WORDS, "tired of us", "Bo")


@pytest.mark.slow
def test_two_clicks_on_send_are_one_encounter(cy: Any, open_house: House) -> None:
    cy.post(PATH, filled())
    cy.post(PATH, filled())

    assert len(latest(open_house)) == 1


@pytest.mark.slow
def test_it_remembers_who_of_us_on_this_phone(cy: Any, open_house: House) -> None:
    cy.post(PATH, filled(staff="Åsa <b>"))

    page = cy.get(PATH).content.decode()

    assert 'value="Åsa &lt;b&gt;"' in page


@pytest.mark.slow
def test_bad_input_gives_the_words_back_and_says_what_is_wrong(cy: Any, open_house: House) -> None:
    answer = cy.post(PATH, filled(kind="", at="yesterday"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose how you met." in page
    assert "This time cannot be read" in page
    assert "The zip &lt;script&gt;" in page
    assert latest(open_house) == []


def test_a_future_meeting_gives_the_words_back(cy: Any, open_house: House) -> None:
    answer = cy.post(PATH, filled(at="2027-01-01T10:00"))

    assert answer.status_code == 422
    assert "lies in the future" in answer.content.decode()
    assert "The zip" in answer.content.decode()


@pytest.mark.slow
def test_who_was_signed_out_meanwhile_gets_the_words_back(stranger: Any, open_house: House) -> None:
    answer = stranger.post(PATH, filled())

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Nothing is lost" in page
    assert "The zip &lt;script&gt;" in page
    assert 'value="' + "a" * 32 in page  # the same encounter when it is sent again
    assert latest(open_house) == []


def test_who_was_signed_out_keeps_the_person_they_came_from(stranger: Any, open_house: House) -> None:
    page = stranger.post(PATH, filled(whom="", person="0123456789ab")).content.decode()

    assert 'name="person" value="0123456789ab"' in page


@pytest.mark.slow
def test_a_form_of_another_session_gives_the_words_back(open_house: House, visitor: Any) -> None:
    from django.test import Client

    cy = visitor("reader")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = cy.cookies

    answer = strict.post(PATH, filled())

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "send it again" in page
    assert latest(open_house) == []
    fresh = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert fresh is not None
    assert strict.post(PATH, filled() | {"csrfmiddlewaretoken": fresh[1]}).status_code == 302


def test_a_stranger_is_sent_to_the_sign_in(stranger: Any, open_house: House) -> None:
    assert stranger.get(PATH)["Location"].startswith("/sign-in")


@pytest.mark.slow
def test_a_reader_learns_nothing_by_guessing(cy: Any, open_house: House) -> None:
    cy.post(PATH, filled(id="b" * 32))
    token = open_house.person("ann@example.com", "email")

    answers = [
        cy.post(PATH, filled(id=f"{n:032x}", whom=whom, person=person))
        for n, (whom, person) in enumerate(
            [("ann@example.com", ""), ("no@example.com", ""), ("", token), ("", "0" * 12)]
        )
    ]

    assert {(one.status_code, one["Location"]) for one in answers} == {(302, "/encounters")}
    persons = [one.person for one in latest(open_house)]
    assert persons.count(token) == 2  # by her address only: a token from a reader is nobody's


@pytest.mark.slow
def test_an_analyst_may_come_from_a_person(bo: Any, open_house: House) -> None:
    bo.post(PATH, filled())
    token = open_house.person("ann@example.com", "email")

    page = bo.get(f"{PATH}?person={token}").content.decode()
    bo.post(PATH, filled(id="c" * 32, whom="", person=token))

    assert f'value="{token}"' in page
    assert [one.person for one in latest(open_house)] == [token, token]


def test_a_guessed_token_gives_an_analyst_the_words_back(bo: Any, open_house: House) -> None:
    answer = bo.post(PATH, filled(whom="", person="0123456789ab"))

    assert answer.status_code == 422
    assert "The zip" in answer.content.decode()


@pytest.mark.slow
def test_ten_thousand_signs_fit_and_twenty_thousand_and_one_are_given_back(cy: Any, open_house: House) -> None:
    assert cy.post(PATH, filled(words="å" * 10_000)).status_code == 302
    answer = cy.post(PATH, filled(id="d" * 32, words="å" * 20_001))

    assert answer.status_code == 422
    assert "å" * 20_001 in answer.content.decode()
