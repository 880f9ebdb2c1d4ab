"""A real server for real clients: supervisor and collector as processes on loopback; the digest runs here."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kundskab.lake.fileio import local_path
from kundskab.pipeline.digest import digest_all
from kundskab.pipeline.home import Home
from kundskab.types import utc_now

_SERVE = """
import logging, sys
from pathlib import Path
from kundskab.cli.supervisor import serve
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
import threading
for _ in range(4):  # libraries start threads of their own; the supervisor must live with them
    threading.Thread(target=threading.Event().wait, daemon=True).start()
home, port, workers, clock = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "clock"
sys.exit(serve(home, port=port, workers=workers, web=False, clock=clock))
"""
START_SECONDS = 30


@dataclass
class Server:
    """A running server and the home it serves."""

    home: Home
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def new_key(self, source: str, *, kind: str = "server") -> str:
        """A fresh source, so that tests do not see each other's events, and a key to it."""
        settings = {"purposes": ["necessary", "analytics"]}
        with self.home.vault.transaction() as tx:
            self.home.vault.put_source(tx, source, kind="live", label=source, settings=settings, at=utc_now())
            return self.home.vault.create_key(tx, source, kind=kind, by="test", at=utc_now())

    def stored(self, source: str) -> list[dict[str, Any]]:
        """The rows of this source in the lake, after digesting whatever has come in; every copy counts."""
        digest_all(self.home)
        files = [local_path(file.file_path) for file in self.home.lake.data_files()]
        rows = [row for file in files for row in pq.read_table(file, partitioning=None).to_pylist()]
        return sorted((row for row in rows if row["source"] == source), key=lambda row: row["ingested_seq"])

    def books(self, source: str) -> Any:
        """What became of every event this source sent."""
        return self.home.lake.state().books[source]


@contextmanager
def running(folder: Path, *, workers: int = 1, clock: bool = False) -> Iterator[Server]:
    """Serve a new home in `folder`, by default without the clock; needs $KUNDSKAB_KEYS outside it."""
    home = Home.create(folder)
    port = free_port()
    server = Server(home, port, start(folder, port, workers=workers, clock=clock))
    try:
        yield server
    finally:
        home.close()
        stop(server.process)


def start(folder: Path, port: int, *, workers: int = 1, clock: bool = False) -> subprocess.Popen[bytes]:
    """Start a supervisor and wait until the door answers."""
    given = [str(folder), str(port), str(workers), "clock" if clock else "-"]
    process = subprocess.Popen([sys.executable, "-c", _SERVE, *given], env=os.environ)
    wait_until_healthy(port, process)
    return process


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The process numbers of a supervisor's children, now."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.wait(30)


def wait_until_healthy(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended instead of serving"
        # A connection waits in the backlog until a worker stands, so this is one request, not a busy loop.
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=START_SECONDS):
            return
    raise AssertionError(f"not healthy within {START_SECONDS} seconds")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
