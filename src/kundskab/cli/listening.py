"""What must be had once and for the whole time: the port, the pages' socket, and being the only server of a home."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kundskab.types import Busy, KundskabError

BACKLOG = 2048
USUAL_PORT = 8400


@contextmanager
def only_server(lock: Path) -> Iterator[None]:
    """Hold the home's server lock. Raises Busy with the other's process number when somebody else does."""
    with lock.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            raise Busy(
                f"A server already runs on {lock.parent.parent} (process {pid}); stop it first, or give another --home."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def listen_on_port(host: str, port: int) -> socket.socket:
    """A listening TCP socket; port 0 takes any free one. Raises KundskabError when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise KundskabError(_why_not(error, host, port)) from None
    listening.setblocking(False)
    return listening


def listen_on_socket(path: str) -> socket.socket:
    """A listening unix socket that only this user may reach; a stale one of a server that died is replaced."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with suppress(FileNotFoundError):
        os.unlink(path)
    before = os.umask(0o177)
    try:
        listening.bind(path)
    finally:
        os.umask(before)
    listening.listen(BACKLOG)
    listening.setblocking(False)
    return listening


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is already in use; stop what uses it, or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} may only be opened by root; choose one from 1024 with --port."
    if error.errno in (errno.EADDRNOTAVAIL, -2, -5):
        return f"This machine has no address {host}; 127.0.0.1 is itself alone, 0.0.0.0 all its addresses."
    return f"Port {port} on {host} could not be opened: {error.strerror}."


def remember_port(run: Path, port: int) -> None:
    """Note in the run folder where this home is served, for `login`."""
    (run / "port").write_text(f"{port}\n")


def last_port(run: Path) -> int:
    """Where this home is served, or was last; the usual port when it never was."""
    try:
        return int((run / "port").read_text())
    except (FileNotFoundError, ValueError):
        return USUAL_PORT
