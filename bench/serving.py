"""Servers under test: a listening socket handed to a child process, as the supervisor does it."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from kundskab.collector.protocol import ImpatientProtocol
from kundskab.collector.serve import KEEP_ALIVE_SECONDS, STOP_SECONDS

Asgi = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int


@contextmanager
def serving(module: str, *arguments: str) -> Iterator[Server]:
    """Run `python -m module arguments --fd N` until the block ends; ready when it answers a GET at all."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    port = listening.getsockname()[1]
    command = [sys.executable, "-m", module, *arguments, "--fd", str(listening.fileno())]
    child = subprocess.Popen(command, pass_fds=(listening.fileno(),), stderr=subprocess.PIPE)
    try:
        _wait_until_it_answers(child, port)
        yield Server(port, child.pid)
    finally:
        child.terminate()
        child.wait(30)
        listening.close()


async def serve(app: Asgi, fd: int) -> None:
    """The server the collector runs in, with its settings, around another application."""
    config: dict[str, Any] = {"loop": "none", "http": ImpatientProtocol, "ws": "none", "lifespan": "off"}
    config |= {"access_log": False, "log_level": "warning", "server_header": False, "proxy_headers": False}
    config |= {"timeout_keep_alive": KEEP_ALIVE_SECONDS, "timeout_graceful_shutdown": STOP_SECONDS}
    await uvicorn.Server(uvicorn.Config(app, **config)).serve(sockets=[socket.socket(fileno=fd)])


def listening_fd(arguments: Sequence[str]) -> int:
    """The number behind --fd."""
    return int(arguments[arguments.index("--fd") + 1])


def _wait_until_it_answers(child: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if child.poll() is not None:
            assert child.stderr is not None
            raise RuntimeError(f"the server under test ended:\n{child.stderr.read().decode()[-2000:]}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/health")
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server under test did not answer within 30 seconds")


def free_port() -> int:
    """A port of loopback that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def wait_for_port(port: int) -> None:
    """Return once somebody listens there. Raises RuntimeError after a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"nobody opened port {port} within 60 seconds")
