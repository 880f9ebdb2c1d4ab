"""Funnels, drawn: who took which step, counted from the first one, and what falls outside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.house import House, identify, track
from tests.spec.drawn import DrawnView, crowd

from kundskab.metrics.acts import Act, act
from kundskab.metrics.funnel import Funnel, funnel
from kundskab.metrics.passages import FunnelQuery, passages
from kundskab.metrics.trend import REST
from kundskab.types import KundskabError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
YEAR = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}
SHOP = ("Viewed", "Added", "Ordered")


def steps_of(said: tuple[Any, ...]) -> tuple[Act, ...]:
    return tuple(act(each) for each in said)


def taken(table: str, steps: tuple[Any, ...] = SHOP, **asked: Any) -> dict[str, int]:
    """person -> how many steps they took."""
    query = FunnelQuery(steps_of(steps), **{**YEAR, "window": timedelta(days=1), **asked})
    rows = passages(DrawnView(table), query, zone=STOCKHOLM).to_pyarrow().to_pylist()  # type: ignore[arg-type]
    return {row["person"]: sum(row[f"at_{n}"] is not None for n in range(len(steps))) for row in rows}


STORIES: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "steps in their order, with anything between": (
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-01T12:00 | Viewed
        ann    | 2026-03-01T12:01 | Searched
        ann    | 2026-03-01T12:02 | Added
        ann    | 2026-03-01T12:03 | Ordered
        bo     | 2026-03-01T12:00 | Viewed
        bo     | 2026-03-01T12:02 | Ordered
        cy     | 2026-03-01T12:00 | Added
        cy     | 2026-03-01T12:01 | Ordered
        """,
        {},
        {"ann": 3, "bo": 1},
    ),
    "a step before the first one is none": (
        """
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T11:59 | Added
        ann    | 2026-03-01T12:00 | Viewed
        ann    | 2026-03-01T12:01 | Ordered
        """,
        {},
        {"ann": 1},
    ),
    "steps done again change nothing": (
        """
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Viewed
        ann    | 2026-03-01T12:01 | Added
        ann    | 2026-03-01T12:02 | Viewed
        ann    | 2026-03-01T12:03 | Added
        ann    | 2026-03-01T12:04 | Ordered
        """,
        {},
        {"ann": 3},
    ),
    "the same action twice is two events": (
        """
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Ordered
        bo     | 2026-03-01T12:00 | Ordered
        bo     | 2026-03-01T12:01 | Ordered
        """,
        {"steps": ("Ordered", "Ordered")},
        {"ann": 1, "bo": 2},
    ),
    "of two at one moment the one that came in first is the earlier": (
        """
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Viewed
        ann    | 2026-03-01T12:00 | Added
        ann    | 2026-03-01T12:00 | Ordered
        bo     | 2026-03-01T12:00 | Ordered
        bo     | 2026-03-01T12:00 | Added
        bo     | 2026-03-01T12:00 | Viewed
        """,
        {},
        {"ann": 3, "bo": 1},
    ),
    "the window holds its last moment and not the next": (
        """
        person | at                   | action
        -------+----------------------+--------
        ann    | 2026-03-01T12:00:00  | Viewed
        ann    | 2026-03-02T12:00:00  | Added
        bo     | 2026-03-01T12:00:00  | Viewed
        bo     | 2026-03-02T12:00:01  | Added
        """,
        {},
        {"ann": 2, "bo": 1},
    ),
    "the window counts from the first step, not from the one before": (
        """
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Viewed
        ann    | 2026-03-02T11:00 | Added
        ann    | 2026-03-02T13:00 | Ordered
        """,
        {},
        {"ann": 2},
    ),
    "a window of a day is 24 hours, also when the clock changes": (
        # Noon to one o'clock by the clock of 28 and 29 March is 24 hours, since one is left out.
        """
        person | at                        | action
        -------+---------------------------+--------
        ann    | 2026-03-28T12:00:00+01:00 | Viewed
        ann    | 2026-03-29T13:00:00+02:00 | Added
        bo     | 2026-03-28T12:00:00+01:00 | Viewed
        bo     | 2026-03-29T13:01:00+02:00 | Added
        """,
        {},
        {"ann": 2, "bo": 1},
    ),
    "only the first try is read": (
        """
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Viewed
        ann    | 2026-03-10T12:00 | Viewed
        ann    | 2026-03-10T12:01 | Added
        """,
        {},
        {"ann": 1},
    ),
    "the first try in the span; later steps may lie after it": (
        # 31 March begins in Stockholm at 22:00 UTC of the 30th.
        """
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-30T21:59 | Viewed
        ann    | 2026-03-30T22:01 | Added
        bo     | 2026-03-30T21:59 | Viewed
        bo     | 2026-03-30T22:00 | Viewed
        bo     | 2026-04-01T08:00 | Added
        cy     | 2026-03-31T22:00 | Viewed
        """,
        {"since": date(2026, 3, 31), "until": date(2026, 3, 31), "window": timedelta(days=3)},
        {"bo": 2},
    ),
    "conditions: one event fits one step only": (
        """
        person | at               | action | channel
        -------+------------------+--------+--------
        ann    | 2026-03-01T12:00 | Viewed | app
        ann    | 2026-03-01T12:01 | Viewed | web
        bo     | 2026-03-01T12:00 | Viewed | app
        cy     | 2026-03-01T12:00 | Viewed |
        """,
        {"steps": (None, {"action": "Viewed", "where": {"channel": ["web", "app"]}})},
        {"ann": 2, "bo": 1, "cy": 1},
    ),
    "strictly: nothing between": (
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-01T12:00 | Viewed
        ann    | 2026-03-01T12:01 | Added
        ann    | 2026-03-01T12:02 | Ordered
        bo     | 2026-03-01T12:00 | Viewed
        bo     | 2026-03-01T12:01 | Searched
        bo     | 2026-03-01T12:02 | Added
        cy     | 2026-03-01T12:00 | Viewed
        cy     | 2026-03-01T12:01 | Viewed
        cy     | 2026-03-01T12:02 | Added
        """,
        {"order": "strict"},
        {"ann": 3, "bo": 1, "cy": 1},
    ),
    "strictly: other people's events are not between": (
        """
        person | at               | action
        -------+------------------+---------
        ann    | 2026-03-01T12:00 | Viewed
        bo     | 2026-03-01T12:01 | Searched
        ann    | 2026-03-01T12:02 | Added
        """,
        {"order": "strict"},
        {"ann": 2},
    ),
    "in any order: the window begins with whichever comes first": (
        """
        person | at               | action
        -------+------------------+--------
        ann    | 2026-03-01T12:00 | Ordered
        ann    | 2026-03-01T12:01 | Added
        ann    | 2026-03-02T12:00 | Viewed
        bo     | 2026-03-01T12:00 | Added
        bo     | 2026-03-01T12:00 | Added
        cy     | 2026-03-01T12:00 | Added
        cy     | 2026-03-02T12:01 | Ordered
        """,
        {"order": "any"},
        {"ann": 3, "bo": 1, "cy": 1},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("table", "asked", "expected"), STORIES.values(), ids=STORIES.keys())
def test_funnel(table: str, asked: dict[str, Any], expected: dict[str, int]) -> None:
    assert taken(table, **asked) == expected


def ask(
    rows: list[dict[str, Any]], steps: tuple[Any, ...] = SHOP, *, at: datetime | None = None, **asked: Any
) -> Funnel:
    query = FunnelQuery(steps_of(steps), **{**YEAR, "window": timedelta(days=1), **asked})
    return funnel(DrawnView(rows, at), query, zone=STOCKHOLM)  # type: ignore[arg-type]


NOON, LATER, EVENING, FEED = "2026-03-01T12:00", "2026-03-01T12:10", "2026-03-01T18:10", "2026-03-09T12:00"
GOES_ON = [{"person": "zed", "at": FEED, "action": "Mailing Sent"}]
LOOKED, BOUGHT = (NOON, "Viewed"), ((NOON, "Viewed"), (LATER, "Added"), (EVENING, "Ordered"))


@pytest.mark.slow
def test_each_step_is_told_of_all_who_began_and_of_those_before() -> None:
    found = ask(crowd(5, *BOUGHT) + crowd(5, *BOUGHT[:2], who="q") + crowd(10, LOOKED, who="r") + GOES_ON).together

    assert [step.of_first.value for step in found.steps] == [1.0, 0.5, 0.25]
    assert [step.of_before.value for step in found.steps] == [1.0, 0.5, 0.5]
    assert (found.began.value, found.through.n) == (20, 20)
    assert found.through.low < 0.25 < found.through.high


@pytest.mark.slow
def test_time_is_told_from_the_step_before_in_a_unit_that_fits_the_window() -> None:
    found = ask(crowd(8, *BOUGHT) + GOES_ON).together

    assert [(step.after.value, step.after.unit) for step in found.steps[1:]] == [
        (pytest.approx(1 / 6), "hours"),
        (6, "hours"),
    ]
    assert found.steps[2].after.low == found.steps[2].after.high == 6


def test_whose_window_is_not_over_waits_also_when_through() -> None:
    late = crowd(6, ("2026-03-09T10:00", "Viewed"), ("2026-03-09T11:00", "Added"), who="q")

    found = ask(crowd(5, LOOKED) + late + GOES_ON).together

    assert (found.began.value, found.waiting, found.steps[1].of_first.value) == (5, 6, 0)


def test_a_view_of_an_earlier_moment_lets_windows_wait() -> None:
    found = ask(crowd(5, LOOKED) + GOES_ON, at=datetime(2026, 3, 1, 20, tzinfo=UTC)).together

    assert (found.began.value, found.waiting) == (0, 5)


def test_few_people_are_hidden() -> None:
    found = ask(crowd(4, *BOUGHT) + GOES_ON).together

    assert found.began.hidden
    assert all(step.of_first.hidden for step in found.steps)


def test_few_at_a_step_hide_what_became_of_them_and_how_long_it_took() -> None:
    found = ask(crowd(3, *BOUGHT) + crowd(9, LOOKED, who="q") + GOES_ON).together

    assert not found.steps[1].of_before.hidden
    assert found.steps[2].of_before.hidden
    assert found.steps[1].after.hidden
    assert found.steps[2].after.hidden


def test_groups_are_those_of_the_first_step_and_small_ones_are_told_together() -> None:
    rows = crowd(9, *BOUGHT, channel="app") + crowd(7, LOOKED, who="q", channel="web")
    rows += crowd(3, *BOUGHT, who="r", channel="fax") + crowd(3, LOOKED, who="s") + GOES_ON

    found = ask(rows, by="channel")

    assert [(group.name, group.began.value, group.through.value) for group in found.groups] == [
        ("app", 9, 1.0), ("web", 7, 0.0), (REST, 6, 0.5),
    ]  # fmt: skip


def test_a_rest_of_few_hides_the_next_smallest_group_too() -> None:
    rows = crowd(9, LOOKED, channel="app") + crowd(7, LOOKED, who="q", channel="web")

    found = ask(rows + crowd(3, LOOKED, who="r", channel="fax") + GOES_ON, by="channel")

    assert [(group.name, group.began.hidden) for group in found.groups] == [("app", False), ("web", True), (REST, True)]


def test_in_any_order_a_step_is_how_many_of_them() -> None:
    found = ask(crowd(5, *BOUGHT) + GOES_ON, order="any").together

    assert [step.name for step in found.steps] == ["1 of them", "2 of them", "3 of them"]


def test_nobody_began() -> None:
    assert ask([]).is_empty
    assert ask(GOES_ON).is_empty


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"steps": ("Viewed",)}, "2 to 12 steps"),
        ({"order": "backwards"}, "ordered, strict, any"),
        ({"window": timedelta(0)}, "longer than nothing"),
        ({"window": timedelta(days=999)}, "366 days"),
        ({"since": date(2027, 1, 1)}, "earlier day first"),
        ({"by": "person"}, "cannot be split"),
        ({"steps": ("Viewed", {"what": "x"})}, "no act"),
        ({"steps": ("Viewed", {"where": {"channel": []}})}, "a value or a list"),
    ],
)
def test_what_cannot_be_asked_is_said(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(KundskabError, match=says):
        ask(crowd(5, *BOUGHT), **asked)


@pytest.mark.slow
def test_two_actors_of_one_person_walk_together(house: House) -> None:
    house.desk.create_source(
        "web", purposes=["analytics"], basis="legitimate_interests", no_signal="declared", who="Cy"
    )
    house.take(track(None, "Viewed", device="phone", timestamp="2026-02-26T12:00:00Z"))
    house.take(track("ann", "Added", timestamp="2026-02-26T12:10:00Z"))
    house.take(identify("ann", "phone", timestamp="2026-02-26T12:20:00Z"))
    query = FunnelQuery(steps_of(("Viewed", "Added")), **YEAR)

    [row] = passages(house.view(), query, zone=STOCKHOLM).to_pyarrow().to_pylist()

    assert row["person"] == house.person("ann")
    assert row["at_1"] - row["at_0"] == 600_000_000


def test_values_are_compared_and_never_run() -> None:
    hostile = {"action": "x' OR 1=1 --", "where": {"property:size": "'); DROP TABLE events; --"}}

    found = ask(crowd(6, *BOUGHT) + GOES_ON, (hostile, "Added"))

    assert found.is_empty
