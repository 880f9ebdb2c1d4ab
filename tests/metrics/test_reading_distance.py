"""ws.metrics: distance by name, for notebooks."""

from __future__ import annotations

import pytest
from tests.house import House, identify, track

from kundskab.pipeline.encounters import NOBODY, Meeting
from kundskab.types import KundskabError
from kundskab.workspace import Workspace

pytestmark = pytest.mark.slow


@pytest.fixture
def ws(house: House) -> Workspace:
    yes = {"analytics": True}
    house.take(
        *(track(f"w{n}", consent=yes, properties={"channel": "web"}) for n in range(6)),
        *(track(f"s{n}", consent=yes, properties={"channel": "shop"}) for n in range(6)),
        identify("w0", consent=yes, traits={"city": "Lund"}),
        key="server",
    )
    workspace = Workspace(house.home)
    workspace.desk = house.desk
    from kundskab.pipeline.metrics import Metrics

    workspace.metrics = Metrics(house.desk.distance, house.desk.behaviour)
    return workspace


def test_the_company_is_one_reading(ws: Workspace) -> None:
    [reading] = ws.metrics.read("distance")

    assert (reading.value, reading.n, reading.unit) == (0.5, 12, "share")


def test_groups_and_months_are_named(ws: Workspace) -> None:
    by_channel = ws.metrics.read("distance.never_met", by="channel")
    by_month = ws.metrics.read("distance", by="month")

    assert {reading.group: reading.value for reading in by_channel} == {"web": 1.0, "shop": 0.0}
    assert [reading.group for reading in by_month] == ["2026-03"]


def test_facts_make_groups(ws: Workspace, house: House) -> None:
    found = ws.metrics.distance(by="fact:city")

    assert {apart.group: apart.human_share.hidden for apart in found.groups} == {"Lund": True, "not said": True}


def test_how_many_of_us_is_a_count(ws: Workspace, house: House) -> None:
    house.desk.encounters.log(Meeting(whom=NOBODY, kind="visit", staff="Bo", at=house.now), who="Cy")

    [reading] = ws.metrics.read("distance.of_us")

    assert (reading.value, reading.unit) == (1, "of us")


def test_a_withdrawal_holds_for_the_next_reading(ws: Workspace, house: House) -> None:
    assert ws.metrics.read("distance")[0].n == 12

    house.says("w0", "withdraw")

    assert ws.metrics.read("distance")[0].n == 11


@pytest.mark.parametrize(
    ("name", "by"), [("nearness", None), ("distance.never_met", "month"), ("distance.of_us", "channel")]
)
def test_what_there_is_not_is_said(ws: Workspace, name: str, by: str | None) -> None:
    with pytest.raises(KundskabError):
        ws.metrics.read(name, by=by)


def test_reading_one_persons_distance_is_in_the_audit(ws: Workspace, house: House) -> None:
    found = house.desk.distance.of_person(house.person("s0"), who="Cy")

    assert (found.contacts, found.human_contacts, found.days_since_met) == (1, 1, 0)
    assert [row.action for row in house.home.vault.audit_rows(subject=house.person("s0"))] == ["read distance"]
