"""The desk: plain answers for pages, the command line and the notebook; looking at people is audited."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.house import NO, NOON, YES, House, identify, track

from kundskab.pipeline.people import find, resolve
from kundskab.types import KundskabError


@pytest.fixture
def shop(house: House) -> House:
    """Ann bought twice and agrees; Bo bought and does not; Cy only looked, and agrees."""
    sek = {"value": 10, "currency": "SEK"}
    house.take(
        identify("ann", "phone", consent=YES, traits={"plan": "gold"}),
        track("ann", "Bought", consent=YES, properties=sek, channel="shop"),
        key="server",
    )
    house.later(minutes=1)
    house.take(track("ann", "Bought", consent=YES, properties={"value": 3, "currency": "EUR"}), key="server")
    house.take(track("bo", "Bought", consent=NO, properties=sek), track("cy", "Looked", consent=YES), key="server")
    return house


def audited(house: House) -> list[tuple[str, str, str]]:
    return [(row.who, row.action, row.subject) for row in house.home.vault.audit_rows()]


@pytest.mark.slow
def test_the_tail_is_newest_first_by_arrival(shop: House) -> None:
    tail = shop.desk.tail(limit=2)

    assert [(row.action, row.person) for row in tail] == [
        ("Looked", shop.person("cy")),
        ("Bought", shop.person("ann")),
    ]


@pytest.mark.slow
def test_people_are_listed_by_last_activity_with_their_sums_by_currency(shop: House) -> None:
    page = shop.desk.people(who="Bo")

    ann = next(row for row in page.rows if row.person == shop.person("ann"))
    assert page.total == 2
    assert ann.value_sums == {"SEK": Decimal(10), "EUR": Decimal(3)}
    assert (ann.events, ann.actions, ann.first_seen) == (3, 2, NOON)


@pytest.mark.slow
def test_a_page_of_people_is_as_long_as_asked(shop: House) -> None:
    first, second = (shop.desk.people(page=page, size=1, who="Bo") for page in (1, 2))

    assert first.total == second.total == 2
    assert {row.person for row in [*first.rows, *second.rows]} == {shop.person("ann"), shop.person("cy")}


@pytest.mark.slow
@pytest.mark.parametrize("search", ["ann", " ann ", "phone"])
def test_a_search_finds_by_any_identifier_and_does_not_write_it_down(shop: House, search: str) -> None:
    page = shop.desk.people(search=search, who="Bo")

    assert [row.person for row in page.rows] == [shop.person("ann")]
    assert audited(shop)[0] == ("Bo", "find", "an identifier")


@pytest.mark.slow
def test_a_search_for_a_token_is_audited_under_it(shop: House) -> None:
    token = shop.person("ann")

    assert shop.desk.people(search=token, who="Bo").total == 1
    assert audited(shop)[0] == ("Bo", "find", token)


@pytest.mark.slow
def test_a_search_for_a_stranger_or_for_somebody_hidden_finds_nobody(shop: House) -> None:
    assert shop.desk.people(search="nobody", who="Bo").total == 0
    assert shop.desk.people(search="bo", who="Bo").total == 0


@pytest.mark.slow
def test_a_persons_page_shows_what_the_purpose_allows(shop: House) -> None:
    page = shop.desk.person(shop.person("ann"), who="Bo")

    assert page is not None
    assert (page.events, page.common_actions) == (3, [("Bought", 2), ("identified", 1)])
    assert [(fact.name, fact.value, fact.how) for fact in page.facts] == [("plan", "gold", "given")]
    assert sorted(kind for _, kind in page.actors) == ["anonymous_id", "user_id"]
    assert audited(shop)[0] == ("Bo", "read person", shop.person("ann"))


@pytest.mark.slow
def test_somebody_hidden_has_a_page_that_shows_why_and_nothing_else(shop: House) -> None:
    page = shop.desk.person(shop.person("bo"), who="Cy")

    assert page is not None
    assert (page.events, page.facts, page.common_actions, page.first_seen) == (0, [], [], None)
    said = {row.purpose: (row.status, row.allowed) for row in page.consents}
    assert said["analytics"] == ("refuse", False)
    assert said["necessary"] == (None, True)


@pytest.mark.slow
def test_an_unknown_token_has_no_page(shop: House) -> None:
    assert shop.desk.person("000000000000", who="Bo") is None
    assert shop.desk.timeline("000000000000") == []


@pytest.mark.slow
def test_a_timeline_goes_back_a_page_at_a_time(shop: House) -> None:
    ann = shop.person("ann")

    newest = shop.desk.timeline(ann, limit=1)
    older = shop.desk.timeline(ann, before=newest[0].occurred_at)

    assert [row.action for row in newest] == ["Bought"]
    assert sorted(row.action for row in older) == ["Bought", "identified"]


@pytest.mark.slow
def test_find_and_resolve_go_through_the_vault_audited(shop: House) -> None:
    profile = find(shop.home, "ann", purpose="analytics", who="Bo")
    tokens = resolve(shop.home, ["bo", "nobody", " ann "], kind="user_id", who="Bo")

    assert profile is not None
    assert (profile.facts, profile.allowed["analytics"]) == ({"plan": "gold"}, True)
    assert tokens == [shop.person("bo"), None, shop.person("ann")]
    assert audited(shop)[0] == ("Bo", "resolve", "3 identifiers")
    assert find(shop.home, "nobody", purpose="analytics", who="Bo") is None


@pytest.mark.slow
def test_what_people_did_is_told_in_sentences(shop: House) -> None:
    shop.desk.create_key("web", kind="browser", who="Cy")
    shop.says("ann", "withdraw")

    texts = [change.text for change in shop.desk.changes(limit=2)]

    assert texts[0].startswith("recorded a consent statement for ")
    assert texts[1].startswith("created a write key for web (")


@pytest.mark.slow
def test_an_identifier_is_spelled_as_events_spell_it(shop: House) -> None:
    assert shop.says("  ann ", "withdraw") == shop.person("ann")
    assert "Bought" not in shop.seen()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("value", "status", "said"),
    [("null", "grant", "identifies nobody"), ("ann", "maybe", "nothing that can be said")],
)
def test_consent_that_cannot_be_is_refused(shop: House, value: str, status: str, said: str) -> None:
    with pytest.raises(KundskabError, match=said):
        shop.says(value, status)


@pytest.mark.slow
def test_changing_a_source_keeps_its_plan_until_it_is_taken_away(house: House) -> None:
    plan = "{settings: {unknown_events: quarantine}}"
    house.desk.create_source("web", plan=plan, who="Cy")

    house.desk.create_source("web", label="Shop", who="Cy")
    house.take(track("ann"))
    house.desk.create_source("web", plan="", who="Cy")
    house.take(track("ann"))

    assert (house.desk.books().quarantined, house.desk.books().stored) == (1, 1)


def test_a_plan_that_cannot_be_read_changes_nothing(house: House) -> None:
    with pytest.raises(KundskabError, match="tracking plan"):
        house.desk.create_source("web", plan="events: [", who="Cy")

    house.take(track("ann"))
    assert house.desk.books().stored == 1


def test_a_key_is_for_a_live_source_that_is_there(house: House) -> None:
    with pytest.raises(KundskabError, match="no live source 'till'"):
        house.desk.create_key("till", kind="server", who="Cy")
