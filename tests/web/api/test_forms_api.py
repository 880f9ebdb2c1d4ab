"""A form asks what it need not ask, and tells what it asked after all."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from tests.house import YES, House, identify, track

from kundskab.pipeline.notes import settle
from kundskab.vault.signing import signature

ANN = {"user_id": "ann"}
COUNTED = ("planned", "skipped", "asked", "asked_twice")
QUESTIONS = [{"name": "shoe_size"}, {"name": "email"}, {"name": "city", "always_ask": True}]


def plan(server: Any, who: Any = ANN, **more: Any) -> dict[str, tuple[str, str | None, Any]]:
    """question -> (what to do, why, value)."""
    status, found = server.post("/api/forms/plan", {"form": "checkout", "who": who, "questions": QUESTIONS, **more})
    assert status == 200, found
    return {one["question"]: (one["do"], one["why"], one["value"]) for one in found["questions"]}


@pytest.mark.slow
def test_it_skips_what_we_know_and_asks_the_rest(server: Any) -> None:
    assert plan(server) == {
        "shoe_size": ("skip", None, 42),
        "email": ("ask", None, None),
        "city": ("ask", "always asked", None),
    }


@pytest.mark.slow
def test_an_old_answer_is_to_be_confirmed(server: Any, house: House) -> None:
    house.later(days=40)

    found = plan(server, questions=[{"name": "shoe_size", "max_age_days": 30}, {"name": "city"}])

    assert found == {"shoe_size": ("confirm", "old", 42), "city": ("skip", None, "Lund")}


@pytest.mark.slow
def test_what_a_visitor_typed_fishes_for_nothing(server: Any, house: House) -> None:
    house.take(identify("ann", context={"traits": {"email": "ann@example.com"}}, consent=YES), key="server")
    house.home.vault.find("email", "ann@example.com")

    known = plan(server, who={"email": "ann@example.com"})
    unknown = plan(server, who={"email": "nobody@example.com"})
    cookie = plan(server, who={"anonymous_id": "phone"})

    assert known == unknown
    assert known["shoe_size"] == ("ask", "not signed in", None)
    assert "skip" not in str(cookie)
    assert plan(server, who={"anonymous_id": "phone"}, signed_in=True)["shoe_size"] == ("skip", None, 42)


@pytest.mark.slow
def test_a_stranger_with_the_browser_key_cannot_answer_for_ann(server: Any, house: House) -> None:
    house.later(days=1)
    house.take(identify("ann", "strangers-phone", traits={"shoe_size": 36}, consent=YES), key="browser")

    assert plan(server)["shoe_size"] == ("confirm", "claimed", 36)


@pytest.mark.slow
def test_what_a_browser_says_with_her_companys_signature_is_known(server: Any, desk: Any, house: House) -> None:
    key = desk.create_key("web", kind="server", who="Cy")
    signed = signature(sha256(key.encode()).digest(), "identify:ann")
    consent = {"categoryPreferences": YES}
    house.later(days=1)
    house.take(identify("ann", "phone", traits={"shoe_size": 43}, context={"signature": signed, "consent": consent}))

    assert plan(server)["shoe_size"] == ("skip", None, 43)


def test_somebody_of_whom_nothing_is_known_is_asked_everything(server: Any) -> None:
    assert {do for do, _, _ in plan(server, who={"user_id": "cy"}).values()} == {"ask"}
    assert {do for do, _, _ in plan(server, who=None).values()} == {"ask"}


@pytest.mark.slow
def test_what_was_asked_although_known_is_counted_and_told_on_her_timeline(server: Any, house: House) -> None:
    plan(server)
    status, told = server.post("/api/forms/asked", {"form": "checkout", "who": ANN, "questions": QUESTIONS[:2]})
    settle(house.home)
    house.digest()

    _, week = server.get("/api/forms/counts")
    _, page = server.get(f"/api/people/{server.token(user_id='ann')}/events")

    assert (status, told) == (200, {"asked": 2, "asked_twice": ["shoe_size"]})
    assert week["sentence"] == "Asked twice: once, in checkout."
    counts = {row["question"]: tuple(row[name] for name in COUNTED) for row in week["rows"]}
    assert counts == {"shoe_size": (1, 1, 1, 1), "email": (1, 0, 1, 0), "city": (1, 0, 0, 0)}
    assert [(event["action"], event["object"]) for event in page["events"][:2]] == [("Question Asked", "checkout")] * 2


@pytest.mark.slow
def test_an_answer_given_since_was_not_known_when_she_was_asked(server: Any, house: House) -> None:
    shown = house.now
    house.later(minutes=5)
    house.take(identify("ann", traits={"birth_year": 1980}, consent=YES), key="server")
    asked = {"form": "f", "who": ANN, "questions": [{"name": "birth_year"}]}

    _, then = server.post("/api/forms/asked", {**asked, "shown_at": shown.isoformat()})
    _, now = server.post("/api/forms/asked", asked)

    assert (then["asked_twice"], now["asked_twice"]) == ([], ["birth_year"])


@pytest.mark.slow
def test_who_permits_nothing_is_counted_but_has_no_timeline(server: Any, house: House) -> None:
    server.post("/api/forms/asked", {"form": "f", "who": {"user_id": "bo"}, "questions": [{"name": "city"}]})
    settle(house.home)
    house.digest()

    assert server.get("/api/forms/counts")[1]["asked"] == 1
    assert house.seen() == ["Order Completed", "identified"]


@pytest.mark.slow
def test_forms_that_tell_by_themselves_are_counted_too(server: Any, house: House) -> None:
    house.later(minutes=1)
    asked = track("ann", "Question Asked", properties={"object": "returns", "question": "shoe_size"}, consent=YES)
    new = track("ann", "Question Asked", properties={"object": "returns", "question": "height"}, consent=YES)
    house.take(asked, new, key="server")

    _, week = server.get("/api/forms/counts")

    assert [(row["form"], row["question"], row["asked"], row["asked_twice"]) for row in week["rows"]] == [
        ("returns", "shoe_size", 1, 1),
        ("returns", "height", 1, 0),
    ]


@pytest.mark.slow
def test_counts_of_another_week_are_told_apart(server: Any, house: House) -> None:
    server.post("/api/forms/asked", {"form": "f", "who": ANN, "questions": [{"name": "city"}]})
    settle(house.home)
    house.later(days=7)

    assert server.get("/api/forms/counts")[1]["asked"] == 0
    assert server.get("/api/forms/counts", week="2026-02-25")[1]["asked_twice"] == 1
