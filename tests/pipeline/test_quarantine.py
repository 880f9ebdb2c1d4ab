"""Quarantine: what cannot be an event is kept with its reason, never lost, and can be tried again."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from tests.events.corpus import BODIES, EVENTS
from tests.house import NO, NOON, YES, House, identify, track

from kundskab.events import TooLarge, Unreadable
from kundskab.journal import Entry
from kundskab.lake import Lake
from kundskab.vault import Vault

STRICT = "{settings: {unknown_events: quarantine}, events: {Bought: {properties: {price: {required: true}}}}}"
OPEN = "settings: {unknown_events: keep}"


class Killed(Exception):
    """The process is gone at this point."""


def with_plan(house: House, plan: str, **settings: object) -> None:
    house.desk.create_source("web", plan=plan, who="Cy", **settings)


@pytest.mark.slow
def test_what_cannot_be_an_event_is_kept_with_its_reason(house: House) -> None:
    far = (NOON + timedelta(days=3)).isoformat()

    house.take(track(None), track(timestamp=far), track(timestamp="yesterday"), {"type": "dance", "userId": "ann"}, 42)

    page = house.desk.quarantine()
    assert page.reasons == {"no_actor": 1, "future_time": 1, "bad_time": 1, "unknown_type": 1, "not_an_object": 1}
    assert page.total == house.desk.books().quarantined == 5
    assert all(row.help.endswith((".", "?")) for row in page.rows)
    assert house.rows() == []


def test_the_page_shows_one_reason_at_a_time_and_only_a_piece_of_the_body(house: House) -> None:
    house.take(track(None, properties={"long": "x" * 5_000}), *[track(None) for _ in range(4)], 42)

    page = house.desk.quarantine(reason="no_actor", page=2, size=3)

    assert (page.total, len(page.rows), page.reasons["not_an_object"]) == (5, 2, 1)
    assert all(len(row.excerpt) <= 240 for row in page.rows)


def test_the_page_shows_what_is_wrong_and_not_who_it_was(house: House) -> None:
    wrong = identify("ann@example.com", "phone-7", timestamp="yesterday", traits={"name": "Ann Ek"})
    house.take(wrong | {"context": {"traits": {"city": "Umeå"}}}, track("undefined", timestamp="tomorrow"))

    shown = {orjson.loads(row.excerpt)["userId"]: row.excerpt for row in house.desk.quarantine().rows}

    assert set(shown) == {"(hidden)", "undefined"}  # what is no identifier may be what is wrong
    assert "yesterday" in shown["(hidden)"]
    assert not any(word in shown["(hidden)"] for word in ("ann@", "phone-7", "Ann Ek", "Umeå"))


@pytest.mark.slow
def test_nothing_that_senders_send_stops_the_digest_or_is_lost(house: House) -> None:
    for _, body in BODIES:
        try:
            house.hear_body(body)
        except (Unreadable, TooLarge):
            continue  # the door answered 400 or 413: nothing was acknowledged
    for _, event in EVENTS:
        house.hear(event)

    house.digest()

    books = house.desk.books()
    assert books.balanced
    assert books.waiting == 0
    assert books.stored > 10
    assert books.quarantined > 10
    house.desk.replay(None, who="Cy")
    assert house.desk.books().balanced


def test_a_body_that_the_program_reads_no_more_is_put_aside_whole(house: House) -> None:
    meta = b'{"path_type":null,"gpc":false,"key":"browser"}'
    house.journal("00").append(
        [Entry("web", NOON, meta, b"not JSON any more", 2), Entry("web", NOON, meta, b'{"batch":[1]}', 3)]
    )

    house.take(track("ann"))

    books = house.desk.books()
    assert (books.quarantined, books.stored, books.balanced) == (5, 1, True)
    assert house.desk.quarantine().reasons == {"unreadable": 5}


@pytest.mark.slow
def test_the_tracking_plan_of_a_source_binds_that_source_alone(house: House) -> None:
    with_plan(house, STRICT)
    house.desk.create_source("shop", who="Cy")

    house.hear(track(action="Bought", id="ok", properties={"price": 3}), track(action="Bought"), track(action="Danced"))
    house.hear(track(action="Danced", id="free"), source="shop")
    house.digest()

    assert house.rows() == [("shop", "free"), ("web", "ok")]
    assert house.desk.quarantine().reasons == {"plan_violation": 2}


@pytest.mark.slow
def test_a_plan_that_strips_keeps_only_the_listed_properties(house: House) -> None:
    with_plan(house, "settings: {unlisted: strip}\nevents: {Bought: {properties: {size: string}}}")

    house.take(track(action="Bought", properties={"size": "M", "shoe": "left"}, consent=YES))

    [properties] = house.view().events.properties.to_pyarrow().to_pylist()
    assert orjson.loads(properties) == {"size": "M"}


@pytest.mark.slow
def test_replay_under_a_new_plan_moves_the_count(house: House) -> None:
    with_plan(house, STRICT)
    house.take(track(action="Danced", id="a"), track(None, id="b"))
    with_plan(house, OPEN)

    report = house.desk.replay(None, who="Cy")

    assert (report.tried, report.stored, report.still_quarantined) == (2, 1, 1)
    books = house.desk.books()
    assert (books.received, books.stored, books.quarantined, books.balanced) == (2, 1, 1, True)
    assert house.desk.quarantine().total == 1
    assert house.rows() == [("web", "a")]


@pytest.mark.slow
def test_replay_twice_changes_nothing_more(house: House) -> None:
    with_plan(house, STRICT)
    house.take(track(action="Danced", id="a"))
    with_plan(house, OPEN)
    [row] = house.desk.quarantine().rows
    house.desk.replay([row.id], who="Cy")

    report = house.desk.replay([row.id], who="Cy")

    assert (report.tried, report.stored) == (0, 0)
    assert house.desk.books().stored == 1
    assert house.rows() == [("web", "a")]


def test_replay_of_one_reason_leaves_the_others(house: House) -> None:
    with_plan(house, STRICT)
    house.take(track(action="Danced"), track(None))
    with_plan(house, OPEN)

    report = house.desk.replay(None, reason="no_actor", who="Cy")

    assert (report.tried, report.stored, report.still_quarantined) == (1, 0, 1)
    assert house.desk.quarantine().reasons == {"no_actor": 1, "plan_violation": 1}


@pytest.mark.slow
def test_a_replayed_event_keeps_the_time_type_and_consent_it_came_with(house: House) -> None:
    with_plan(house, "events: {identified: {properties: {never: {required: true}}}}")
    sent = NOON - timedelta(hours=5)  # the sender's clock is five hours slow
    slow = {"timestamp": (sent - timedelta(minutes=1)).isoformat(), "sentAt": sent.isoformat()}
    house.take({"userId": "ann", "traits": {"plan": "gold"}, **slow}, path_type="identify", gpc=True)
    house.take(identify("bo", timestamp=slow["timestamp"]), sentAt=sent.isoformat())
    with_plan(house, OPEN)

    house.desk.replay(None, who="Cy")

    rows = house.view("necessary").events.to_pyarrow().to_pylist()
    assert [row["action"] for row in rows] == ["identified", "identified"]
    assert {row["occurred_at"] for row in rows} == {NOON - timedelta(minutes=1)}
    assert {frozenset(row["purposes"]) for row in rows} == {
        frozenset({"necessary", "analytics"}),  # GPC took the other two
        frozenset({"necessary", "analytics", "personalisation", "marketing"}),
    }


@pytest.mark.slow
def test_of_two_nameless_equals_a_later_program_stores_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    nameless = {"type": "track", "event": "Danced", "userId": "ann", "timestamp": "2026-03-09T00:00:00Z"}
    house.take(nameless)
    house.take(nameless)
    monkeypatch.setattr("kundskab.events.door.FURTHEST_AHEAD", timedelta(days=30))

    report = house.desk.replay(None, who="Cy")

    assert (report.stored, report.duplicates) == (1, 1)
    books = house.desk.books()
    assert (books.stored, books.duplicate, books.quarantined, books.balanced) == (1, 1, 0, True)


@pytest.mark.slow
def test_what_the_person_refuses_by_now_is_not_stored_by_a_replay(house: House) -> None:
    house.desk.create_source("web", purposes=["analytics"], plan=STRICT, who="Cy")
    house.take(track(action="Danced"))
    house.says("ann", "withdraw")
    house.desk.create_source("web", purposes=["analytics"], plan=OPEN, who="Cy")

    report = house.desk.replay(None, who="Cy")

    assert (report.refused, report.stored) == (1, 0)
    assert house.desk.refusals() == {"no purpose left": 1}
    assert house.desk.books().balanced


@pytest.mark.slow
@pytest.mark.parametrize(
    ("owner", "deed"), [(Vault, "mark_replayed"), (Lake, "commit"), (Lake, "write"), (Vault, "add_facts")]
)
def test_a_replay_killed_anywhere_is_finished_by_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch, owner: type, deed: str
) -> None:
    house.desk.create_source("web", purposes=["analytics"], plan=STRICT, who="Cy")
    house.take(
        track("ann", "Danced", id="stored"),
        track("bo", "Danced", id="refused"),
    )
    house.says("bo", "withdraw")
    house.desk.create_source("web", purposes=["analytics"], plan=OPEN, who="Cy")

    def doomed(*arguments: object, **options: object) -> object:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, deed, doomed)
        with pytest.raises(Killed):
            house.desk.replay(None, who="Cy")
    house.restart()
    assert house.desk.books().balanced
    house.take(track("ann", "Ate", id="meanwhile"))  # a digest comes first, as after any restart

    house.desk.replay(None, who="Cy")
    house.desk.replay(None, who="Cy")

    books = house.desk.books()
    assert (books.stored, books.refused, books.quarantined) == (2, 1, 0)
    assert house.rows() == [("web", "meanwhile"), ("web", "stored")]
    assert house.desk.quarantine().total == 0


@pytest.mark.slow
def test_a_replay_leaves_what_a_killed_digest_has_not_committed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # Else the row would come twice: once by the replay, and once by the digest that begins anew under the new plan.
    with_plan(house, STRICT)
    house.hear(track(action="Danced", id="a"))
    with monkeypatch.context() as patch:
        patch.setattr(Lake, "commit", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            house.digest()
    with_plan(house, OPEN)

    house.desk.replay(None, who="Cy")
    house.digest()
    house.desk.replay(None, who="Cy")

    assert house.rows() == [("web", "a")]
    assert house.desk.books().balanced
    assert house.desk.quarantine().total == 0


@pytest.mark.slow
def test_rows_of_a_file_stay_until_the_file_is_mended(house: House, tmp_path) -> None:
    from kundskab.pipeline.importing import import_events

    (tmp_path / "orders.csv").write_text("who,when\nann,2026-02-01\n,2026-02-02\n")
    import_events(
        house.home,
        tmp_path / "orders.csv",
        mapping={"actor": "who", "occurred_at": "when", "action": "='bought'"},
        now=lambda: house.now,
    )

    report = house.desk.replay(None, who="Cy")

    assert (report.tried, report.still_quarantined) == (1, 1)
    assert house.desk.quarantine().rows[0].row_number == 2


@pytest.mark.slow
def test_a_refusal_in_a_quarantined_event_is_no_statement_until_it_passes(house: House) -> None:
    with_plan(house, STRICT)
    house.take(track("ann", "Danced", consent=NO))
    assert house.home.vault.find("user_id", "ann") is None

    with_plan(house, OPEN)
    house.desk.replay(None, who="Cy")

    page = house.desk.person(house.person("ann"), who="Cy")
    assert page is not None
    assert {row.purpose: row.status for row in page.consents}["analytics"] == "refuse"
