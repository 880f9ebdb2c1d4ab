from tests.web.fake_desk import ANN_TOKEN, BO_TOKEN

from kundskab.pipeline.answers import PeoplePage
from kundskab.pipeline.listing import Wanted


def test_it_lists_people_with_what_they_did(bo):
    page = bo.get("/people").content.decode()

    assert "<h1>Who are they?</h1>" in page
    assert "2 persons may be looked at for analytics." in page
    assert f"/people/{ANN_TOKEN}?purpose=analytics" in page
    assert "4,210.50 SEK" in page
    assert "app and web" in page


def test_it_opens_for_the_purpose_that_is_asked_for(bo, desk):
    bo.get("/people?purpose=marketing")

    assert desk.asked[-1] == ("people", ("marketing", "", "bo@example.com"))


def test_it_says_how_often_they_come_and_when_it_is_too_early(bo):
    page = bo.get("/people").content.decode()

    assert "about every 9 days" in page
    assert "too early to say" in page
    assert "Hawthorn Cove" in page


def test_it_narrows_down_and_orders_as_asked(bo, desk):
    bo.get("/people?seen=quiet&channel=app&order=events")

    assert desk.wanted == Wanted("events", None, 30, "app")


def test_it_takes_any_wish_without_breaking(bo, desk):
    assert bo.get("/people?seen=yesterday&channel=moon&order=worth").status_code == 200
    assert desk.wanted == Wanted()


def test_it_says_that_nobody_is_like_that(bo, desk):
    desk.people = lambda **_: PeoplePage([], 0, 1, 50)

    page = bo.get("/people?seen=away").content.decode()

    assert "Nobody like that may be looked at for analytics." in page


def test_it_falls_back_to_analytics_for_a_purpose_nobody_has_heard_of(bo, desk):
    page = bo.get("/people?purpose=surveillance").content.decode()

    assert desk.asked[-1][1][0] == "analytics"
    assert "may be looked at for analytics" in page


def test_it_finds_somebody_by_an_identifier_and_leaves_no_trace_of_it_in_the_address(bo, desk):
    response = bo.post("/people/searches", {"search": " ann@example.com ", "purpose": "analytics"})

    assert response["Location"] == f"/people/{ANN_TOKEN}?purpose=analytics"
    assert desk.asked == [("people", ("analytics", "ann@example.com", "bo@example.com"))]


def test_it_says_when_it_finds_nobody_and_nothing_more(bo):
    page = bo.post("/people/searches", {"search": BO_TOKEN}).content.decode()

    assert "Nobody by that name who permits analytics." in page
    assert f"/people/{BO_TOKEN}" not in page


def test_it_does_not_take_searches_by_address(bo):
    assert bo.get("/people/searches?search=ann@example.com").status_code == 405


def test_it_says_what_makes_people_appear_while_there_are_none(bo, desk):
    desk.people = lambda **_: PeoplePage([], 0, 1, 50)

    page = bo.get("/people").content.decode()

    assert "Nobody yet who may be looked at for analytics." in page


def test_it_takes_any_page_number_without_breaking(bo):
    for page in ("0", "-1", "x", "9" * 40, "²"):
        assert bo.get("/people", {"page": page}).status_code == 200


def test_a_reader_may_not(cy, desk):
    assert cy.get("/people").status_code == 403
    assert cy.post("/people/searches", {"search": "ann@example.com"}).status_code == 403
    assert desk.asked == []
