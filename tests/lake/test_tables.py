"""The lake: commits carry rows and state together; compaction and sweep lose nothing and leave nothing."""

import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from kundskab.lake import Lake, LakeState, SourceBooks, derived
from kundskab.lake.compaction import compact, plan
from kundskab.lake.engine import connect
from kundskab.lake.reader import attach, pin, volumes
from kundskab.lake.schema import arrow_schema
from kundskab.lake.sweep import replaced_before, sweep
from kundskab.types import KundskabError

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path):
    lake = Lake.open(tmp_path / "lake")
    yield lake
    lake.close()


def events(*actors, source="web", first_seq=1):
    rows = [
        {"event_id": f"e{first_seq + i}", "actor": actor, "action": "visit", "occurred_at": NOW, "received_at": NOW}
        | {"ingested_seq": first_seq + i, "source": source, "permission": 1, "journal": "00", "position": first_seq + i}
        for i, actor in enumerate(actors)
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema())


def add(lake, *actors):
    state = lake.state()
    rows = events(*actors, first_seq=state.next_seq)
    books = {"web": SourceBooks(received=len(actors), stored=len(actors))}
    path = lake.write(rows, "fresh")
    lake.commit([path], state.advanced(positions={"00": state.next_seq}, books=books, stored=len(actors)))


def stored_ids(lake, tmp_path):
    connection = connect(tmp_path / "temp")
    attach(connection, "e", pin(lake).files)
    return [row[0] for row in connection.execute("SELECT event_id FROM e ORDER BY ingested_seq").fetchall()]


@pytest.mark.slow
def test_it_commits_rows_and_books_together(lake, tmp_path):
    add(lake, "ann", "bo")
    add(lake, "cy")

    assert stored_ids(lake, tmp_path) == ["e1", "e2", "e3"]
    assert lake.state().books["web"] == SourceBooks(received=3, stored=3)
    assert lake.state().next_seq == 4


def test_it_records_a_batch_of_doubles_without_rows(lake):
    lake.commit([], LakeState().advanced(positions={"00": 9}, books={"web": SourceBooks(9, 0, 9)}, stored=0))

    assert lake.state().positions == {"00": 9}
    assert lake.state().books["web"].duplicate == 9


def test_positions_never_go_back():
    state = LakeState(positions={"00": 9})

    assert state.advanced(positions={"00": 5, "01": 2}, books={}, stored=0).positions == {"00": 9, "01": 2}


def test_an_empty_lake_reads_as_no_rows(lake, tmp_path):
    assert stored_ids(lake, tmp_path) == []


def test_another_handle_sees_what_was_committed(lake, tmp_path):
    add(lake, "ann")

    again = Lake.open(tmp_path / "lake")

    assert again.state().next_seq == 2
    again.close()


@pytest.mark.slow
def test_compaction_keeps_rows_and_state_and_sorts_by_actor(lake, tmp_path):
    for actor in ["cy", "ann", "bo"] * 8:
        add(lake, actor)
    before = (stored_ids(lake, tmp_path), lake.state())

    replaced = compact(lake, tmp_path / "temp")

    assert replaced == 24
    assert (stored_ids(lake, tmp_path), lake.state()) == before
    [run] = pin(lake).files
    actors = connect(tmp_path / "temp").execute(f"SELECT actor FROM read_parquet('{run}')").fetchall()
    assert actors == sorted(actors)
    assert plan(lake.data_files()) == []


@pytest.mark.slow
def test_four_runs_become_one_of_the_next_level(lake, tmp_path):
    for _ in range(4):
        add(lake, "ann")
        add(lake, "bo")
        lake.exchange(lake.data_files()[:0], [])  # a commit without files changes nothing
        fresh = [f for f in lake.data_files() if "fresh" in f.file_path]
        path = lake.write(events("ann", "bo"), f"run-1-{len(lake.data_files()):08x}-00")
        lake.exchange(fresh, [path])

    [merge] = plan(lake.data_files())

    assert merge.level == 2
    assert len(merge.files) == 4


@pytest.mark.slow
def test_the_sweep_leaves_replaced_files_to_readers_until_the_lease_is_over(lake, tmp_path):
    for _ in range(24):
        add(lake, "ann")
    held = pin(lake).files
    compact(lake, tmp_path / "temp")

    sweep(lake)
    assert all(path.exists() for path in held)

    sweep(lake, lease=timedelta(0))
    assert not any(path.exists() for path in held)
    assert len(stored_ids(lake, tmp_path)) == 24


@pytest.mark.slow
def test_the_lease_begins_when_a_commit_is_replaced_however_old_it_is(lake):
    add(lake, "ann")
    add(lake, "bo")
    add(lake, "cy")
    first, second, third = lake.table("events").metadata.snapshots
    at_rest = [
        first.model_copy(update={"timestamp_ms": 1_000_000}),
        second.model_copy(update={"timestamp_ms": 2_000_000}),
        third.model_copy(update={"timestamp_ms": 9_000_000}),
    ]

    assert replaced_before(at_rest, before=1_000) == []
    assert replaced_before(at_rest, before=8_000) == [first.snapshot_id]  # the second is old, but was read until 9,000
    assert replaced_before(at_rest, before=9_000) == [first.snapshot_id, second.snapshot_id]


@pytest.mark.slow
def test_the_sweep_removes_files_that_no_commit_names(lake, tmp_path):
    add(lake, "ann")
    orphan = lake.write(events("bo"), "fresh")

    removed = sweep(lake, lease=timedelta(0))

    assert removed >= 1
    assert not orphan.exists()
    assert stored_ids(lake, tmp_path) == ["e1"]


def test_manifests_keep_no_bounds_of_people(lake):
    add(lake, "canary-actor-token")
    metadata = (lake.warehouse / "kundskab" / "events" / "metadata").glob("*.avro")

    assert not any(b"canary" in path.read_bytes() for path in metadata)


@pytest.mark.slow
def test_volumes_count_by_day_of_the_workspace(lake, tmp_path):
    add(lake, "ann", "bo")

    table = volumes(lake, tmp_path / "temp", timezone="Pacific/Auckland", days=7)

    assert table.to_pylist() == [{"day": datetime(2026, 1, 3).date(), "source": "web", "events": 2}]


@pytest.mark.slow
def test_a_lone_unsorted_file_is_sorted_when_everything_is_asked_for(lake, tmp_path):
    add(lake, "cy", "ann", "bo")

    assert compact(lake, tmp_path / "temp", everything=True) == 1
    assert compact(lake, tmp_path / "temp", everything=True) == 0


@pytest.mark.slow
def test_compaction_gives_up_files_that_somebody_else_replaced_meanwhile(lake, tmp_path):
    add(lake, "ann")
    add(lake, "bo")

    @contextmanager
    def too_late():
        if len(lake.data_files()) == 2:
            compact(lake, tmp_path / "other", everything=True)
        yield

    assert compact(lake, tmp_path / "temp", everything=True, lock=too_late) == 0
    assert stored_ids(lake, tmp_path) == ["e1", "e2"]


def test_opening_a_lake_again_leaves_no_file_behind(lake, tmp_path):
    before = sorted(tmp_path.rglob("*.json"))

    Lake.open(tmp_path / "lake").close()

    assert sorted(tmp_path.rglob("*.json")) == before


def test_a_table_that_was_loaded_stays_as_it_was_while_others_commit(lake):
    add(lake, "ann")
    mine = lake.table("events")

    add(lake, "bo")

    assert len(mine.metadata.snapshots) == 1
    assert len(lake.table("events").metadata.snapshots) == 2


@pytest.mark.slow
def test_a_derived_table_of_an_earlier_version_gets_the_columns_that_came_since(lake, monkeypatch):
    def kept(**columns):
        row = dict.fromkeys(derived.empty("driver_people").schema.names)
        row |= {"purpose": "analytics", "as_of": NOW, "person": "ann"} | columns
        rows = pa.Table.from_pylist([row], schema=derived.empty("driver_people").schema)
        derived.commit(lake, "driver_people", [derived.write(lake, "driver_people", rows, purpose="p", as_of=NOW)])

    kept()
    grown = derived.Derived(
        derived.TABLES["driver_people"].columns | {"mood": derived.TABLES["drivers"].columns["did"]}
    )
    monkeypatch.setitem(derived.TABLES, "driver_people", grown)
    kept(mood="glad")

    rows = [derived.read(part).to_pylist()[0] for part in derived.parts(lake, "driver_people", "p")]
    assert sorted(str(row.get("mood")) for row in rows) == ["None", "glad"]


def test_a_lake_that_was_copied_says_where_it_was_made_and_touches_nothing_there(lake, tmp_path):
    add(lake, "ann")
    shutil.copytree(tmp_path / "lake", tmp_path / "copy")

    with pytest.raises(KundskabError, match=f"made in {tmp_path / 'lake'} "):
        Lake.open(tmp_path / "copy").state()
