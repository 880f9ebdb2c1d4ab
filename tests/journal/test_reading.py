"""The reading side: in order, from any position, never cutting an entry, never in the writer's way."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kundskab import journal
from kundskab.journal import Entry, Journal

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fill(folder: Path, *sizes: int) -> None:
    with Journal.open(folder) as writer:
        writer.append([Entry("web", NOON, b"{}", str(number).encode(), events) for number, events in enumerate(sizes)])


@pytest.mark.parametrize(
    ("after", "firsts"),
    [(0, [1, 4, 5]), (1, [1, 4, 5]), (2, [1, 4, 5]), (3, [4, 5]), (4, [5]), (5, [5]), (6, []), (99, [])],
)
def test_it_reads_on_from_any_position(tmp_path: Path, after: int, firsts: list[int]) -> None:
    fill(tmp_path, 3, 1, 2)

    assert [stored.first for stored in journal.read(tmp_path, "00", after)] == firsts


@pytest.mark.parametrize(("limit", "firsts"), [(1, [1]), (3, [1]), (4, [1, 4]), (5, [1, 4, 5])])
def test_it_never_cuts_an_entry(tmp_path: Path, limit: int, firsts: list[int]) -> None:
    fill(tmp_path, 3, 1, 2)

    assert [stored.first for stored in journal.read(tmp_path, "00", 0, limit)] == firsts


def test_it_knows_no_journals_in_an_empty_folder(tmp_path: Path) -> None:
    assert journal.journals(tmp_path) == []
    assert journal.received(tmp_path) == {}


def test_it_counts_nothing_in_a_file_without_tables(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "00.sqlite").close()

    assert journal.received(tmp_path) == {"00": 0}
    assert journal.read(tmp_path, "00", 0) == []


def test_a_reader_in_the_middle_does_not_hold_up_the_writer(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as writer:
        writer.append([Entry("web", NOON, b"{}", b"ann", 1)])
        with sqlite3.connect(f"file:{tmp_path}/00.sqlite?mode=ro", uri=True, isolation_level=None) as reader:
            reader.execute("BEGIN")
            assert reader.execute("SELECT count(*) FROM entries").fetchone() == (1,)

            assert writer.append([Entry("web", NOON, b"{}", b"bo", 1)]) == [2]

            assert reader.execute("SELECT count(*) FROM entries").fetchone() == (1,)
        reader.close()
        assert len(journal.read(tmp_path, "00", 0)) == 2
