"""kill -9 in the middle of `kundskab refresh`, a withdrawal and an objection meanwhile, and on it goes without them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from tests.house import NOON, YES, House, track
from tests.pipeline.test_refresh_segments import crowd

from kundskab.lake import derived
from kundskab.pipeline.refresh.deed import last

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


def test_who_withdrew_while_it_lay_killed_is_in_no_derived_table(house: House) -> None:
    house.take(*crowd(), *orders("u1"), *orders("u2"), *orders("u3"), key="server")
    gone, stays = [house.person("u1"), house.person("u2")], house.person("u3")
    _killed_after("segments", house)
    assert all(person in _everywhere(house) for person in gone)

    house.says("u1", "withdraw")
    house.says("u2", "object")
    subprocess.run(_command(house.home.folder), check=True, timeout=200)

    record = last(house.home)
    assert record is not None
    assert record.tries == 2
    assert record.finished_at is not None
    everywhere = _everywhere(house)
    assert stays in everywhere
    assert not [person for person in gone if person in everywhere]


def orders(who: str) -> list[dict[str, object]]:
    about = {"revenue": 9, "currency": "SEK", "product_id": "boots"}
    return [
        track(who, "Order Completed", consent=YES, properties=about, timestamp=(NOON - timedelta(days=n)).isoformat())
        for n in range(1, 60, 7)
    ]


def _killed_after(stage: str, house: House) -> None:
    """Begin, and kill when this stage is done and a later one is at work."""
    child = subprocess.Popen(_command(house.home.folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while (record := last(house.home)) is None or stage not in record.done:
        assert time.monotonic() < until, "it never came so far"
        assert child.poll() is None, "it ended before it was killed"
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    record = last(house.home)
    assert record is not None
    assert record.finished_at is None


def _command(home: Path) -> list[str]:
    return [sys.executable, "-m", "kundskab.cli", "refresh", "--home", str(home)]


def _everywhere(house: House) -> str:
    """What the files of all personal tables hold, whoever may be used."""
    tables = [name for name, table in derived.TABLES.items() if table.is_personal]
    parts = [part for name in tables for part in derived.parts(house.home.lake, name, "analytics")]
    return str([derived.read(part)["person"].to_pylist() for part in parts])
