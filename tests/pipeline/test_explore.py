"""Explore over a real workspace: only permitted events count, and a withdrawal takes effect."""

from __future__ import annotations

from datetime import date

import pytest
from tests.house import NO, YES, House, track

from kundskab.metrics.trend import TrendQuery
from kundskab.pipeline.charting import Charts
from kundskab.pipeline.explore import Behind
from kundskab.types import KundskabError

CROWD = ("ann", "bo", "cy", "p1", "p2", "p3")
QUERY = TrendQuery(date(2026, 2, 23), date(2026, 3, 1), "Visited", step="day")


@pytest.fixture
def busy(house: House) -> House:
    """Six who permit analytics and visit once, Ann twice; two who do not permit it."""
    house.take(
        *(track(who, consent=YES, properties={"size": "M"}) for who in ("ann", *CROWD)),
        *(track(who, consent=NO, properties={"secret": "S"}) for who in ("q1", "q2")),
    )
    return house


@pytest.mark.slow
def test_only_permitted_events_are_counted(busy: House) -> None:
    found = busy.desk.explore.trend(QUERY)

    assert found.together.value == 7
    assert found.together.n == 6


@pytest.mark.slow
def test_a_withdrawal_counts_at_once(busy: House) -> None:
    busy.desk.explore.trend(QUERY)

    busy.says("ann", "withdraw")

    assert busy.desk.explore.trend(QUERY).together.value == 5


@pytest.mark.slow
def test_what_can_be_asked_is_what_is_there(busy: House) -> None:
    choices = busy.desk.explore.choices("Visited")

    assert choices.actions == {"Visited": 7}
    assert choices.dimensions["property:size"] == "size"
    assert "property:secret" not in choices.dimensions
    assert (choices.first, choices.last) == (date(2026, 3, 1), date(2026, 3, 1))


@pytest.mark.slow
def test_an_empty_workspace_has_nothing_to_ask(house: House) -> None:
    choices = house.desk.explore.choices()

    assert (choices.actions, choices.last) == ({}, None)


@pytest.mark.slow
def test_the_people_behind_a_number_are_those_counted(busy: House) -> None:
    found = busy.desk.explore.who(QUERY)

    assert found.total == 6
    assert found.rows[0] == Behind(busy.person("ann"), 2, None, busy.now)


@pytest.mark.slow
def test_fewer_than_five_are_not_listed(busy: House) -> None:
    busy.says("ann", "withdraw")
    busy.says("bo", "withdraw")

    with pytest.raises(KundskabError, match="so few are not listed"):
        busy.desk.explore.who(QUERY)


@pytest.mark.slow
def test_a_notebook_gets_the_figure_of_the_page(busy: House) -> None:
    drawn = Charts(busy.desk.explore, busy.desk.segments, busy.desk.behaviour).trend("Visited", step="day")

    assert sum(y for y in drawn.data[1].y if y) + drawn.data[2].y[-1] == 7


def test_a_notebook_of_an_empty_workspace_says_what_helps(house: House) -> None:
    with pytest.raises(KundskabError, match="import some events first"):
        Charts(house.desk.explore, house.desk.segments, house.desk.behaviour).trend()
