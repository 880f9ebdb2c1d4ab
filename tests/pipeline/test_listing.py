"""The list of people, ranked and narrowed down."""

from __future__ import annotations

from typing import Any

import pytest
from tests.house import YES, House, track

from kundskab.pipeline.listing import Wanted

pytestmark = pytest.mark.slow


@pytest.fixture
def people(house: House) -> House:
    """Ann came ten times, weekly, by web; Bo yesterday by app; Cy once in winter by web."""
    for week in range(10):
        house.hear(
            _came("ann", f"2026-01-0{week % 9 + 1}T10:00:00Z" if week == 0 else _week(week), "web"), key="server"
        )
    house.hear(_came("bo", "2026-02-28T10:00:00Z", "app"), key="server")
    house.hear(_came("cy", "2025-12-01T10:00:00Z", "web"), key="server")
    house.digest()
    return house


def _came(who: str, at: str, channel: str) -> dict[str, Any]:
    return track(who, consent=YES, timestamp=at, properties={"channel": channel})


def _week(number: int) -> str:
    month, day = divmod(7 * number, 28)
    return f"2026-{month + 1:02}-{day % 28 + 1:02}T10:00:00Z"


def listed(house: House, **wanted: object) -> list[str]:
    names = {house.person(who): who for who in ("ann", "bo", "cy")}
    return [names[row.person] for row in house.desk.people(wanted=Wanted(**wanted)).rows]  # type: ignore[arg-type]


def test_those_seen_last_come_first(people: House) -> None:
    assert listed(people)[-1] == "cy"


def test_other_orders(people: House) -> None:
    assert listed(people, order="events")[0] == "ann"
    assert listed(people, order="first seen")[0] == "bo"


def test_who_was_away_and_who_was_here(people: House) -> None:
    assert listed(people, quiet_days=60) == ["cy"]
    assert "cy" not in listed(people, seen_days=60)


def test_by_a_channel(people: House) -> None:
    assert people.desk.channels() == ["web", "app"]
    assert listed(people, channel="app") == ["bo"]


def test_it_says_how_often_only_of_those_it_knows_well_enough(people: House) -> None:
    gaps = {row.person: row.gap for row in people.desk.people().rows}

    assert gaps[people.person("ann")] is not None
    assert gaps[people.person("bo")] is None
