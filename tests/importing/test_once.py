"""Each row of a file is in the lake once, however often and however interrupted it comes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.importing.conftest import VISITS, Write, balanced, stored

from kundskab.pipeline.home import Home
from kundskab.pipeline.importing import import_events

pytestmark = pytest.mark.slow

THREE = "who,at,what\nann,2026-01-01,visit\nbo,2026-01-02,order\ncy,2026-01-03,visit\n"


def test_a_file_becomes_rows(home: Home, write: Write) -> None:
    report = import_events(home, write(THREE), mapping=VISITS)

    assert (report.rows, report.stored, report.duplicates, report.refused, report.quarantined) == (3, 3, 0, 0, 0)
    assert [action for _, _, action in stored(home)] == ["visit", "order", "visit"]
    assert balanced(home)


def test_the_same_file_twice_stores_nothing_new(home: Home, write: Write) -> None:
    path = write(THREE)
    import_events(home, path, mapping=VISITS)

    again = import_events(home, path, mapping=VISITS)

    assert (again.stored, again.duplicates) == (0, 3)
    assert len(stored(home)) == 3
    assert balanced(home)


def test_equal_rows_of_a_file_all_count(home: Home, write: Write) -> None:
    path = write("who,at,what\n" + "ann,2026-01-01,visit\n" * 3 + "bo,2026-01-01,visit\n")

    first = import_events(home, path, mapping=VISITS)
    again = import_events(home, path, mapping=VISITS)

    assert first.stored == 4
    assert again.stored == 0
    ids = [name for (name,) in stored(home, "event_id")]
    assert sorted(name.removeprefix(ids[0]) for name in ids if name.startswith(ids[0])) == ["", "-2", "-3"]


def test_an_equal_row_more_is_one_new_row(home: Home, write: Write) -> None:
    import_events(home, write("who,at,what\n" + "ann,2026-01-01,visit\n" * 2), mapping=VISITS)

    more = import_events(home, write("who,at,what\n" + "ann,2026-01-01,visit\n" * 3), mapping=VISITS)

    assert (more.stored, more.duplicates) == (1, 2)


def test_overlapping_files_of_a_source_meet(home: Home, write: Write) -> None:
    january = write("who,at,what\nann,2026-01-01,visit\nbo,2026-01-02,order\n", "january.csv")
    later = write("who,at,what\nbo,2026-01-02,order\ncy,2026-02-03,visit\n", "later.csv")

    import_events(home, january, mapping=VISITS, source="shop")
    report = import_events(home, later, mapping=VISITS, source="shop")

    assert (report.stored, report.duplicates) == (1, 1)


def test_another_source_is_another_story(home: Home, write: Write) -> None:
    path = write(THREE)
    import_events(home, path, mapping=VISITS, source="shop")

    report = import_events(home, path, mapping=VISITS, source="till")

    assert report.stored == 3


def test_the_files_own_id_decides_when_there_is_one(home: Home, write: Write) -> None:
    path = write(
        "id,who,at,what\n7.0,ann,2026-01-01,visit\n8,bo,2026-01-02,order\n7,ann,2026-01-01,visit again\n"
        ",cy,2026-01-03,visit\n,cy,2026-01-03,visit\n"
    )

    report = import_events(home, path, mapping=VISITS | {"event_id": "id"})
    again = import_events(home, path, mapping=VISITS | {"event_id": "id"})

    assert (report.stored, report.duplicates) == (4, 1)
    assert [name for (name,) in stored(home, "event_id")][:2] == ["7", "8"]
    assert (again.stored, again.duplicates) == (0, 5)


def test_a_bad_row_never_hides_a_good_one_of_the_same_id(home: Home, write: Write) -> None:
    path = write("id,who,at,what\n7,,2026-01-01,visit\n7,ann,2026-01-01,visit\n")

    report = import_events(home, path, mapping=VISITS | {"event_id": "id"})

    assert (report.stored, report.duplicates, report.quarantined) == (1, 0, 1)


def test_cells_cannot_pretend_to_be_other_cells(home: Home, write: Write) -> None:
    path = write("who,at,what,a,b\nann,2026-01-01,visit,x\x1e1\x1f,\nann,2026-01-01,visit,x,1\x1f\x1e\n")

    import_events(home, path, mapping=VISITS)

    first, second = (name for (name,) in stored(home, "event_id"))
    assert first != second
    assert "-" not in first + second


@pytest.mark.parametrize("where", ["add_quarantine", "tokens_bulk", "new_file", "commit"])
def test_a_crash_anywhere_loses_and_doubles_nothing(
    home: Home, write: Write, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    path = write(THREE + ",2026-01-04,visit\n")
    owner: Any = home.vault if hasattr(home.vault, where) else home.lake

    def crash(*_: object, **__: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(type(owner), where, crash)
        with pytest.raises(OSError, match="power"):
            import_events(home, path, mapping=VISITS)
    report = import_events(home, path, mapping=VISITS)

    assert (report.stored, report.quarantined) == (3, 1)
    assert len(stored(home)) == 3
    assert home.lake.state().books["visits"].quarantined == 1
    assert balanced(home)


def test_another_file_after_a_crash_counts_rightly(home: Home, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(type(home.lake), "commit", crash)
        with pytest.raises(OSError, match="power"):
            import_events(home, write(THREE + ",2026-01-04,visit\n"), mapping=VISITS)
    import_events(home, write(THREE, "other.csv"), mapping=VISITS, source="visits")
    import_events(home, write(THREE + ",2026-01-04,visit\n"), mapping=VISITS)

    books = home.lake.state().books["visits"]
    assert (books.stored, books.quarantined) == (3, 1)
    assert balanced(home)


def test_the_next_number_lies_behind_every_stored_row(home: Home, write: Write) -> None:
    import_events(home, write(THREE), mapping=VISITS)
    import_events(home, write(THREE.replace("visit", "call"), "more.csv"), mapping=VISITS)

    numbers = [number for (number,) in stored(home, "ingested_seq")]
    assert len(set(numbers)) == 6
    assert home.lake.state().next_seq > max(numbers)
