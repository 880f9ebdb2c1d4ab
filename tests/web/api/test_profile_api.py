"""A company's server asks who somebody is."""

from __future__ import annotations

from typing import Any

import pytest
from tests.house import YES, House, identify, track

from kundskab.pipeline.notes import settle


@pytest.mark.slow
def test_it_finds_ann_with_her_facts_consents_and_activity(server: Any) -> None:
    status, ann = server.post("/api/profiles/find", {"who": {"user_id": "ann"}})

    assert status == 200
    assert [(fact["name"], fact["value"], fact["how"], fact["source"]) for fact in ann["facts"]] == [
        ("city", "Lund", "given", "web"),
        ("shoe_size", 42, "given", "web"),
    ]
    assert [(row["purpose"], row["allowed"]) for row in ann["consents"]] == [("analytics", True)]
    assert ann["activity"]["actions"] == {"Order Completed": 1, "identified": 1}
    assert ann["activity"]["first_seen"] == ann["activity"]["last_seen"] == "2026-03-01T12:00:00Z"


@pytest.mark.slow
def test_the_token_it_gave_leads_to_the_same_profile(server: Any) -> None:
    _, by_identifier = server.post("/api/profiles/find", {"who": {"user_id": "ann"}})

    status, by_token = server.get(f"/api/people/{by_identifier['person']}")

    assert (status, by_token) == (200, by_identifier)


@pytest.mark.slow
def test_a_device_that_a_browser_claims_reads_nothing_of_her(server: Any, house: House) -> None:
    house.take(identify("ann", "strangers-phone", traits={"nickname": "x"}, consent=YES), key="browser")

    _, strangers = server.post("/api/profiles/find", {"who": {"anonymous_id": "strangers-phone"}})
    _, hers = server.post("/api/profiles/find", {"who": {"anonymous_id": "phone"}})

    assert "shoe_size" not in str(strangers)
    assert strangers["person"] != server.token(user_id="ann")
    assert strangers["activity"]["events"] <= 1
    assert "shoe_size" in str(hers)  # a server verified that this phone is hers


@pytest.mark.slow
def test_nothing_of_bo_who_refused_comes_out(server: Any) -> None:
    _, bo = server.post("/api/profiles/find", {"who": {"user_id": "bo"}})
    _, events = server.get(f"/api/people/{bo['person']}/events")

    assert (bo["facts"], bo["activity"]["events"], events["events"]) == ([], 0, [])


@pytest.mark.slow
def test_a_withdrawal_holds_for_the_very_next_answer(server: Any, house: House) -> None:
    ann = server.token(user_id="ann")
    house.later(seconds=1)
    house.says("ann", "withdraw")

    assert server.get(f"/api/people/{ann}/facts") == (200, {"facts": []})
    assert server.get(f"/api/people/{ann}/events")[1]["events"] == []


@pytest.mark.slow
def test_every_reading_is_in_the_audit_under_the_name_of_the_key(server: Any, house: House) -> None:
    ann = server.token(user_id="ann")
    for path in ("", "/facts", "/known?question=city", "/events", "/consents"):
        server.get(f"/api/people/{ann}{path}")
    settle(house.home)

    rows = house.home.vault.audit_rows(subject=ann)

    assert [row.action for row in reversed(rows)] == [
        "read profile", "read profile", "read facts", "read known answers", "read events", "read consents",
    ]  # fmt: skip
    assert {row.who for row in rows} == {"Shop backend (read key 1)"}
    assert house.desk.read_keys.every()[0].last_used_at == house.now


@pytest.mark.slow
def test_facts_come_with_their_history(server: Any, house: House) -> None:
    house.later(days=1)
    house.take(identify("ann", traits={"city": "Malmö"}, consent=YES), key="server")

    _, told = server.get(f"/api/people/{server.token(user_id='ann')}/facts")

    assert [fact["value"] for fact in told["facts"] if fact["name"] == "city"] == ["Lund", "Malmö"]


def test_it_tells_what_need_not_be_asked_again(server: Any) -> None:
    ann = server.token(user_id="ann")

    status, found = server.get(f"/api/people/{ann}/known", question=["shoeSize", "birth_year"])

    assert status == 200
    assert [(one["question"], one["state"], one["value"]) for one in found["answers"]] == [
        ("shoeSize", "known", 42),
        ("birth_year", "unknown", None),
    ]


@pytest.mark.slow
def test_events_come_page_by_page_without_gap_or_double(server: Any, house: House) -> None:
    house.take(*(track("ann", f"Step {n}", consent=YES) for n in range(5)), key="server")
    ann = server.token(user_id="ann")
    seen, place = [], None
    while True:
        _, page = server.get(f"/api/people/{ann}/events", limit=3, **({"before": place} if place else {}))
        seen += [event["event_id"] for event in page["events"]]
        if (place := page["next"]) is None:
            break

    assert len(seen) == len(set(seen)) == 7  # all at the same moment


def test_the_books_are_told_to_any_key(server: Any) -> None:
    status, books = server.get("/api/status")

    assert (status, books["received"], books["balanced"]) == (200, 3, True)
