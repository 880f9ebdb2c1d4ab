"""The supervisor keeps its children alive, and takes them along when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.server import Server, children_of, running, start, stop

from kundskab.cli.bell import Bell
from kundskab.cli.children import Child
from kundskab.cli.listening import listen_on_port, only_server
from kundskab.types import Busy, KundskabError

pytestmark = pytest.mark.faults
PATIENCE_SECONDS = 30


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    (tmp_path / "keys").mkdir()
    monkeypatch.setenv("KUNDSKAB_KEYS", str(tmp_path / "keys"))
    with running(tmp_path / "home", workers=1) as server:
        yield server


def healthy(server: Server) -> bool:
    """One request; a refused connection is an error here, a worker that is not back yet only takes longer."""
    try:
        return httpx.get(f"{server.url}/health", timeout=PATIENCE_SECONDS).status_code == 200
    except httpx.ConnectError as refused:
        raise AssertionError("nobody may be refused while a worker is replaced") from refused
    except httpx.TransportError:
        return False  # the worker died with our connection in its hands


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        os.sched_yield()


def test_while_a_worker_is_replaced_nobody_is_refused(server: Server) -> None:
    for _ in range(3):
        (before,) = children_of(server.process)

        os.kill(before, signal.SIGKILL)
        until(lambda: healthy(server))

        (after,) = children_of(server.process)
        assert after != before


def test_it_notices_an_end_though_other_threads_take_the_signal() -> None:
    gate = threading.Event()
    threads = [threading.Thread(target=gate.wait, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()

    with Bell({signal.SIGCHLD, signal.SIGTERM}) as bell:
        subprocess.Popen([sys.executable, "-c", ""]).wait()
        rung = bell.wait(PATIENCE_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        asked = bell.wait(PATIENCE_SECONDS)
        quiet = bell.wait(0)

    gate.set()
    assert (rung, asked, quiet) == ({signal.SIGCHLD}, {signal.SIGTERM}, set())


def test_no_child_outlives_its_supervisor(server: Server) -> None:
    children = children_of(server.process)

    server.process.send_signal(signal.SIGKILL)
    server.process.wait()

    assert children
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def test_a_killed_supervisor_leaves_a_home_that_serves_at_once(server: Server, tmp_path: Path) -> None:
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()

    again = start(server.home.folder, server.port)

    assert healthy(server)
    stop(again)


def test_it_stops_when_asked_and_says_so_by_its_code(server: Server) -> None:
    children = children_of(server.process)
    log = server.home.journal / "00.sqlite-wal"
    assert log.exists()

    server.process.send_signal(signal.SIGTERM)

    assert server.process.wait(PATIENCE_SECONDS) == 0
    assert not log.exists(), "the worker closed its journal"
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_second_server_on_a_home_is_told_of_the_first(server: Server) -> None:
    lock = server.home.folder / "run" / "server.lock"

    with pytest.raises(Busy, match=rf"process {server.process.pid}\b.*--home"), only_server(lock):
        pass


def test_a_taken_port_is_one_clear_sentence() -> None:
    with listen_on_port("127.0.0.1", 0) as first:
        port = first.getsockname()[1]

        with pytest.raises(KundskabError, match=rf"Port {port} on 127.0.0.1 is already in use; .*--port"):
            listen_on_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_one_clear_sentence() -> None:
    with pytest.raises(KundskabError, match=r"no address 203\.0\.113\.1"):
        listen_on_port("203.0.113.1", 8400)


def test_a_child_that_keeps_dying_waits_longer_each_time() -> None:
    child = Child("unlucky", [sys.executable, "-c", "raise SystemExit(3)"], os.environ, ())
    now = 1000.0
    waits = []

    for _ in range(7):
        child.look(now)
        assert child.due(now) == 5.0, "while it runs there is nothing to do but look now and then"
        ended(child)
        child.look(now)
        waits.append(round(child.due(now), 1))
        now += child.due(now)

    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_a_child_that_lived_starts_again_at_once() -> None:
    child = Child("steady", [sys.executable, "-c", ""], os.environ, ())
    child.look(0.0)
    ended(child)
    child.look(0.0)
    child.look(1.0)
    ended(child)

    child.look(12.0)

    assert child.due(12.0) == pytest.approx(0.2)


def ended(child: Child) -> None:
    process = child._process
    assert isinstance(process, subprocess.Popen)
    process.wait(PATIENCE_SECONDS)
