"""Notes of who read whom: kept before the answer, written into the vault once, lost by no crash of the reader."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.house import House

from kundskab.pipeline.notes import Deed, Notes, settle
from kundskab.types import Busy
from kundskab.vault import AskedCount

READ = Deed("Shop", "read profile", "ann-token", "analytics")


def told(house: House) -> list[str]:
    return [row.who for row in house.home.vault.audit_rows(subject="ann-token")]


def test_a_note_reaches_the_audit_once_however_often_the_clock_comes(house: House) -> None:
    house.desk.notes.keep(READ)

    assert [settle(house.home), settle(house.home)] == [1, 0]
    assert told(house) == ["Shop"]


def test_notes_of_many_threads_are_all_there(house: House) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: house.desk.notes.keep(Deed(f"{n}", "read", "ann-token")), range(60)))

    assert settle(house.home) == 60
    assert sorted(told(house), key=int) == [str(n) for n in range(60)]


def test_counts_of_forms_come_along_and_add_up(house: House) -> None:
    for _ in range(2):
        house.desk.notes.keep(None, counts=[AskedCount("2026-03-01", "f", "city", asked=1, asked_twice=1)])
    settle(house.home)

    with house.home.vault.reading() as tx:
        [count] = house.home.vault.asked.between(tx, "2026-03-01", "2026-03-01")
    assert (count.asked, count.asked_twice, count.planned) == (2, 2, 0)


@pytest.mark.slow
def test_a_reader_killed_at_once_has_left_its_note(house: House) -> None:
    killed = """
import os, signal, sys
from pathlib import Path
from kundskab.pipeline.desk import Desk
from kundskab.pipeline.notes import Deed
Desk.open(Path(sys.argv[1])).notes.keep(Deed("Shop", "read profile", "ann-token"))
os.kill(os.getpid(), signal.SIGKILL)
"""

    ran = subprocess.run([sys.executable, "-c", killed, str(house.home.folder)], env=os.environ)

    assert ran.returncode == -signal.SIGKILL
    assert settle(house.home) == 1
    assert told(house) == ["Shop"]


def test_without_room_for_the_note_there_is_no_answer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundskab.journal import Journal, JournalFull

    def full(*_: Any) -> None:
        raise JournalFull("no room")

    monkeypatch.setattr(Journal, "append", full)

    with pytest.raises(Busy, match="nobody may"):
        Notes(house.home, lambda: house.now).keep(READ)
