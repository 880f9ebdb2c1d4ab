"""Digested entries leave; counts, positions and everybody else's entries stay."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kundskab import journal
from kundskab.journal import Entry, GroupCommit, Journal, trimming
from kundskab.journal.room import RESERVE_BYTES

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CANARY = b"ann-was-here@example.com"


def entry(hours: int = 0, events: int = 1, body: bytes = b"{}") -> Entry:
    return Entry("web", NOON + hours * HOUR, b"{}", body, events)


def firsts(folder: Path) -> list[int]:
    return [stored.first for stored in journal.read(folder, "00", 0)]


def test_it_trims_only_what_is_digested_and_old(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as writer:
        writer.append([entry(0, events=2), entry(1, events=2), entry(2), entry(3)])

    by_position = journal.trim(tmp_path, "00", upto=3, older_than=NOON + 9 * HOUR)
    by_time = journal.trim(tmp_path, "00", upto=6, older_than=NOON + 2 * HOUR)

    assert (by_position, by_time) == (1, 1)
    assert firsts(tmp_path) == [5, 6]


def test_it_keeps_counting_where_it_was(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as writer:
        writer.append([entry(events=7)])
    journal.trim(tmp_path, "00", upto=7, older_than=NOON + HOUR)

    with Journal.open(tmp_path) as writer:
        assert writer.append([entry()]) == [8]

    assert journal.received(tmp_path) == {"00": 8}
    assert firsts(tmp_path) == [8]


@pytest.mark.slow
def test_it_leaves_no_byte_of_a_trimmed_body(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as writer:
        writer.append([entry(body=CANARY * 500) for _ in range(300)])

    assert journal.trim(tmp_path, "00", upto=300, older_than=NOON + HOUR) == 300

    assert [path.name for path in tmp_path.iterdir() if CANARY in path.read_bytes()] == []
    assert (tmp_path / "00.sqlite").stat().st_size < 100_000


def test_it_asks_the_collector_that_holds_the_file(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as writer:
        writer.append([entry(), entry()])

        assert journal.trim(tmp_path, "00", upto=1, older_than=NOON + HOUR) == 0
        assert firsts(tmp_path) == [1, 2]
        assert writer.tidy() == 1
        assert writer.tidy() == 0

        assert firsts(tmp_path) == [2]
        assert not (tmp_path / "00.trim").exists()


def test_a_busy_collector_trims_between_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundskab.journal.group._TIDY_SECONDS", 0.0)

    async def append_while_asked() -> None:
        commit = GroupCommit(Journal.open(tmp_path))
        await commit.append(entry(events=5))
        journal.trim(tmp_path, "00", upto=5, older_than=NOON + HOUR)
        for _ in range(3):
            await commit.append(entry(hours=2))
        await commit.close()

    asyncio.run(append_while_asked())

    assert firsts(tmp_path) == [6, 7, 8]


def test_on_a_short_disk_the_log_gives_its_space_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal.open(tmp_path) as writer:
        writer.append([entry(body=b"x" * 1_000_000)])
        log = tmp_path / "00.sqlite-wal"
        assert log.stat().st_size > 1_000_000
        monkeypatch.setattr("kundskab.journal.room._spare_bytes", lambda folder: 1000)

        assert not writer.has_room
        writer.tidy()

        assert log.stat().st_size == 0
        assert writer.has_room


def test_it_burns_the_reserve_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal.open(tmp_path) as writer:
        writer.append([entry()])
    reserve = tmp_path / "00.reserve"
    assert reserve.stat().st_size == RESERVE_BYTES
    delete_some = trimming.delete_some

    def fails_until_burnt(db: sqlite3.Connection, request: trimming.Trim) -> int:
        if reserve.exists():
            raise sqlite3.OperationalError("database or disk is full")
        return delete_some(db, request)

    monkeypatch.setattr(trimming, "delete_some", fails_until_burnt)

    assert journal.trim(tmp_path, "00", upto=1, older_than=NOON + HOUR) == 1

    Journal.open(tmp_path).close()
    assert reserve.exists(), "the next writer lays a new reserve aside"


@pytest.mark.parametrize("note", ["", "{", "[]", '{"upto": 1}', "7"])
def test_a_note_that_a_power_cut_spoilt_is_thrown_away(tmp_path: Path, note: str) -> None:
    (tmp_path / "00.trim").write_text(note)

    with Journal.open(tmp_path) as writer:
        assert writer.tidy() == 0

    assert not (tmp_path / "00.trim").exists()


def test_senders_are_served_though_tidying_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: Journal) -> int:
        raise RuntimeError("of a kind nobody thought of")

    monkeypatch.setattr("kundskab.journal.group._TIDY_SECONDS", 0.0)
    monkeypatch.setattr(Journal, "tidy", fails)

    async def append_some() -> list[int]:
        commit = GroupCommit(Journal.open(tmp_path))
        positions = [await commit.append(entry()) for _ in range(3)]
        await commit.close()
        return positions

    assert asyncio.run(append_some()) == [1, 2, 3]
