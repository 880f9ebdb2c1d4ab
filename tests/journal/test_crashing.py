"""Whatever was acknowledged is there after kill -9 and after a torn write-ahead log."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kundskab import journal
from kundskab.journal import Entry, Journal

pytestmark = pytest.mark.slow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROUNDS = int(os.environ.get("KUNDSKAB_FAULT_ROUNDS", "25"))

# Says a position only after append has returned: what the parent reads was acknowledged.
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kundskab.journal import Entry, Journal
writer = Journal.open(Path(sys.argv[1]))
while True:
    group = [Entry("web", datetime(2026, 3, 1, tzinfo=UTC), b"{}", b"x" * 900, 2) for _ in range(5)]
    positions = writer.append(group)
    sys.stdout.write("".join(f"{position}\\n" for position in positions))
    sys.stdout.flush()
"""


@pytest.mark.parametrize("rounds", [3, pytest.param(ROUNDS, marks=pytest.mark.faults)])
def test_it_keeps_every_acknowledged_entry_through_kill_nine(tmp_path: Path, rounds: int) -> None:
    acknowledged: set[int] = set()
    chance = random.Random(2026)

    for _ in range(rounds):
        acknowledged |= positions_until_killed(tmp_path, lines=chance.randrange(1, 60))

    there = [stored.first for stored in journal.read(tmp_path, "00", 0, limit_events=10**9)]
    assert acknowledged <= set(there)
    assert there == list(range(1, 2 * len(there), 2)), "positions have neither holes nor overlaps"
    assert journal.received(tmp_path) == {"00": 2 * len(there)}
    assert journal.journals(tmp_path) == ["00"], "a dead writer's slot is free again at once"


def test_it_reads_a_log_torn_at_any_byte_up_to_the_last_whole_commit(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    writer = Journal.open(alive)
    for number in range(5):
        writer.append([Entry("web", NOON, b"{}", str(number).encode(), 1)])
    whole = (alive / "00.sqlite-wal").read_bytes()
    cuts = [*random.Random(7).sample(range(len(whole)), 60), 0, 1, 31, 32, len(whole) - 1, len(whole)]

    counts = [entries_after_tearing(alive, tmp_path / f"torn{cut}", cut) for cut in sorted(cuts)]

    writer.close()
    assert counts == sorted(counts), "a longer log never holds less"
    assert counts[-1] == 5


def positions_until_killed(folder: Path, *, lines: int) -> set[int]:
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(lines)]
    child.send_signal(signal.SIGKILL)
    said += child.stdout.readlines()
    child.wait()
    child.stdout.close()
    return {int(line) for line in said if line.endswith("\n")}


def entries_after_tearing(alive: Path, torn: Path, cut: int) -> int:
    torn.mkdir()
    shutil.copy(alive / "00.sqlite", torn)
    (torn / "00.sqlite-wal").write_bytes((alive / "00.sqlite-wal").read_bytes()[:cut])
    with Journal.open(torn) as writer:
        before = journal.received(torn)["00"]
        assert writer.append([Entry("web", NOON, b"{}", b"after", 1)]) == [before + 1]
        bodies = [stored.entry.body for stored in journal.read(torn, "00", 0)]
    assert bodies == [str(number).encode() for number in range(before)] + [b"after"]
    return before
