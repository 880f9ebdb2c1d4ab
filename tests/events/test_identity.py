"""Who did it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kundskab.events import Identifier, Quarantine, check, identifier_value

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
ANN = Identifier("user_id", "ann")
ANON = Identifier("anonymous_id", "anon-1")


def _check(**fields):
    return check({"type": "track", "event": "visit"} | fields, received_at=NOW)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("ann", "ann"),
        (" ann\n", "ann"),
        ("Rene\u0301", "Ren\u00e9"),
        ("\ufeffæble\u200b", "æble"),
        (17850, "17850"),
        (17850.0, "17850"),
        (2**64, "18446744073709551616"),
        ("18446744073709551616", "18446744073709551616"),
        ("a" * 512, "a" * 512),
    ],
)
def test_an_identifier_has_one_spelling(given, value):
    assert identifier_value(given) == value


@pytest.mark.parametrize(
    "given",
    [None, "", "  ", "null", "NULL", "undefined", "0", 0, "anonymous", "[object Object]", "none", "NaN", True, False,
     [], ["ann"], {}, {"id": "ann"}, 0.5, 1e300, float("nan"), float("inf"), "a" * 513, "\u200b",
     "00000000-0000-0000-0000-000000000000"],
)  # fmt: skip
def test_what_broken_code_sends_is_no_identifier(given):
    assert identifier_value(given) is None


def test_the_user_comes_before_the_device():
    event = _check(userId="ann", anonymousId="anon-1")

    assert (event.actor, event.device) == (ANN, ANON)
    assert event.link == (ANN, ANON, "track")


def test_a_visitor_is_her_anonymous_id_alone():
    event = _check(anonymousId="anon-1")

    assert (event.actor, event.device, event.link) == (ANON, None, None)


def test_a_broken_user_id_falls_back_to_the_anonymous_one():
    assert _check(userId="undefined", anonymousId="anon-1").actor == ANON
    assert _check(userId=["ann"], anonymousId="anon-1").actor == ANON


@pytest.mark.parametrize("ids", [{}, {"userId": None}, {"userId": "null"}, {"groupId": "g1"}, {"previousId": "anon-1"}])
def test_an_event_of_nobody_goes_to_quarantine(ids):
    event = _check(**ids, messageId="m-1")

    assert isinstance(event, Quarantine)
    assert (event.event_id, event.reason) == ("m-1", "no_actor")


def test_identify_links_the_user_to_her_device():
    assert _check(type="identify", userId="ann", anonymousId="anon-1").link == (ANN, ANON, "identify")


def test_alias_links_the_user_to_her_former_id():
    assert _check(type="alias", userId="ann", previousId="anon-1").link == (ANN, ANON, "alias")
    assert _check(type="alias", userId="ann", previousId="ann").link is None
    assert _check(type="alias", userId="ann", previousId="null").link is None


def test_identify_gives_facts_and_other_events_give_none():
    traits = {"email": "ann@example.com", "age": None}

    identified = _check(
        type="identify", userId="ann", traits=traits, context={"traits": {"email": "old", "plan": "pro"}}
    )
    visited = _check(userId="ann", context={"traits": traits})

    assert identified.facts == {"email": "ann@example.com", "age": None, "plan": "pro"}
    assert visited.facts == {}


def test_the_account_is_the_group():
    assert _check(type="group", userId="ann", groupId="acme").account == "acme"
    assert _check(userId="ann", context={"groupId": "acme"}).account == "acme"
    assert _check(userId="ann", groupId="null").account is None
