"""kill -9 at random while events come in: P1 each acknowledged event once, P3 whole again by itself, P5 books balance.

The ledger of what was acknowledged lies outside the system. KUNDSKAB_FAULT_ROUNDS sets how often we kill (25).
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server import Server, children_of, running, start, stop

from kundskab.lake.sweep import named_files
from kundskab.pipeline import books
from kundskab.pipeline.worker import tidy

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
ROUNDS = int(os.environ.get("KUNDSKAB_FAULT_ROUNDS", "25"))
WORKERS = 2
BACK_SECONDS = 30


@dataclass
class Sender:
    """A client that never gives up: it sends a batch until it is acknowledged, then the next one."""

    url: str
    key: str
    name: str
    acknowledged: list[str] = field(default_factory=list)
    longest_wait_seconds: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            ids = [f"{self.name}-{number}-{place}" for place in range(20)]
            self._send_until_acknowledged(ids)
            self.acknowledged += ids
            number += 1

    def _send_until_acknowledged(self, ids: list[str]) -> None:
        events = [{"type": "track", "event": "visit", "userId": f"u{id_}", "messageId": id_} for id_ in ids]
        asked: Any = {"json": {"batch": events}, "auth": (self.key, ""), "timeout": BACK_SECONDS}
        started = time.monotonic()
        while True:
            try:
                answer = httpx.post(f"{self.url}/v1/batch", **asked)
            except httpx.TransportError:
                continue
            if answer.status_code == 200:
                break
            assert answer.status_code == 429, answer.text
        self.longest_wait_seconds = max(self.longest_wait_seconds, time.monotonic() - started)


def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keys").mkdir()
    monkeypatch.setenv("KUNDSKAB_KEYS", str(tmp_path / "keys"))
    chance = random.Random(20260301)
    with running(tmp_path / "home", workers=WORKERS, clock=True) as server:
        key = server.new_key("web")
        senders = [Sender(server.url, key, name) for name in ("ann", "bo")]
        threads = [threading.Thread(target=sender.run) for sender in senders]
        for thread in threads:
            thread.start()

        for _ in range(ROUNDS):
            _wait_for_more(senders, events=chance.randrange(20, 600))
            _kill_something(server, chance)

        _wait_for_more(senders, events=100)
        for sender in senders:
            sender.stop.set()
        for thread in threads:
            thread.join(BACK_SECONDS)
        assert not any(thread.is_alive() for thread in threads), "the server did not come back by itself"
        stop(server.process)  # one writer at a time: from here on it is we who digest and tidy
        rows = server.stored("web")

        acknowledged = [id_ for sender in senders for id_ in sender.acknowledged]
        stored = [row["event_id"] for row in rows]
        assert len(stored) == len(set(stored)), "P1: never twice"
        assert set(acknowledged) <= set(stored), "P1: never lost"
        assert max(sender.longest_wait_seconds for sender in senders) < BACK_SECONDS, "P3: back by itself"
        assert books.books(server.home).balanced, "P5"
        assert books.books(server.home).waiting == 0
        assert _nobody_names(server) == set(), "what the dead left behind is swept"


def _nobody_names(server: Server) -> set[Path]:
    """Data files that no commit names, after tidying up."""
    tidy(server.home, lease=timedelta(0))
    lake = server.home.lake
    named = named_files(lake, "events") | named_files(lake, "objects")
    return set((server.home.folder / "lake").rglob("*.parquet")) - named


def _wait_for_more(senders: list[Sender], *, events: int) -> None:
    wanted = sum(len(sender.acknowledged) for sender in senders) + events
    until = time.monotonic() + 2 * BACK_SECONDS
    while sum(len(sender.acknowledged) for sender in senders) < wanted:
        assert time.monotonic() < until, "events stopped coming in"
        time.sleep(0.01)


def _kill_something(server: Server, chance: random.Random) -> None:
    if chance.random() < 0.15:
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        # What systemd does in earnest.
        server.process = start(server.home.folder, server.port, workers=WORKERS, clock=True)
        return
    children = children_of(server.process)
    if children:
        os.kill(chance.choice(children), signal.SIGKILL)
