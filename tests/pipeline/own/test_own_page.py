"""The customer's own page: what she sees is hers alone, and what she says holds from the next view on."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from tests.house import YES, House, identify, track

from kundskab.pipeline.encounters import Meeting, Whom
from kundskab.pipeline.own.closed import NoEntry
from kundskab.pipeline.own.door import Visitor
from kundskab.types import KundskabError

pytestmark = pytest.mark.slow


def signed(key: str, payload: bytes) -> str:
    """A link as the docs tell a company to make it, with nothing of ours."""
    packed = base64.urlsafe_b64encode(payload).rstrip(b"=").decode()
    digest = hmac.new(hashlib.sha256(key.encode()).digest(), f"own-page:{packed}".encode(), "sha256").digest()
    return f"{packed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def link(house: House, key: str, *, until: datetime | None = None, **named: Any) -> str:
    until = until or house.now + timedelta(days=1)
    return signed(key, orjson.dumps({**named, "until": int(until.timestamp())}))


@pytest.fixture
def key(house: House) -> str:
    return house.desk.create_key("web", kind="server", who="Cy")


@pytest.fixture
def ann(house: House, key: str) -> Visitor:
    house.take(
        identify("ann", "a-phone", consent=YES, traits={"city": "Umeå", "birth_year": 1980}),
        track("ann", "Looked at tents", consent=YES),
        track("bo", "Secret of Bo", consent=YES),
        key="server",
    )
    return house.desk.own.enter(link(house, key, user_id="ann"))


def use(house: House, visitor: Visitor, purpose: str) -> Any:
    return next(each for each in house.desk.own.page(visitor).uses if each.purpose == purpose)


# --- the link


@pytest.mark.slow
def test_a_link_the_company_signed_opens_her_page(house: House, ann: Visitor) -> None:
    assert house.desk.own.page(ann).recorded.events == 2


def test_a_link_our_staff_made_opens_her_page(house: House, ann: Visitor) -> None:
    visitor = house.desk.own.enter(house.desk.own.link_for(house.person("ann"), who="Cy"))

    assert house.desk.own.page(visitor).recorded.events == 2


@pytest.mark.parametrize(
    "payload",
    [b"", b"x", b"[]", b"{}", b'{"user_id": "ann"}', b'{"until": 1}', b'{"user_id": "null", "until": 99999999999}',
     b'{"user_id": "ann", "until": "soon"}', b'{"user_id": "ann", "until": true}', b'{"user_id": "ann", "until": -1}',
     b'{"user_id": "ann", "email": "bo@example.com", "until": 1}', b'{"user_id": "ann", "until": 1e400}',
     b'{"user_id": "ann", "until": 9999999999999999}', b'{"actor": "000000000000", "until": 99999999999}', b"\xff"],
)  # fmt: skip
def test_a_payload_that_cannot_be_opens_nothing_however_well_signed(house: House, key: str, payload: bytes) -> None:
    with pytest.raises(NoEntry):
        house.desk.own.enter(signed(key, payload))


@pytest.mark.parametrize("text", ["", ".", "..", "ø.ø", "A" * 5000, "e30.", "e30.e30.e30", "\x00"])
def test_what_is_no_link_opens_nothing(house: House, key: str, text: str) -> None:
    with pytest.raises(NoEntry):
        house.desk.own.enter(text)


def test_a_link_for_ann_cannot_be_made_one_for_bo(house: House, key: str) -> None:
    _, _, signature = link(house, key, user_id="ann").partition(".")
    payload, _, _ = link(house, key, user_id="bo").partition(".")

    with pytest.raises(NoEntry, match="not ours"):
        house.desk.own.enter(f"{payload}.{signature}")


def test_a_browser_key_signs_no_link(house: House) -> None:
    public = house.desk.create_key("web", kind="browser", who="Cy")

    with pytest.raises(NoEntry, match="not ours"):
        house.desk.own.enter(link(house, public, user_id="ann"))


def test_a_company_cannot_name_an_actor(house: House, key: str, ann: Visitor) -> None:
    with pytest.raises(NoEntry, match="not ours"):
        house.desk.own.enter(link(house, key, actor=ann.actor))


def test_a_link_ends(house: House, key: str) -> None:
    old = link(house, key, user_id="ann", until=house.now - timedelta(seconds=1))

    with pytest.raises(NoEntry, match="no longer valid"):
        house.desk.own.enter(old)


def test_a_link_for_ever_is_refused(house: House, key: str) -> None:
    with pytest.raises(NoEntry, match="more than 62 days"):
        house.desk.own.enter(link(house, key, user_id="ann", until=house.now + timedelta(days=100)))


def test_a_revoked_key_closes_its_links(house: House, key: str) -> None:
    made = link(house, key, user_id="ann")
    [number] = [one.id for source in house.desk.sources() for one in source.keys]
    house.desk.revoke_key(number, who="Cy")

    with pytest.raises(NoEntry):
        house.desk.own.enter(made)


# --- what she sees


def test_she_sees_what_we_know_and_from_where(house: House, ann: Visitor) -> None:
    known = {one.name: (one.value, one.how, one.source) for one in house.desk.own.page(ann).known}

    assert known == {"birth_year": (1980, "given", "web"), "city": ("Umeå", "given", "web")}


@pytest.mark.slow
def test_she_sees_her_own_rows_even_where_she_refuses_every_use(house: House, ann: Visitor) -> None:
    house.desk.own.leave_alone(ann)

    assert house.seen() == ["Secret of Bo"]
    assert house.desk.own.page(ann).recorded.events == 2


@pytest.mark.slow
def test_nothing_of_anybody_else_is_on_her_page_or_in_her_copy(house: House, ann: Visitor) -> None:
    assert "Secret of Bo" not in repr(house.desk.own.page(ann))
    assert "Secret of Bo" not in repr(house.desk.own.copy(ann))


@pytest.mark.slow
def test_a_device_that_a_public_key_claims_for_her_shows_her_nothing(house: House, ann: Visitor) -> None:
    """Anybody can claim a stranger's device for her own user id; that must not open the stranger's traces."""
    house.take(track(None, "Secret of Cy", device="c-phone", consent=YES), identify("ann", "c-phone"), key="browser")

    assert house.person("ann") == house.person("c-phone", "anonymous_id")
    assert "Secret of Cy" not in repr(house.desk.own.page(ann))


@pytest.mark.slow
def test_she_sees_who_looked_at_her(house: House, ann: Visitor) -> None:
    house.desk.person(house.person("ann"), who="Cy")

    [look] = house.desk.own.page(ann).looked
    assert (look.action, look.purpose) == ("read person", "analytics")


def test_somebody_unknown_sees_that_we_know_nothing(house: House, key: str) -> None:
    page = house.desk.own.page(house.desk.own.enter(link(house, key, user_id="dora")))

    assert (page.known, page.recorded.events) == ([], 0)


# --- what she says


@pytest.mark.slow
def test_her_no_holds_from_the_next_view_on(house: House, ann: Visitor) -> None:
    house.desk.own.say(ann, "analytics", allow=False)

    assert house.seen() == ["Secret of Bo"]
    assert use(house, ann, "analytics").allowed is False


@pytest.mark.slow
def test_her_yes_brings_it_back(house: House, ann: Visitor) -> None:
    house.desk.own.say(ann, "analytics", allow=False)
    house.later(minutes=1)
    house.desk.own.say(ann, "analytics", allow=True)

    assert "Looked at tents" in house.seen()
    assert use(house, ann, "analytics").allowed is True


@pytest.mark.slow
def test_what_is_in_use_without_her_yes_is_told_and_hers_to_stop(house: House, key: str) -> None:
    house.desk.create_source(
        "orders", label="Orders", purposes=["analytics"], basis="legitimate_interests", no_signal="declared", who="Cy"
    )
    house.take(track("ann", "Bought"), source="orders", key="server")
    ann = house.desk.own.enter(link(house, key, user_id="ann"))
    before = use(house, ann, "analytics")

    house.desk.own.say(ann, "analytics", allow=False)

    assert (before.allowed, before.declared, before.is_her_choice) == (True, ("Orders",), True)
    assert use(house, ann, "analytics").allowed is False
    assert house.seen() == []


@pytest.mark.slow
def test_somebody_unknown_can_say_no_before_the_first_trace(house: House, key: str) -> None:
    dora = house.desk.own.enter(link(house, key, user_id="dora"))
    house.desk.own.leave_alone(dora)
    house.take(track("dora", "Came by", consent=YES), key="browser")

    assert house.seen() == []


def test_what_a_contract_needs_is_not_hers_to_choose(house: House, ann: Visitor) -> None:
    with pytest.raises(KundskabError, match="cannot be chosen"):
        house.desk.own.say(ann, "necessary", allow=False)


@pytest.mark.slow
def test_a_correction_hides_the_old_value_and_keeps_its_permission(house: House, ann: Visitor) -> None:
    house.desk.own.correct(ann, "city", " Kiruna ")
    house.desk.own.correct(ann, "birth_year", "1981")

    known = {one.name: (one.value, one.told_before) for one in house.desk.own.page(ann).known}
    assert known == {"city": ("Kiruna", 1), "birth_year": (1981, 1)}
    assert {row["value"] for row in house.view().facts_of_person(house.person("ann")).to_pylist()} == {
        '"Kiruna"', "1981",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), [("city", " "), ("city", "x" * 1001), ("shoe_size", "42")])
def test_a_correction_that_cannot_be_changes_nothing(house: House, ann: Visitor, name: str, value: str) -> None:
    with pytest.raises(KundskabError):
        house.desk.own.correct(ann, name, value)

    assert {one.told_before for one in house.desk.own.page(ann).known} == {0}


# --- what she asks


def test_to_be_forgotten_is_written_down_and_stops_all_use_at_once(house: House, ann: Visitor) -> None:
    house.desk.own.ask(ann, "forget", "Please.")

    [waiting] = house.desk.requests.open()
    assert (waiting.person, waiting.kind, waiting.words) == (house.person("ann"), "forget", "Please.")
    assert house.seen() == ["Secret of Bo"]


def test_what_she_wrote_is_sealed(house: House, ann: Visitor) -> None:
    house.desk.own.ask(ann, "human", "canary-words")

    assert b"canary-words" not in b"".join(p.read_bytes() for p in house.home.folder.rglob("*") if p.is_file())


@pytest.mark.slow
def test_a_settled_request_tells_her_what_came_of_it(house: House, ann: Visitor) -> None:
    number = house.desk.own.ask(ann, "human", "Call me.")
    house.desk.requests.settle(number, who="Cy", outcome="We called on Monday.")

    [request] = house.desk.own.page(ann).requests
    assert request.outcome == "We called on Monday."
    assert house.desk.requests.open() == []
    with pytest.raises(KundskabError, match="settled before"):
        house.desk.requests.settle(number, who="Bo", outcome="Again.")


@pytest.mark.slow
def test_a_copy_holds_everything_and_is_itself_on_record(house: House, ann: Visitor) -> None:
    copy = house.desk.own.copy(ann)

    assert [event["action"] for event in copy["what_we_recorded"]] == ["identified", "Looked at tents"]
    assert {fact["what"] for fact in copy["what_we_know"]} == {"city", "birth_year"}
    assert [asked["what"] for asked in copy["what_you_asked"]] == ["copy"]
    assert {said["purpose"] for said in copy["what_you_said_of_its_use"]} == {"analytics"}


def test_a_copy_holds_what_was_said_when_we_met_her_and_nobody_else(house: House, ann: Visitor) -> None:
    for who, words in (("ann", "It leaks."), ("bo", "Secret of Bo")):
        meeting = Meeting(whom=Whom("user_id", who), kind="visit", staff="Cy", at=house.now, words=words, reading="sad")
        house.desk.encounters.log(meeting, who="Cy")

    [said] = house.desk.own.copy(ann)["what_was_said_when_we_met"]

    assert (said["your_words"], said["our_reading"], said["with"], said["how"]) == ("It leaks.", "sad", "Cy", "visit")


@pytest.mark.parametrize(("kind", "words"), [("money", ""), ("human", "x" * 1001)])
def test_a_request_that_cannot_be_is_refused(house: House, ann: Visitor, kind: str, words: str) -> None:
    with pytest.raises(KundskabError):
        house.desk.own.ask(ann, kind, words)

    assert house.desk.requests.open() == []
