"""Refused events: what a person does not allow is not kept, is counted with its reason, and her no is remembered."""

from __future__ import annotations

import pytest
from tests.house import NO, YES, House, track

ALL_NO = {"analytics": False, "personalisation": False, "marketing": False}


@pytest.fixture
def asking(house: House) -> House:
    """The source `web` collects for analytics alone, and asks."""
    house.desk.create_source("web", purposes=["analytics"], who="Cy")
    return house


@pytest.mark.slow
def test_an_event_that_refuses_every_purpose_is_refused_at_the_door_and_its_body_dropped(asking: House) -> None:
    decision = asking.hear(track("ann", "Bought poison", consent=NO))
    asking.digest()

    assert decision.refused == {0: "signal"}
    assert b"poison" not in decision.body
    assert asking.desk.refusals() == {"signal": 1}
    assert asking.rows() == []
    assert asking.desk.books().balanced


@pytest.mark.slow
def test_one_refused_event_of_a_batch_leaves_the_others_whole(asking: House) -> None:
    asking.take(track(id="a", consent=YES), track("bo", id="b", consent=NO), track(id="c"), track(None, id="d"))

    books = asking.desk.books()
    assert (books.stored, books.refused, books.quarantined) == (2, 1, 1)
    assert asking.rows() == [("web", "a"), ("web", "c")]


@pytest.mark.slow
def test_a_no_that_the_door_heard_holds_for_what_came_in_elsewhere(asking: House) -> None:
    asking.desk.create_source("shop", who="Cy")
    asking.take(track("ann", "Bought", consent=YES), source="shop", key="server")
    assert asking.seen() == ["Bought"]
    asking.later(minutes=1)

    asking.take(track("ann", consent=NO))

    assert asking.seen() == []
    page = asking.desk.person(asking.person("ann"), who="Cy")
    assert page is not None
    assert {row.purpose: row.status for row in page.consents}["analytics"] == "refuse"


@pytest.mark.slow
def test_a_no_that_the_door_heard_is_no_event_of_the_tracking_plan(asking: House) -> None:
    plan = "{settings: {unknown_events: quarantine}, events: {Visited: {}}}"
    asking.desk.create_source("web", purposes=["analytics"], plan=plan, who="Cy")
    asking.take(track("ann", consent=YES))
    asking.later(minutes=1)

    asking.take(track("ann", consent=NO))

    assert asking.seen() == []
    assert asking.desk.books().refused == 1


@pytest.mark.slow
def test_a_source_that_strips_keeps_the_event_for_what_is_left(house: House) -> None:
    house.take(track("ann", consent=ALL_NO))

    assert house.seen("necessary") == ["Visited"]
    assert [house.seen(purpose) for purpose in ALL_NO] == [[], [], []]
    [row] = house.view("necessary").events.to_pyarrow().to_pylist()
    assert row["purposes"] == ["necessary"]


@pytest.mark.slow
def test_a_source_that_drops_keeps_nothing_once_all_that_can_be_refused_is(house: House) -> None:
    house.desk.create_source("web", on_refusal="drop", who="Cy")

    house.take(track("ann", consent=ALL_NO), track("bo", consent=NO))

    assert house.desk.refusals() == {"signal": 1}
    assert house.seen("necessary") == ["Visited"]


@pytest.mark.slow
def test_global_privacy_control_objects_to_marketing_and_personalisation(house: House) -> None:
    house.take(track("ann", consent={"analytics": True, "marketing": True}), gpc=True)

    page = house.desk.person(house.person("ann"), who="Cy")
    assert page is not None
    status = {row.purpose: row.status for row in page.consents}
    assert (status["marketing"], status["personalisation"], status["analytics"]) == ("object", "object", "grant")
    assert house.seen("marketing") == []
    assert house.seen("analytics") == ["Visited"]


def test_global_privacy_control_at_a_source_for_marketing_alone_keeps_nothing(house: House) -> None:
    house.desk.create_source("web", purposes=["marketing"], who="Cy")

    house.take(track("ann"), gpc=True)

    assert house.desk.refusals() == {"gpc": 1}


def test_what_she_withdrew_with_us_is_not_collected_any_more(asking: House) -> None:
    asking.says("ann", "withdraw")
    asking.later(minutes=1)

    asking.take(track("ann"), track("bo"))

    assert asking.desk.refusals() == {"no purpose left": 1}
    assert asking.desk.books().stored == 1


@pytest.mark.slow
def test_her_newer_yes_beats_her_older_no(asking: House) -> None:
    asking.says("ann", "withdraw")
    asking.later(minutes=1)

    asking.take(track("ann", consent=YES), key="server")

    assert asking.seen() == ["Visited"]


@pytest.mark.slow
def test_without_a_signal_nothing_is_granted(house: House) -> None:
    house.take(track("ann"))

    assert house.seen("analytics") == []
    assert house.seen("necessary") == ["Visited"]


@pytest.mark.slow
def test_a_source_that_sends_only_what_was_consented_to_needs_no_signal(house: House) -> None:
    house.desk.create_source("web", no_signal="declared", who="Cy")

    house.take(track("ann"))

    assert house.seen("analytics") == ["Visited"]


def test_events_of_a_source_without_purposes_are_refused(house: House) -> None:
    with house.home.vault.transaction() as tx:
        house.home.vault.put_source(tx, "mute", kind="live", label="mute", settings={"purposes": []}, at=house.now)

    house.take(track("ann"), source="mute")

    assert house.desk.refusals() == {"no purpose left": 1}


def test_an_event_that_cannot_be_true_is_not_even_kept_aside_when_it_refuses(asking: House) -> None:
    decision = asking.hear(track("ann", "Bought poison", consent=NO, timestamp="2099-01-01T00:00:00Z"))
    asking.digest()

    assert decision.refused == {0: "signal"}
    assert b"poison" not in decision.body
    books = asking.desk.books()
    assert (books.refused, books.quarantined, books.balanced) == (1, 0, True)


def test_an_event_without_an_actor_that_refuses_leaves_nothing_either(asking: House) -> None:
    asking.take(track(None, "Bought poison", consent=NO), track(None, "Bought bread"))

    books = asking.desk.books()
    assert (books.refused, books.quarantined, books.balanced) == (1, 1, True)
