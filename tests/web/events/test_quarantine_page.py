from dataclasses import replace

import pytest

from kundskab.pipeline.answers import ReplayReport
from kundskab.web.events.replays import sentence


def test_it_shows_what_could_not_be_read_and_what_helps(bo):
    page = bo.get("/events/quarantine").content.decode()

    assert "<h1>What could not be read, and why?</h1>" in page
    assert "2 events, for 2 different reasons." in page
    assert "Nobody did it: map a column to actor." in page
    assert "row 1,204" in page


def test_it_shows_one_reason_alone(bo):
    page = bo.get("/events/quarantine?reason=future_time").content.decode().split('id="rows"')[1]

    assert "It happens tomorrow" in page
    assert "Nobody did it" not in page


def test_it_escapes_what_was_sent(bo, desk):
    desk.bad = [
        replace(
            desk.bad[0], excerpt="<script>alert(1)</script>", help="<b>", source="<i>", event_id="<u>", reason="<s>"
        )
    ]

    page = bo.get("/events/quarantine").content.decode().split("<main")[1]

    for raw in ("<script>", "<b>", "<i>", "<u>", "<s>"):
        assert raw not in page


def test_it_replays_one_event(bo, desk):
    response = bo.post("/events/quarantine/replays", {"id": "7", "reason": "no_actor"}, follow=True)

    assert desk.asked == [("replay", ([7], None, "bo@example.com"))]
    assert response.redirect_chain[0][0] == "/events/quarantine?reason=no_actor"
    assert "Tried 12 events: 9 stored, 1 already there and 2 still unreadable." in response.content.decode()


def test_it_replays_those_that_were_ticked(bo, desk):
    bo.post("/events/quarantine/replays", {"id": ["7", "8"]})

    assert desk.asked == [("replay", ([7, 8], None, "bo@example.com"))]


def test_it_tells_what_became_of_those_replayed(bo):
    assert "Of those replayed so far: 9 stored." in bo.get("/events/quarantine").content.decode()


@pytest.mark.parametrize(("role", "masked"), [("analyst", True), ("privacy", False), ("owner", False)])
def test_values_are_seen_by_those_who_may_see_identifiers(visitor, desk, role, masked):
    page = visitor(role).get("/events/quarantine").content.decode()

    assert desk.masked is masked
    assert ("Values are shown as their types" in page) is masked


def test_it_replays_all_of_a_reason(bo, desk):
    bo.post("/events/quarantine/replays", {"reason": "no_actor"})

    assert desk.asked == [("replay", (None, "no_actor", "bo@example.com"))]


def test_it_refuses_to_replay_what_is_no_number_and_everything_at_once(bo, desk):
    assert bo.post("/events/quarantine/replays", {"id": "all"}).status_code == 400
    assert bo.post("/events/quarantine/replays", {}).status_code == 400
    assert desk.asked == []


def test_it_says_when_there_is_nothing(bo, desk):
    desk.bad = []

    assert "Nothing. Every event that came in could be read." in bo.get("/events/quarantine").content.decode()


def test_a_replay_of_nothing_says_so():
    assert sentence(ReplayReport(0, 0, 0, 0, 0)) == "There was nothing to replay."
    assert sentence(ReplayReport(1, 0, 0, 0, 1)) == "Tried 1 event: 1 still unreadable."


def test_a_reader_may_not(cy, desk):
    assert cy.get("/events/quarantine").status_code == 403
    assert cy.post("/events/quarantine/replays", {"id": "7"}).status_code == 403
    assert desk.asked == []
