"""The writing side: what is acknowledged is there, in order, and counted."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kundskab import journal
from kundskab.journal import Entry, GroupCommit, Journal, JournalFull, room
from kundskab.types import KundskabError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(body: bytes = b"{}", events: int = 1, at: datetime = NOON) -> Entry:
    return Entry("web", at, b"{}", body, events)


def test_it_numbers_events_not_requests(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as writer:
        positions = writer.append([entry(events=3), entry(events=1)]) + writer.append([entry(events=2)])

    assert positions == [1, 4, 5]
    assert journal.received(tmp_path) == {"00": 6}


def test_it_gives_back_what_was_handed_over(tmp_path: Path) -> None:
    handed = Entry("shop", NOON + timedelta(microseconds=7), b'{"gpc":true}', b"\x00\xff bytes", 2)

    with Journal.open(tmp_path) as writer:
        writer.append([handed])

    assert [(stored.first, stored.last, stored.entry) for stored in journal.read(tmp_path, "00", 0)] == [(1, 2, handed)]


def test_it_goes_on_counting_after_a_restart(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as writer:
        writer.append([entry(events=4)])

    with Journal.open(tmp_path) as writer:
        assert writer.name == "00"
        assert writer.append([entry()]) == [5]


def test_it_gives_each_writer_a_file_of_its_own(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as one, Journal.open(tmp_path) as two:
        one.append([entry(b"ann")])
        two.append([entry(b"bo"), entry(b"cy")])

        assert (one.name, two.name) == ("00", "01")
        assert journal.journals(tmp_path) == ["00", "01"]
        assert journal.received(tmp_path) == {"00": 1, "01": 2}


def test_it_is_durable_by_its_settings(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as writer:
        assert writer._db is not None
        settings = {
            name: writer._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "auto_vacuum", "secure_delete")
        }

    assert settings == {"journal_mode": "wal", "synchronous": 2, "auto_vacuum": 2, "secure_delete": 1}


def test_nobody_else_on_the_machine_reads_it(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as writer:
        writer.append([entry()])
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path.name.startswith("00.sq")}

    assert modes == {"00.sqlite": 0o600, "00.sqlite-wal": 0o600, "00.sqlite-shm": 0o600}


def test_it_refuses_a_file_from_the_future(tmp_path: Path) -> None:
    Journal.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "00.sqlite") as db:
        db.execute("PRAGMA user_version=99")

    with pytest.raises(KundskabError, match="newer Kundskab"):
        Journal.open(tmp_path)


def test_it_says_full_before_the_disk_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal.open(tmp_path) as writer:
        monkeypatch.setattr(room, "_spare_bytes", lambda folder: -1)

        with pytest.raises(JournalFull, match="nearly full"):
            writer.append([entry()])

    assert journal.received(tmp_path) == {"00": 0}


def test_it_never_acknowledges_on_a_connection_that_failed(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as writer:
        writer.append([entry(b"ann")])
        assert writer._db is not None
        failed = writer._db
        # A file that may not grow is what a full disk looks like to SQLite.
        failed.execute("PRAGMA max_page_count=1")

        with pytest.raises(JournalFull, match="full"):
            writer.append([entry(b"x" * 100_000)])
        position = writer.append([entry(b"bo")])

        assert position == [2]
        assert writer._db is not failed
    assert [stored.entry.body for stored in journal.read(tmp_path, "00", 0)] == [b"ann", b"bo"]


def test_it_commits_what_gathers_in_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[int] = []
    append = Journal.append

    def counting(self: Journal, entries: list[Entry]) -> list[int]:
        groups.append(len(entries))
        return append(self, entries)

    monkeypatch.setattr(Journal, "append", counting)

    async def forty_at_once() -> list[int]:
        commit = GroupCommit(Journal.open(tmp_path))
        positions = await asyncio.gather(*(commit.append(entry(events=2)) for _ in range(40)))
        await commit.close()
        return positions

    assert sorted(asyncio.run(forty_at_once())) == list(range(1, 81, 2))
    assert sum(groups) == 40
    assert len(groups) <= 2


def test_it_tells_everyone_in_a_group_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def three_on_a_full_disk() -> list[object]:
        commit = GroupCommit(Journal.open(tmp_path))
        monkeypatch.setattr(room, "_spare_bytes", lambda folder: -1)
        answers = await asyncio.gather(*(commit.append(entry()) for _ in range(3)), return_exceptions=True)
        monkeypatch.undo()
        answers.append(await commit.append(entry()))
        assert commit.waiting_bytes == 0
        await commit.close()
        return list(answers)

    *refused, kept = asyncio.run(three_on_a_full_disk())

    assert [type(answer) for answer in refused] == [JournalFull] * 3
    assert kept == 1


def test_it_finishes_what_it_was_handed_before_closing(tmp_path: Path) -> None:
    async def hand_over_and_close() -> int:
        commit = GroupCommit(Journal.open(tmp_path))
        handed = asyncio.ensure_future(commit.append(entry()))
        await asyncio.sleep(0)
        await commit.close()
        with pytest.raises(JournalFull, match="closed"):
            await commit.append(entry())
        return await handed

    assert asyncio.run(hand_over_and_close()) == 1
