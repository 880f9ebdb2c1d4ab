"""Refresh: as of a moment, stage by stage, resumable; and derived rows stay behind the same door as all others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from tests.house import NOON, YES, House, identify, track

from kundskab.lake import derived
from kundskab.lake.sweep import sweep
from kundskab.pipeline.refresh import Refreshed, Stage, TooLittle, Work, refresh
from kundskab.pipeline.refresh.looking_back import refresh_from_the_past
from kundskab.types import Busy, KundskabError


def count(work: Work) -> None:
    """A stage as others are: counts by person."""
    events = work.view().events
    counted = events.group_by("person").agg(count=events.count().cast("float64")).mutate(behaviour=ibis.literal("did"))
    work.write("behaviours", counted.select("person", "behaviour", "count").to_pyarrow())


def belong(work: Work) -> None:
    persons = work.current("behaviours")["person"]
    rows = [
        {"person": p.as_py(), "segment": "s1", "weight": 1.0, "low": 0.9, "high": 1.0, "events": 1.0, "sure": True}
        for p in persons
    ]
    work.write("memberships", pa.Table.from_pylist(rows, schema=derived.own_schema("memberships")))


COUNT = Stage("behaviours", count, ("behaviours",))
BELONG = Stage("segments", belong, ("memberships",), after=("behaviours",))


def run(house: House, *stages: Stage, **options: Any) -> Refreshed:
    return refresh(house.home, stages=stages or (COUNT, BELONG), now=lambda: house.now, **options)


def counts(house: House, **options: Any) -> dict[str, float]:
    rows = house.view().derived("behaviours", **options).to_pyarrow().to_pylist()
    return {row["person"]: row["count"] for row in rows}


def ann_and_bo(house: House) -> tuple[str, str]:
    house.take(track("ann", consent=YES), track("ann", consent=YES), track("bo", consent=YES), key="server")
    return house.person("ann"), house.person("bo")


# --- what is computed


@pytest.mark.slow
def test_what_a_stage_wrote_is_read_by_its_name(house: House) -> None:
    ann, bo = ann_and_bo(house)

    run(house)

    assert counts(house) == {ann: 2, bo: 1}


@pytest.mark.slow
def test_every_row_says_from_what_it_was_made(house: House) -> None:
    ann_and_bo(house)
    view = house.view()

    run(house)

    row = house.view().derived("behaviours").to_pyarrow().to_pylist()[0]
    assert row["purpose"] == "analytics"
    assert row["as_of"] == NOON
    assert (row["snapshot"], row["ledger_seq"], row["links_seq"]) == (view.snapshot, view.ledger_seq, view.links_seq)


@pytest.mark.slow
def test_nothing_is_there_before_the_first_refresh(house: House) -> None:
    ann_and_bo(house)

    with pytest.raises(KundskabError, match="kundskab refresh"):
        house.view().derived("behaviours")


def test_a_table_that_is_not_there_is_named_with_those_that_are(house: House) -> None:
    with pytest.raises(KundskabError, match="memberships"):
        house.view().derived("nonsense")


@pytest.mark.slow
def test_each_purpose_has_its_own(house: House) -> None:
    ann_and_bo(house)
    run(house)

    with pytest.raises(KundskabError, match="not computed"):
        house.view("marketing").derived("behaviours")


# --- as of when


@pytest.mark.slow
def test_old_data_are_looked_at_as_of_their_newest_event(house: House) -> None:
    ann_and_bo(house)
    happened = house.now
    house.later(days=400)

    done = run(house)

    assert done.as_of == happened
    assert "newest event" in done.notes[0]


@pytest.mark.slow
def test_nothing_after_the_moment_is_looked_at(house: House) -> None:
    ann, _ = ann_and_bo(house)
    house.later(days=2)
    house.take(track("ann", consent=YES), key="server")

    run(house, as_of=NOON + timedelta(days=1))

    assert counts(house)[ann] == 2


@pytest.mark.slow
def test_a_moment_before_everything_is_refused(house: House) -> None:
    ann_and_bo(house)

    with pytest.raises(KundskabError, match="Nothing had happened"):
        run(house, as_of=datetime(2001, 1, 1, tzinfo=UTC))


def test_an_empty_workspace_says_what_to_do(house: House) -> None:
    with pytest.raises(KundskabError, match="import some events"):
        run(house)


# --- again, and half-way


@pytest.mark.slow
def test_nothing_is_done_twice_when_nothing_has_changed(house: House) -> None:
    ann_and_bo(house)
    run(house)

    assert run(house).was_fresh
    assert not run(house, force=True).was_fresh


@pytest.mark.slow
def test_one_more_event_is_a_reason(house: House) -> None:
    ann, _ = ann_and_bo(house)
    run(house)
    house.take(track("ann", consent=YES), key="server")

    run(house)

    assert counts(house)[ann] == 3


@pytest.mark.slow
def test_killed_half_way_it_goes_on_where_it_was(house: House) -> None:
    ann_and_bo(house)
    tried: list[str] = []

    def die(work: Work) -> None:
        tried.append("segments")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(house, COUNT, Stage("segments", die, ("memberships",)))
    house.later(minutes=5)

    done = run(house)

    assert done.as_of == NOON
    assert list(done.stages) == ["segments"]
    assert house.view().derived("memberships").count().execute() == 2


@pytest.mark.slow
def test_two_at_once_are_one_too_many(house: House) -> None:
    ann_and_bo(house)

    with pytest.raises(Busy, match="refresh"):
        run(house, Stage("again", lambda work: run(house) and None, ()))


@pytest.mark.slow
def test_a_stage_with_too_little_to_learn_from_says_so_and_the_others_go_on(house: House) -> None:
    ann_and_bo(house)

    def too_little(work: Work) -> None:
        raise TooLittle("two people only")

    done = run(house, Stage("first", too_little, ()), COUNT)

    assert "first: two people only" in done.notes
    assert len(counts(house)) == 2


@pytest.mark.parametrize("said", [OSError(28, "No space left on device"), RuntimeError("database or disk is full")])
@pytest.mark.slow
def test_a_full_disk_is_one_sentence(house: House, said: Exception, caplog: pytest.LogCaptureFixture) -> None:
    house.take(track("ann", consent=YES), key="server")

    def full(work: Work) -> None:
        raise said

    with pytest.raises(KundskabError, match="What was finished is kept; free some space"):
        run(house, Stage("first", full, ()))
    assert "Traceback" not in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["record.write", "Views.open"])
def test_a_disk_that_fails_outside_a_stage_is_one_sentence(
    house: House, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann_and_bo(house)

    def fails(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(f"kundskab.pipeline.refresh.deed.{name}", fails)

    with pytest.raises(KundskabError, match="What was finished is kept; see whether it is full or failing"):
        run(house)


@pytest.mark.slow
def test_who_withdrew_while_it_lay_killed_is_in_nothing_that_it_left(house: House) -> None:
    ann, bo = ann_and_bo(house)
    run(house)
    house.later(days=1)
    house.take(track("ann", consent=YES), key="server")

    def die(work: Work) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(house, COUNT, BELONG, Stage("last", die, ()))
    assert bo in everywhere(house)
    house.says("bo", "withdraw")

    done = run(house, COUNT, BELONG, Stage("last", lambda work: None, ()))

    assert done.as_of == house.now
    assert list(done.stages) == ["people", "last"]
    assert ann in everywhere(house)
    assert bo not in everywhere(house)
    assert set(counts(house)) == {ann}


def everywhere(house: House) -> str:
    """What the files of all personal tables hold, whoever may be used."""
    tables = [name for name, table in derived.TABLES.items() if table.is_personal]
    parts = [part for name in tables for part in derived.parts(house.home.lake, name, "analytics")]
    return str([derived.read(part)["person"].to_pylist() for part in parts])


@pytest.mark.slow
def test_a_stage_that_breaks_takes_no_other_along_and_is_tried_again(house: House) -> None:
    ann_and_bo(house)

    def broken(work: Work) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(house, Stage("first", broken, ()), COUNT)
    assert len(counts(house)) == 2

    assert list(run(house, Stage("first", lambda work: None, ()), COUNT).stages) == ["first"]


@pytest.mark.slow
def test_state_of_the_refresh_before_is_given_to_the_next(house: House) -> None:
    ann_and_bo(house)
    found: list[bytes | None] = []

    def learn(work: Work) -> None:
        found.append(work.state("patterns"))
        work.keep("patterns", work.as_of.isoformat().encode())

    stage = Stage("learn", learn, ("models",))
    for _ in range(3):
        run(house, stage, force=True)
        house.later(days=1)
    run(house, stage, as_of=NOON + timedelta(days=2), force=True)

    days = [None if body is None else body.decode()[:10] for body in found]
    assert days == [None, "2026-03-01", "2026-03-02", "2026-03-02"]


@pytest.mark.slow
def test_history_is_kept_moment_by_moment_and_the_newest_is_shown(house: House) -> None:
    ann, _ = ann_and_bo(house)
    run(house)
    house.later(days=1)
    house.take(track("cy", consent=YES), key="server")
    run(house)

    assert house.view().derived("memberships").count().execute() == 3
    kept = house.view().derived("memberships", history=True).to_pyarrow()
    assert sorted(str(row["as_of"].date()) for row in kept.to_pylist() if row["person"] == ann) == [
        "2026-03-01",
        "2026-03-02",
    ]


@pytest.mark.slow
def test_replaced_files_are_swept(house: House) -> None:
    ann_and_bo(house)
    run(house)
    run(house, force=True)

    sweep(house.home.lake, lease=timedelta(0))

    files = list((house.home.folder / "lake" / "warehouse").rglob("derived_behaviours/data/*.parquet"))
    assert len(files) == 1
    assert len(counts(house)) == 2


# --- who may be used, judged now


@pytest.mark.slow
def test_who_withdraws_is_gone_from_derived_rows_at_once(house: House) -> None:
    _, bo = ann_and_bo(house)
    run(house)
    house.later(minutes=1)

    house.says("ann", "withdraw")

    assert counts(house) == {bo: 1}
    assert house.view().derived("memberships", history=True).count().execute() == 1


@pytest.mark.slow
def test_the_next_refresh_takes_her_out_of_what_was_kept(house: House) -> None:
    _, bo = ann_and_bo(house)
    run(house)
    house.later(days=1)
    house.says("ann", "withdraw")

    run(house)

    parts = derived.parts(house.home.lake, "memberships", "analytics")
    assert {person for part in parts for person in derived.read(part)["person"].to_pylist()} == {bo}


@pytest.mark.slow
def test_who_becomes_somebody_else_waits_for_the_next_refresh(house: House) -> None:
    house.take(track(None, device="phone", consent=YES), track("bo", consent=YES), key="server")
    run(house)
    house.take(identify("ann", "phone", consent=YES), key="server")

    hidden = counts(house)
    run(house)

    assert set(hidden) == {house.person("bo")}
    assert set(counts(house)) == {house.person("ann"), house.person("bo")}


@pytest.mark.slow
def test_who_gains_a_device_keeps_her_history(house: House) -> None:
    house.take(track("ann", consent=YES), key="server")
    run(house)
    house.later(days=1)
    house.take(identify("ann", "phone", consent=YES), track("ann", device="phone", consent=YES), key="server")
    ann = house.person("ann")

    run(house)

    kept = house.view().derived("memberships", history=True).to_pyarrow().to_pylist()
    assert [row["person"] for row in kept] == [ann, ann]


@pytest.mark.slow
def test_a_split_hides_what_was_counted_of_both(house: House) -> None:
    house.take(identify("ann", "phone", consent=YES), track("ann", device="phone", consent=YES), key="server")
    house.take(track(None, device="phone", consent=YES), key="server")
    run(house)
    assert len(counts(house)) == 1
    link = house.desk.linking.links(house.person("ann"), who="Cy")[0]

    house.desk.linking.undo(link.id, who="Cy", reason="two people")

    assert counts(house) == {}


@pytest.mark.slow
def test_whole_persons_reach_the_kernel(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundskab.consent.view.PEOPLE_ROWS", 3)
    people = {f"p{number}": number % 5 + 1 for number in range(20)}
    house.take(*(track(who, consent=YES) for who, n in people.items() for _ in range(n)), key="server")
    schema = pa.schema({"person": pa.string(), "n": pa.int64()})

    def kernel(events: pa.Table) -> pa.Table:
        return events.group_by("person").aggregate([("action", "count")]).rename_columns(["person", "n"])

    found = house.view().map_people(kernel, schema)

    assert sorted(found["n"].to_pylist()) == sorted(people.values())
    assert len(set(found["person"].to_pylist())) == 20


# --- beginning in the past


@pytest.mark.slow
def test_the_first_may_be_preceded_by_earlier_months(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundskab.pipeline.refresh.deed.all_stages", lambda: (COUNT, BELONG))
    house.take(track("ann", consent=YES), key="server")
    house.later(days=130)
    house.take(track("bo", consent=YES), key="server")

    refresh_from_the_past(house.home, months=4, now=lambda: house.now)

    kept = house.view().derived("memberships", history=True).to_pyarrow().to_pylist()
    days_back = sorted({(house.now - row["as_of"]).days for row in kept})
    assert days_back == [0, 30, 60]  # ninety days back there were not two months of history yet
