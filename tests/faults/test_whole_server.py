"""`kundskab serve` as its users start it: whichever child is killed, the same address answers again by itself (P3)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.server import children_of, free_port, stop, wait_until_healthy

pytestmark = pytest.mark.faults
BACK_SECONDS = 30


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    (tmp_path / "keys").mkdir()
    port = free_port()
    command = [sys.executable, "-m", "kundskab.cli", "serve", "--home", str(tmp_path / "home"), "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, "KUNDSKAB_KEYS": str(tmp_path / "keys")})
    try:
        wait_until_healthy(port, process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        stop(process)


def test_whatever_dies_comes_back(server: tuple[str, subprocess.Popen[bytes]]) -> None:
    address, process = server
    assert page(address) == 302, "to the sign-in"

    for kind in ("kundskab.web", "kundskab.collector", "worker"):
        killed = child(process, kind)
        assert killed, f"no {kind} is running"
        os.kill(killed, signal.SIGKILL)
        started = time.monotonic()

        while child(process, kind) in (0, killed) or page(address) != 302:
            assert time.monotonic() - started < BACK_SECONDS, f"{kind} did not come back"

        assert httpx.get(f"{address}/health", timeout=BACK_SECONDS).status_code == 200


def child(process: subprocess.Popen[bytes], kind: str) -> int:
    """The process number of the child of this kind; 0 while there is none."""
    return next((pid for pid in children_of(process) if kind in command_of(pid)), 0)


def command_of(pid: int) -> str:
    """What this process was started with; nothing when it died meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def page(address: str) -> int:
    """The status of the front page; 0 when the one who had our connection died."""
    try:
        return httpx.get(address, timeout=BACK_SECONDS).status_code
    except (httpx.ReadError, httpx.RemoteProtocolError):
        return 0
