"""A later refresh that has too little: what was learnt before is not shown as what is known now, and it is said why."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest
from tests.house import YES, House, track
from tests.pipeline.test_refresh_segments import PEOPLE, crowd

from kundskab.consent.derived import NotComputed
from kundskab.lake import derived
from kundskab.pipeline.refresh import Refreshed, Stage, TooLittle, Work, refresh
from kundskab.pipeline.refresh import segments as segments_stage
from kundskab.pipeline.refresh.moment import NothingYet

pytestmark = pytest.mark.slow
WHY = "had too little to learn from. Nothing that people did tells them apart"


def run(house: House, *stages: Stage, **days: float) -> Refreshed:
    """A refresh some time later."""
    house.later(minutes=2, **days)
    return refresh(house.home, stages=stages or (segments_stage.STAGE,), now=lambda: house.now)


def enough(house: House) -> str:
    """Eighty people of two kinds, understood; Ann is one of them."""
    house.take(*crowd(), key="server")
    run(house)
    assert len(house.desk.segments.overview().living) == 2
    return house.person("ann")


def test_as_of_a_day_with_too_little_there_is_nothing_and_it_is_said_why(house: House) -> None:
    ann = enough(house)
    house.later(minutes=2)

    refresh(house.home, stages=(segments_stage.STAGE,), as_of=house.now - timedelta(days=7.5), now=lambda: house.now)

    with pytest.raises(NotComputed, match=WHY):
        house.desk.segments.overview()
    with pytest.raises(NotComputed, match=WHY):
        house.view().derived("profiles")
    hers = house.desk.segments.of_person(ann)
    assert hers.now is None
    assert WHY in hers.why_none


def test_where_all_but_two_have_withdrawn_segments_end_and_are_remembered(house: House) -> None:
    ann = enough(house)
    for n in range(2, PEOPLE):
        house.says(f"u{n}", "withdraw")

    done = run(house, days=1)

    assert any("tells them apart" in note for note in done.notes)
    with pytest.raises(NotComputed, match=WHY):
        house.desk.segments.overview()
    assert [each.happening for each in house.desk.segments.tree()] == ["born", "born", "died", "died"]
    hers = house.desk.segments.of_person(ann)
    assert hers.now is None
    assert [standing.as_of for standing in hers.history] == [house.now - timedelta(days=1, minutes=2)]

    house.take(*crowd(1), key="server")
    house.says("ann", "grant")
    for n in range(1, PEOPLE):
        house.says(f"u{n}", "grant")
    run(house, days=1)

    assert {card.segment for card in house.desk.segments.overview().living} == {"s3", "s4"}
    assert house.desk.segments.of_person(ann).now is not None


def test_where_all_have_withdrawn_nothing_stays(house: House) -> None:
    house.take(track("ann", consent=YES), track("bo", consent=YES), key="server")
    run(house, FEW, COUNTS)
    for who in ("ann", "bo"):
        house.says(who, "withdraw")

    with pytest.raises(NothingYet):
        run(house, FEW, COUNTS, days=1)

    for name in ("segments", "undervalued_groups"):
        with pytest.raises(NotComputed, match="Nothing has happened yet that may be used"):
            house.view().derived(name)
    assert not [part for part in derived.parts(house.home.lake, "people", "analytics") if part.file.record_count]


def test_another_stage_s_rows_of_a_shared_table_stay(house: House) -> None:
    house.take(track("ann", consent=YES), key="server")
    run(house, says("returns"), says("action"))

    run(house, says("returns"), says("action", too_little=True), days=1)

    rows = house.view().derived("contests").to_pyarrow()
    assert set(rows["kind"].to_pylist()) == {"returns"}
    assert set(rows["as_of"].to_pylist()) == {house.now}
    kept = {part.part for part in derived.parts(house.home.lake, "models", "analytics")}
    assert kept == {"returns"}, "what was learnt goes with what was told"


def test_the_first_refresh_says_why_too(house: House) -> None:
    house.take(track("ann", consent=YES), key="server")

    run(house, says("action", too_little=True))

    with pytest.raises(NotComputed, match="as of 1 March 2026, had too little to learn from"):
        house.view().derived("contests")


def says(kind: str, *, too_little: bool = False) -> Stage:
    def learn(work: Work) -> None:
        if too_little:
            raise TooLittle("Too few.")
        work.keep(kind, b"learnt")
        row = dict.fromkeys(derived.own_schema("contests").names) | {"kind": kind}
        work.write_kinds("contests", pa.Table.from_pylist([row], derived.own_schema("contests")), kind)

    return Stage(kind, learn, ("contests",), kinds=(kind,), models=(kind,))


def _one(table: str, **values: object) -> Stage:
    row = dict.fromkeys(derived.own_schema(table).names) | values
    rows = pa.Table.from_pylist([row], derived.own_schema(table))
    return Stage(table, lambda work: work.write(table, rows), (table,))


FEW = _one("segments", segment="s1", status="living", name="Hikes")
COUNTS = _one("undervalued_groups", kind="object", group="boots", persons=9)
