"""The desk's ease: lately, by name, and audited when it is about one person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.house import NOON, House, track

from kundskab.types import KundskabError

pytestmark = pytest.mark.slow

GRANTS = {"analytics": True}
PEOPLE = ("ann", "bo", "cy", "di", "eve")


def fill_in(house: House, who: str, *, form: str = "returns", days_ago: int = 1, errors: int = 1) -> None:
    at = (NOON - timedelta(days=days_ago)).isoformat()
    told = {"object": form, "field": "city"}
    for action in ("Form Viewed", *["Form Error"] * errors):
        house.take(track(who, action, timestamp=at, consent=GRANTS, properties=told))


def test_only_the_last_ninety_days_are_lately(house: House) -> None:
    for who in PEOPLE:
        fill_in(house, who, days_ago=3)
        fill_in(house, who, form="account", days_ago=100)

    assert [flow.flow for flow in house.desk.ease.read().flows] == ["returns"]


def test_of_old_data_their_last_ninety_days_are_lately(house: House) -> None:
    for who in PEOPLE:
        fill_in(house, who, days_ago=500)
        fill_in(house, who, form="account", days_ago=600)

    assert [flow.flow for flow in house.desk.ease.read().flows] == ["returns"]


def test_a_person_is_told_with_the_moments_and_audited(house: House) -> None:
    for who in PEOPLE:
        fill_in(house, who)
    ann = house.person("ann")

    told = house.desk.ease.of_person(ann, who="Cy")

    assert [(moment.sign, moment.flow, moment.detail) for moment in told.moments] == [("error", "returns", "city")]
    assert told.usual == 2.0
    assert not told.harder
    [row] = [row for row in house.home.vault.audit_rows() if row.action == "read effort"]
    assert (row.who, row.subject, row.purpose) == ("Cy", ann, "analytics")


def test_people_come_those_first_whom_it_cost_most(house: House) -> None:
    for errors, who in enumerate(PEOPLE):
        fill_in(house, who, errors=errors)

    found = house.desk.ease.people("form", "returns", size=2)

    assert [row.person for row in found.rows] == [house.person("eve"), house.person("di")]
    assert (found.rows[0].points, found.total) == (8.0, 5)
    with pytest.raises(KundskabError, match="Fewer than five"):
        house.desk.ease.people("form", "account")


def test_weeks_are_the_workspaces_own(house: House) -> None:
    for who in PEOPLE:
        fill_in(house, who, days_ago=1)
        fill_in(house, who, days_ago=8, errors=0)

    weeks = house.desk.ease.weeks()

    assert len(weeks) == 13
    assert [week.effort.value for week in weeks[-2:]] == [0.0, 2.0]
    assert not weeks[-1].finished
