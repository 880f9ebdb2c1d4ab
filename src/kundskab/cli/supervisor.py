"""`serve`: collector workers, pages and clock as child processes on one port, kept alive.

The supervisor opens the port and the pages' socket once and hands them down. When a child dies, connections wait in
the backlog until its successor stands, so nobody is refused. It does nothing else, so that it has no reason to die;
if it does, the kernel takes its children along, and systemd (docs/kundskab.service) starts it anew.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from kundskab.cli.bell import Bell
from kundskab.cli.children import Child
from kundskab.cli.listening import USUAL_PORT, listen_on_port, listen_on_socket, only_server, remember_port
from kundskab.collector.forward import reachable

STOP_SECONDS = 15.0  # a collector finishes the requests it has; then it is killed, which loses nothing either
LOOK_SECONDS = 5.0  # so long an end may go unnoticed should its signal ever get lost
# The other cores are for whoever waits for a page; and on small sums many threads mostly wait for one another.
_ONE_CORE = {"OPENBLAS_NUM_THREADS": "1"}
_SIGNALS = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT})

log = logging.getLogger("kundskab.serve")


def serve(
    home: Path,
    host: str = "127.0.0.1",
    port: int = USUAL_PORT,
    *,
    workers: int = 1,
    web: bool = True,
    clock: bool = True,
    environment: Mapping[str, str] | None = None,
    ready: Callable[[], None] = lambda: None,
) -> int:
    """Run everything until SIGTERM or SIGINT; returns the exit code 0.

    workers: collector processes. web, clock: whether to run the pages and the worker too. environment: added to the
    children's. ready: called once the port is ours. Call it in the main thread.
    Raises KundskabError when another server holds this home, or the port is taken.
    """
    home = home.expanduser().resolve()
    run = home / "run"
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    _raise_file_limit()
    with ExitStack() as open_files:
        open_files.enter_context(only_server(run / "server.lock"))
        port_socket = open_files.enter_context(listen_on_port(host, port))
        # Without pages nobody may listen there: a request must fail at once instead of waiting for nobody.
        pages_socket = open_files.enter_context(listen_on_socket(reachable(run / "web.sock"))) if web else None
        children = _children(home, port_socket, pages_socket, workers, clock, environment or {})
        log.info(
            "listening on http://%s:%d home=%s children=%d", host, port_socket.getsockname()[1], home, len(children)
        )
        remember_port(run, port_socket.getsockname()[1])
        ready()
        _keep_alive(children)
    return 0


def _children(
    home: Path,
    port_socket: socket.socket,
    pages_socket: socket.socket | None,
    workers: int,
    clock: bool,
    environment: Mapping[str, str],
) -> list[Child]:
    python = [sys.executable, "-m"]
    around = {**os.environ, **environment, "KUNDSKAB_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    door = port_socket.fileno()
    collector = [*python, "kundskab.collector.serve", "--home", str(home), "--fd", str(door)]
    children = [Child(f"collector {number}", collector, around, (door,)) for number in range(1, workers + 1)]
    if pages_socket is not None:
        pages = pages_socket.fileno()
        # The door stands before the pages and says who is really there, hence the proxy headers.
        uvicorn = [
            "uvicorn",
            "kundskab.web.asgi:application",
            "--fd",
            str(pages),
            "--lifespan",
            "off",
            "--no-access-log",
        ]
        trusting = ["--proxy-headers", "--forwarded-allow-ips", "*", "--log-level", "warning"]
        children.append(Child("web", [*python, *uvicorn, *trusting], around, (pages,)))
    if clock:
        worker = [*python, "kundskab.cli", "worker", "--home", str(home)]
        children += [
            Child("worker", worker, around, ()),
            Child("refresher", [*worker, "--refresh"], _ONE_CORE | dict(around), ()),
        ]
    return children


def _keep_alive(children: Sequence[Child]) -> None:
    with Bell(_SIGNALS) as bell:
        try:
            while True:
                now = time.monotonic()
                for child in children:
                    child.look(now)
                rung = bell.wait(min((child.due(now) for child in children), default=LOOK_SECONDS))
                if rung - {signal.SIGCHLD}:
                    log.info("stopping signal=%s", " ".join(sorted(one.name for one in rung)))
                    return
        finally:
            _stop(children, bell)


def _stop(children: Sequence[Child], bell: Bell) -> None:
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + STOP_SECONDS
    while any(child.is_running for child in children) and time.monotonic() < until:
        bell.wait(0.2)  # a child that ends rings; the short wait is for one that ended before we looked
    for child in children:
        child.kill()
    log.info("stopped")


def _raise_file_limit() -> None:
    """Every connection is a descriptor; the usual soft limit of 1024 is a leftover from select()."""
    with suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
