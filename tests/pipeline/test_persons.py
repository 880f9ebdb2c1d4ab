"""Who is whom, as reading sees it: joined after the fact, shared devices, links undone."""

from __future__ import annotations

import pytest
from tests.house import YES, House, identify, track

from kundskab.pipeline.permissions import refresh_people


def persons(house: House) -> dict[str, str]:
    """action -> person, of what may be used for analytics."""
    rows = house.view().events.to_pyarrow().to_pylist()
    return {row["action"]: row["person"] for row in rows}


def allows(house: House, who: str) -> dict[str, tuple[bool, tuple[str, ...]]]:
    """purpose -> whether the page says that it is allowed, and by whose declaration."""
    page = house.desk.person(house.person(who), who="Cy")
    assert page is not None
    return {row.purpose: (row.allowed, row.declared) for row in page.consents}


@pytest.mark.slow
def test_orders_in_use_by_declaration_are_not_told_as_refused(house: House) -> None:
    house.desk.create_source(
        "orders", purposes=["analytics"], basis="legitimate_interests", no_signal="declared", who="Cy"
    )
    house.take(track("ann", "Bought"), source="orders", key="server")
    before = allows(house, "ann")

    house.says("ann", "object")

    assert before["analytics"] == (True, ("orders",))
    assert before["marketing"] == (False, ())
    assert allows(house, "ann")["analytics"] == (False, ())


def undo(house: House, link_id: int) -> None:
    with house.home.vault.transaction() as tx:
        touched = house.home.vault.undo_link(tx, link_id, by="Cy", reason="wrong person", at=house.now)
        refresh_people(house.home, tx, linked=touched)


@pytest.mark.slow
def test_what_was_done_before_signing_in_becomes_hers(house: House) -> None:
    house.take(track(None, "Browsed", device="phone", consent=YES))
    assert persons(house)["Browsed"] == house.person("phone", "anonymous_id")

    house.take(identify("ann", "phone", consent=YES), track("ann", "Bought", consent=YES), key="server")

    assert set(persons(house).values()) == {house.person("ann")}
    assert house.desk.status()["persons"] == 1


@pytest.mark.slow
def test_the_rows_of_the_lake_stay_as_they_were(house: House) -> None:
    house.take(track(None, "Browsed", device="phone", consent=YES))
    phone = house.person("phone", "anonymous_id")

    house.take(identify("ann", "phone", consent=YES))

    rows = house.view().events.to_pyarrow().to_pylist()
    assert {row["action"]: row["actor"] for row in rows}["Browsed"] == phone


@pytest.mark.slow
def test_a_device_of_two_people_joins_neither(house: House) -> None:
    house.take(track(None, "Browsed", device="tablet", consent=YES))

    house.take(identify("ann", "tablet", consent=YES), identify("bo", "tablet", consent=YES))

    tablet, ann, bo = house.person("tablet", "anonymous_id"), house.person("ann"), house.person("bo")
    assert len({tablet, ann, bo}) == 3
    assert persons(house)["Browsed"] == tablet
    page = house.desk.person(ann, who="Cy")
    assert page is not None
    assert [link.shared for link in page.links] == [True]


@pytest.mark.slow
def test_a_shared_device_names_nobody_who_may_not_be_seen(house: House) -> None:
    house.take(
        track(None, "Browsed", device="tablet", consent=YES),
        identify("ann", "tablet", consent=YES),
        identify("bo", "tablet", consent=YES),
        track("ann", "Bought", consent=YES),
        key="server",
    )
    house.later(minutes=1)
    house.says("bo", "withdraw")

    page = house.desk.person(house.person("tablet", "anonymous_id"), who="Cy")

    assert page is not None
    assert {end for link in page.links for end in (link.a, link.b)} == {page.person, house.person("ann")}


@pytest.mark.slow
def test_an_undone_link_gives_both_back(house: House) -> None:
    house.take(track(None, "Browsed", device="phone", consent=YES), identify("ann", "phone", consent=YES))
    ann = house.person("ann")
    with house.home.vault.reading() as tx:
        [link] = house.home.vault.links_of(tx, [ann])

    undo(house, link.id or 0)

    phone = house.person("phone", "anonymous_id")
    assert phone != ann
    assert persons(house) == {"Browsed": phone, "identified": ann}
    assert house.desk.status()["persons"] == 2


@pytest.mark.slow
def test_an_undone_link_takes_the_grant_back_that_came_over_it(house: House) -> None:
    house.take(track("ann", "Bought"), key="server")
    house.take(track(None, "Agreed", device="phone", consent=YES), key="server")
    house.take(identify("ann", "phone"), key="server")
    assert "Bought" in persons(house)
    with house.home.vault.reading() as tx:
        [link] = house.home.vault.links_of(tx, [house.person("ann")])

    undo(house, link.id or 0)

    assert "Bought" not in persons(house)


@pytest.mark.slow
def test_the_token_of_an_actor_that_was_joined_leads_to_the_person(house: House) -> None:
    house.take(track(None, "Browsed", device="phone", consent=YES))
    phone = house.person("phone", "anonymous_id")
    house.take(identify("ann", "phone", consent=YES))

    page = house.desk.person(phone, who="Cy")

    assert page is not None
    assert page.person == house.person("ann")
    assert page.events == len(house.desk.timeline(phone)) == 2


@pytest.mark.slow
def test_alias_joins_an_earlier_identifier(house: House) -> None:
    house.take(track(None, "Browsed", device="old", consent=YES))

    house.take({"type": "alias", "userId": "ann", "previousId": "old", "messageId": "al"}, key="server")

    assert house.person("old", "anonymous_id") == house.person("ann")
