"""The customer's own page over HTTP: her link, her words, and nothing without the link."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.house import YES, House, identify, track

from kundskab.web import desk as desks


@pytest.fixture
def house(house: House, desk: Any) -> House:
    desks.use(house.desk)
    house.take(
        identify("ann", "a-phone", consent=YES, traits={"city": "Umeå"}),
        track("ann", "Looked at tents", consent=YES),
        track("bo", "Secret of Bo", consent=YES),
        key="server",
    )
    return house


@pytest.fixture
def ann(house: House) -> Client:
    client = Client(enforce_csrf_checks=True)
    link = house.desk.own.link_for(house.person("ann"), who="Cy")
    answer = client.get(f"/me/in/{link}")
    assert (answer.status_code, answer["Location"]) == (302, "/me")
    return client


def post(client: Client, address: str, **fields: str) -> Any:
    """What her browser does with a form of the page, its CSRF token with it."""
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/me").content.decode()))
    return client.post(address, {**fields, "csrfmiddlewaretoken": token}, follow=True)


@pytest.mark.slow
def test_she_reads_what_we_know(ann: Client) -> None:
    page = ann.get("/me").content.decode()

    assert "What do we know about you?" in page
    assert "Umeå" in page
    assert "Looked at tents" in page
    assert "Secret of Bo" not in page


@pytest.mark.slow
def test_there_is_no_script_on_it_and_no_way_into_the_house(ann: Client) -> None:
    page = ann.get("/me").content.decode()

    assert "<script" not in page
    assert 'href="/"' not in page
    assert ann.get("/people").status_code == 302, "to the sign-in"


@pytest.mark.slow
def test_the_link_does_not_stay_in_the_address_and_the_cookie_is_closed(ann: Client) -> None:
    cookie = ann.cookies["own_page"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/me", True, "Lax")
    assert ann.get("/me")["Cache-Control"] == "private, no-store"


@pytest.mark.slow
def test_her_no_holds(house: House, ann: Client) -> None:
    answer = post(ann, "/me/say", purpose="analytics", allow="no")

    assert "no longer for analytics" in answer.content.decode()
    assert house.seen() == ["Secret of Bo"]


@pytest.mark.slow
def test_leave_me_alone(house: House, ann: Client) -> None:
    post(ann, "/me/quiet")

    assert house.seen() == ["Secret of Bo"]


@pytest.mark.slow
def test_she_corrects_a_fact(house: House, ann: Client) -> None:
    answer = post(ann, "/me/correct", name="city", value="<b>Kiruna</b>")

    assert "&lt;b&gt;Kiruna&lt;/b&gt;" in answer.content.decode()


@pytest.mark.slow
def test_a_refused_correction_says_why(ann: Client) -> None:
    answer = post(ann, "/me/correct", name="city", value=" ")

    assert answer.status_code == 422
    assert "between 1 and 1000 signs" in answer.content.decode()


@pytest.mark.slow
def test_she_takes_a_copy(ann: Client) -> None:
    answer = post(ann, "/me/copy")

    assert answer["Content-Disposition"].startswith("attachment;")
    assert {event["action"] for event in answer.json()["what_we_recorded"]} == {"identified", "Looked at tents"}


@pytest.mark.slow
def test_a_request_reaches_the_privacy_officer_and_the_answer_reaches_her(
    house: House, ann: Client, visitor: Callable[[str], Any]
) -> None:
    post(ann, "/me/ask", kind="human", words="Call me.")
    officer = visitor("privacy")
    assert "Call me." in officer.get("/requests").content.decode()

    officer.post("/requests/1/settle", {"outcome": "We called."})

    assert "We called." in ann.get("/me").content.decode()
    assert "Nobody waits" in officer.get("/requests").content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("role", ["analyst", "reader"])
def test_requests_are_for_who_settles_them(house: House, visitor: Callable[[str], Any], role: str) -> None:
    client = visitor(role)

    assert client.get("/requests").status_code == 403
    assert client.post(f"/people/{house.person('ann')}/own-page").status_code == 403


@pytest.mark.slow
def test_the_officer_makes_a_link_that_opens(house: House, visitor: Callable[[str], Any]) -> None:
    page = visitor("privacy").post(f"/people/{house.person('ann')}/own-page").content.decode()
    [link] = re.findall(r"/me/in/([\w.-]+)", page)

    assert "Umeå" in Client().get(f"/me/in/{link}", follow=True).content.decode()


@pytest.mark.slow
def test_leaving_closes_it_on_this_device(ann: Client) -> None:
    post(ann, "/me/leave")

    assert ann.get("/me").status_code == 403


@pytest.mark.parametrize("address", ["/me", "/me/in/forged.link", "/me/in/e30.x"])
def test_without_a_link_it_stays_closed(house: House, address: str) -> None:
    answer = Client().get(address)

    assert answer.status_code == 403
    assert "Does this link still work?" in answer.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("deed", ["say", "quiet", "correct", "ask", "copy"])
def test_no_deed_without_a_link_or_by_another_site(house: House, ann: Client, deed: str) -> None:
    assert Client().post(f"/me/{deed}").status_code == 403
    assert ann.post(f"/me/{deed}").status_code == 403, "no CSRF token"
    assert house.desk.requests.open() == []
