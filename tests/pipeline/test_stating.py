"""Consent stated as such, over the wire: always a line in the ledger, with its properties as proof."""

from __future__ import annotations

import pytest
from tests.house import NO, YES, House, identify, track

STATED = "Segment Consent Preference Updated"


def lines(house: House) -> list[tuple[str, str, object]]:
    with house.home.vault.reading() as tx:
        said = house.home.vault.statements_of(tx, house.home.vault.members(house.person("ann")))
    return [(s.status, s.strength, (s.proof or {}).get("stated")) for s in said]


@pytest.mark.slow
def test_a_statement_by_a_server_is_believed_and_keeps_its_properties_as_proof(house: House) -> None:
    stated = track("ann", STATED, consent=YES, properties={"form": "newsletter"})

    house.take(track("ann", "Bought"), stated, key="server")

    assert lines(house) == [("grant", "verified", {"form": "newsletter"})]
    assert house.seen() == ["Bought", STATED]


@pytest.mark.slow
def test_stating_the_same_twice_is_two_lines_and_a_banner_that_repeats_it_adds_one(house: House) -> None:
    for _ in range(2):
        house.take(track("ann", STATED, consent=YES), key="server")
        house.take(track("ann", "Visited", consent=YES), key="server")
        house.later(minutes=1)

    assert [stated is not None for _, _, stated in lines(house)] == [True, False, True]


@pytest.mark.slow
def test_a_withdrawal_over_the_wire_holds_at_the_next_view(house: House) -> None:
    house.take(track("ann", "Bought"), track("ann", STATED, consent=YES), key="server")
    house.later(minutes=1)

    house.take(track("ann", STATED, consent=NO), key="server")

    assert house.seen() == []


@pytest.mark.slow
def test_one_human_who_said_no_on_two_devices_is_one_who_said_no(house: House) -> None:
    house.take(identify("ann", "phone"), identify("ann", "laptop"), key="server")
    for kind, name in (("anonymous_id", "phone"), ("anonymous_id", "laptop"), ("user_id", "ann")):
        house.says(name, "object", kind=kind)

    assert house.desk.news().refused == 1
