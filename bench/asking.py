"""Asking the API over HTTP on some connections at once, the kinds of question taking turns on each."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import orjson

from bench.serving import free_port, wait_for_port

Ask = Callable[[http.client.HTTPConnection, str], None]  # asks about one user id


@contextmanager
def serving_crowd(home: Path) -> Iterator[int]:
    """The whole server on this home, with the floor beside the API (see stack.py); its port."""
    port = free_port()
    command = [sys.executable, "-m", "kundskab.cli", "serve", "--home", str(home), "--port", str(port)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.stack"}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def seconds_of(
    port: int, kinds: Mapping[str, Ask], users: Sequence[str], *, connections: int, rounds: int
) -> dict[str, list[float]]:
    """kind -> how long each answer took, in seconds; all connections ask at once, each round once per kind."""

    def one(number: int) -> dict[str, list[float]]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        taken: dict[str, list[float]] = {name: [] for name in kinds}
        for round_ in range(rounds):
            for name, ask in kinds.items():
                user = users[(number * 7919 + round_ * 31) % len(users)]
                started = time.perf_counter()
                ask(connection, user)
                taken[name].append(time.perf_counter() - started)
        connection.close()
        return taken

    with ThreadPoolExecutor(connections) as pool:
        found = list(pool.map(one, range(connections)))
    return {name: [second for taken in found for second in taken[name]] for name in kinds}


def floor(connection: http.client.HTTPConnection, user: str) -> None:
    _read(connection, "GET", f"/api/floor?user_id={user}")


def posting(path: str, key: str, content: Callable[[str], object]) -> Ask:
    """A question by POST with this key, about what `content` makes of a user id."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(connection: http.client.HTTPConnection, user: str) -> None:
        _read(connection, "POST", path, orjson.dumps(content(user)), headers)

    return ask


def _read(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> None:
    connection.request(method, path, body, dict(headers or {}))
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:200]!r}")
