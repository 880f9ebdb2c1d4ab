"""The stage undervalued: segments count as they were told a horizon ago, never as they are told now."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from tests.house import YES, House, track

from kundskab.lake import derived
from kundskab.pipeline.refresh import Stage, Work, refresh
from kundskab.pipeline.refresh.undervalued import STAGE, _segments_of

pytestmark = pytest.mark.slow
Told = tuple[dict[str, Any], dict[str, Any]]


def belong(ann: str, weight: float, *, living: tuple[str, ...] = ("s1",)) -> Stage:
    """Ann is in s1 to this degree."""

    def run(work: Work) -> None:
        row = {"person": ann, "segment": "s1", "weight": weight, "low": 0.1, "high": 0.9, "events": 9.0, "sure": True}
        work.write("memberships", pa.Table.from_pylist([row], derived.own_schema("memberships")))
        rows = [dict.fromkeys(derived.own_schema("segments").names) | {"segment": "s1", "status": "living"}]
        rows = [row for row in rows if row["segment"] in living]
        work.write("segments", pa.Table.from_pylist(rows, derived.own_schema("segments")))

    return Stage("segments", run, ("memberships", "segments"))


def asked(house: House, ann: str, *stages: Stage) -> Told:
    """What the stage takes segments to be, 60 days ago."""
    seen: list[Told] = []
    probe = Stage("probe", lambda work: seen.append(_segments_of(work, 60, pa.array([ann]))), (), after=("segments",))
    refresh(house.home, stages=(*stages, probe), now=lambda: house.now)
    return seen[0]


def test_a_segment_is_who_it_was_a_horizon_ago(house: House) -> None:
    house.take(track("ann", consent=YES), key="server")
    ann = house.person("ann")
    refresh(house.home, stages=(belong(ann, 0.3),), now=lambda: house.now)
    house.later(days=70)
    house.take(track("ann", consent=YES), key="server")

    codes, degrees = asked(house, ann, belong(ann, 0.9))

    assert {name: each.tolist() for name, each in codes.items()} == {"s1": [0]}
    assert degrees["s1"].tolist() == [0.3]


def test_no_segment_counts_where_no_refresh_looked_so_early(house: House) -> None:
    house.take(track("ann", consent=YES), key="server")
    ann = house.person("ann")

    assert asked(house, ann, belong(ann, 0.9)) == ({}, {})


def test_a_segment_that_is_no_more_is_left_out(house: House) -> None:
    house.take(track("ann", consent=YES), key="server")
    ann = house.person("ann")
    refresh(house.home, stages=(belong(ann, 0.3),), now=lambda: house.now)
    house.later(days=70)
    house.take(track("ann", consent=YES), key="server")

    assert asked(house, ann, belong(ann, 0.9, living=())) == ({}, {})


def test_a_history_of_a_day_is_too_short_to_say_who_is_undervalued(house: House) -> None:
    house.take(
        track("ann", "Order Completed", consent=YES, properties={"order_id": "1", "revenue": 9, "currency": "EUR"}),
        key="server",
    )

    done = refresh(house.home, stages=(STAGE,), now=lambda: house.now)

    assert any("that takes 56 days of history, and there are 0" in note for note in done.notes)


def test_what_came_of_earlier_finds_stands_apart_from_the_groups(house: House) -> None:
    house.take(track("ann", consent=YES), key="server")
    worth = dict.fromkeys(derived.own_schema("worth").names) | {"person": house.person("ann"), "horizon_days": 30}
    since = {"kind": "people", "group": "undervalued", "persons": 64, "ratio": 1.5, "low": 1.3, "high": 1.7}
    rows = {"worth": [worth], "undervalued": [], "undervalued_groups": [{"present": 1.0, "expected": 1.5} | since]}

    def run(work: Work) -> None:
        for name, told in rows.items():
            work.write(name, pa.Table.from_pylist(told, derived.own_schema(name)))

    refresh(house.home, stages=(Stage("all", run, tuple(rows)),), now=lambda: house.now)
    found = house.desk.undervalued.finds()

    assert found.groups == ()
    assert found.earlier is not None
    assert (found.earlier.persons, found.earlier.low) == (64, 1.3)


def test_where_nobody_is_found_it_is_still_said_when_and_of_whom(house: House) -> None:
    house.take(track("ann", consent=YES), key="server")
    row = dict.fromkeys(derived.own_schema("worth").names) | {"person": house.person("ann"), "horizon_days": 30}

    def run(work: Work) -> None:
        work.write("worth", pa.Table.from_pylist([row], derived.own_schema("worth")))
        work.write("undervalued", derived.empty("undervalued").select(derived.own_schema("undervalued").names))

    done = refresh(house.home, stages=(Stage("both", run, ("worth", "undervalued")),), now=lambda: house.now)
    found = house.desk.undervalued.finds()

    assert (found.total, found.looked_at, found.rows) == (0, 1, [])
    assert found.as_of == done.as_of


def test_where_worth_could_not_be_told_those_who_were_counted_were_looked_at(house: House) -> None:
    house.take(track("ann", consent=YES), track("bo", consent=YES), key="server")
    none = derived.empty("undervalued").select(derived.own_schema("undervalued").names)
    stage = Stage("undervalued", lambda work: work.write("undervalued", none), ("undervalued",))

    done = refresh(house.home, stages=(stage,), now=lambda: house.now)
    found = house.desk.undervalued.finds()

    assert (found.total, found.looked_at, found.as_of) == (0, 2, done.as_of)
