"""Locks between processes: one writer of the lake, one writer of the vault, and one server per workspace.

Two locks, because a digest, an import or a compaction may write the lake for minutes, while the page of a person
only wants to note in the vault that she was read. Who needs both takes the writer lock first.

flock goes with the process that holds it, so a crash never leaves a lock behind; the file tells who holds it.
flock is not fair, and the worker asks for the lock again the instant it lets go: so whoever wants it first passes a
turnstile, which lets one wait at the lock while all others, the worker among them, wait behind it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from kundskab.types import Busy

_POLL_SECONDS = 0.02


@contextmanager
def writer_lock(folder: Path, deed: str, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the right to write the lake. `deed` is what others are told meanwhile ("digest", "import").

    Raises Busy, naming the holder, when somebody else still writes after wait_seconds.
    """
    with _held(folder, "writer", deed, wait_seconds):
        yield


@contextmanager
def vault_lock(folder: Path, deed: str, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the right to write the vault, for one transaction; see `writing.writing`, which takes it.

    The lock, though SQLite has its own: before 3.51.3 a commit at the instant of another process's checkpoint can
    damage a WAL file (https://www.sqlite.org/wal.html#walresetbug).  Raises Busy as `writer_lock` does.
    """
    with _held(folder, "vault", deed, wait_seconds):
        yield


@contextmanager
def refresh_lock(folder: Path, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the right to refresh: what it computes takes minutes, and twice at once would help nobody.

    It writes the lake under `writer_lock`, commit by commit.  Raises Busy as `writer_lock` does.
    """
    with _held(folder, "refresh", "refresh", wait_seconds):
        yield


@contextmanager
def pages_lock(folder: Path, *, wait_seconds: float = 60.0) -> Iterator[None]:
    """Hold the right to set up the web database: `serve` and `login` are started side by side by whoever is new.

    Raises Busy as `writer_lock` does.
    """
    with _held(folder, "pages", "setting up the pages", wait_seconds):
        yield


@contextmanager
def _held(folder: Path, name: str, deed: str, wait_seconds: float) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait_seconds
    with (folder / f"{name}.lock").open("a+") as file:
        with (folder / f"{name}.turnstile").open("a+") as turnstile:
            _acquire(turnstile, until, holder=file)
            _acquire(file, until, holder=file)
        file.truncate(0)
        file.write(f"{os.getpid()} {deed}")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            fcntl.flock(file, fcntl.LOCK_UN)


def _acquire(file: TextIO, until: float, *, holder: TextIO) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Busy(_who_holds(holder)) from None
            time.sleep(_POLL_SECONDS)


def _who_holds(file: TextIO) -> str:
    file.seek(0)
    pid, _, deed = file.read().partition(" ")
    holder = f"process {pid} ({deed})" if pid else "another process"
    return f"This workspace is being written by {holder}; wait until it is done, or stop it, and try again."
