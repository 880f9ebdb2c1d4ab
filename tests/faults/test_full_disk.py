"""A full disk: "try later", nothing acknowledged is lost, and well again by itself when there is room (P4)."""

from __future__ import annotations

import os
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from tests.server import Server, running

from kundskab import journal
from kundskab.journal import Entry, Journal, JournalFull
from kundskab.types import utc_now

SIZE_MB = 48
RECOVERS_SECONDS = 60
# The disk fills for good when the body of an entry no longer fits, whatever the floor of free space says.
NO_FLOOR = "kundskab.journal.room._spare_bytes"

_MOUNTS = os.geteuid() == 0
if not _MOUNTS:
    warnings.warn("FULL DISKS WERE NOT TESTED: mounting a small one needs root", stacklevel=1)
pytestmark = [pytest.mark.faults, pytest.mark.skipif(not _MOUNTS, reason="mounting a small disk needs root")]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode != 0:
        warnings.warn("FULL DISKS WERE NOT TESTED: this machine does not let us mount one", stacklevel=1)
        pytest.skip("cannot mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.fixture
def server(small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    (tmp_path / "keys").mkdir()
    monkeypatch.setenv("KUNDSKAB_KEYS", str(tmp_path / "keys"))
    with running(small_disk / "home") as server:
        yield server


def fill(disk: Path) -> Path:
    """Somebody else takes every byte that is left."""
    junk = disk / "junk"
    with junk.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return junk


def send(server: Server, key: str, number: int) -> httpx.Response:
    event = {
        "type": "track",
        "event": "visit",
        "userId": "ann",
        "messageId": f"m{number}",
        "properties": {"n": "x" * 2000},
    }
    return httpx.post(f"{server.url}/v1/track", json=event, auth=(key, ""), timeout=30)


def test_it_asks_to_try_later_and_recovers_by_itself(server: Server, small_disk: Path) -> None:
    key = server.new_key("web")
    answers = [send(server, key, number) for number in range(20)]
    assert [a.status_code for a in answers] == [200] * 20, [a.text for a in answers]
    acknowledged = list(range(20))
    junk = fill(small_disk)

    refused = _until_refused(server, key, acknowledged)
    still_read = journal.received(server.home.journal)
    junk.unlink()
    seconds = _until_taken(server, key, acknowledged)

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 300
    assert still_read["00"] >= 20, "what is there can be read on a full disk"
    assert seconds < RECOVERS_SECONDS
    stored = {row["event_id"] for row in server.stored("web")}
    assert {f"m{number}" for number in acknowledged} <= stored


def test_events_alone_cannot_fill_the_disk(server: Server, small_disk: Path) -> None:
    key = server.new_key("web")
    batch = [{"type": "track", "event": "visit", "userId": "ann", "properties": {"n": "x" * 30_000}}] * 100

    statuses = []
    while (not statuses or statuses[-1] == 200) and len(statuses) < 40:
        answer = httpx.post(f"{server.url}/v1/batch", json={"batch": batch}, auth=(key, ""), timeout=30)
        statuses.append(answer.status_code)

    free = os.statvfs(small_disk)
    assert statuses[-1] == 429
    assert statuses[0] == 200
    assert free.f_bavail * free.f_frsize > 1 << 20, "digest and pages still have something to write on"


def test_a_journal_at_the_very_end_of_the_disk_fails_cleanly(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NO_FLOOR, lambda folder: 1 << 40)
    folder = small_disk / "journal"
    kept = 0
    with Journal.open(folder) as writer:
        fill(small_disk)

        with suppress(JournalFull):
            for _ in range(1000):
                writer.append([Entry("web", utc_now(), b"{}", b"x" * 50_000, 1)])
                kept += 1
        assert kept < 1000
        assert len(journal.read(folder, "00", 0)) == kept
        (small_disk / "junk").unlink()

        assert writer.append([Entry("web", utc_now(), b"{}", b"after", 1)]) == [kept + 1]


def test_trimming_makes_room_on_a_full_disk(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NO_FLOOR, lambda folder: 1 << 40)
    folder = small_disk / "journal"
    with Journal.open(folder) as writer:
        for _ in range(40):
            writer.append([Entry("web", utc_now(), b"{}", b"x" * 400_000, 1)])
    fill(small_disk)

    trimmed = journal.trim(folder, "00", upto=39, older_than=utc_now())

    free = os.statvfs(small_disk)
    assert trimmed == 39
    assert free.f_bavail * free.f_frsize > 10 << 20
    assert [stored.first for stored in journal.read(folder, "00", 0)] == [40]


def _until_refused(server: Server, key: str, acknowledged: list[int]) -> httpx.Response:
    for number in range(1000, 2000):
        answer = send(server, key, number)
        if answer.status_code != 200:
            return answer
        acknowledged.append(number)
    raise AssertionError("a full disk took a thousand events")


def _until_taken(server: Server, key: str, acknowledged: list[int]) -> float:
    started = time.monotonic()
    number = 5000
    while (answer := send(server, key, number)).status_code != 200:
        assert answer.status_code == 429
        assert time.monotonic() - started < RECOVERS_SECONDS
    acknowledged.append(number)
    return time.monotonic() - started
