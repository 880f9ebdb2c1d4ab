"""Pages: every page of the demo when warm, as a visitor gets them through the front door."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import machine
from bench.report import Section, number, percentile
from bench.serving import free_port, wait_for_port
from bench.visitor import Visitor
from bench.world import World

ROUNDS = 40
WARM_UPS = 3
_PERSON = re.compile(r'href="(/people/[0-9a-z]{12})')


def measure(world: World) -> list[Section]:
    """p50 and p95 per page; the aim is p95 under 300 ms."""
    home = world.new_folder("pages") / "demo"
    command = [sys.executable, "-m", "kundskab.cli", "demo", "--home", str(home), "--no-serve"]
    subprocess.run(command + (["--people", "500"] if world.quick else []), check=True, capture_output=True)
    with running(home) as visitor:
        seconds = times(visitor, rounds=5 if world.quick else ROUNDS)
        events = status_of(visitor)
    world.new_folder("pages")
    rows = [(name, *milliseconds(found)) for name, found in seconds.items()]
    notes = [
        f"the demo ({events}); `kundskab serve`, one visitor, {len(next(iter(seconds.values())))} rounds over all "
        f"pages after {WARM_UPS} to warm up; times until the page is whole; {machine.load()}"
    ]
    return [Section("Pages of the demo", ("page", "p50 ms", "p95 ms", "longest ms"), rows, notes)]


@contextmanager
def running(home: Path) -> Iterator[Visitor]:
    """The whole server on this home, and a visitor who is signed in."""
    port = free_port()
    command = [sys.executable, "-m", "kundskab.cli", "serve", "--home", str(home), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        visitor = Visitor(port)
        visitor.sign_in(home, port)
        yield visitor
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def times(visitor: Visitor, *, rounds: int) -> dict[str, list[float]]:
    """Seconds per page, warm-ups left out; the pages take turns."""
    asked = _pages(visitor)
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    for number_of_round in range(WARM_UPS + rounds):
        for name, ask in asked.items():
            took = ask()
            if number_of_round >= WARM_UPS:
                seconds[name].append(took)
    return seconds


def milliseconds(seconds: list[float]) -> tuple[str, str, str]:
    """p50, p95 and the longest, ready to print."""
    return tuple(number(percentile(seconds, share) * 1000) for share in (0.5, 0.95, 1.0))  # type: ignore[return-value]


def status_of(visitor: Visitor) -> str:
    """How many events the lake holds, by the counts of /metrics, source by source."""
    found = re.findall(r"^kundskab_\w*stored\w*(?:\{[^}]*\})? (\d+)", visitor.get("/metrics")[1], re.MULTILINE)
    return f"{sum(map(int, found)):,} events" if found else "events not counted"


def _pages(visitor: Visitor) -> dict[str, Callable[[], float]]:
    found = _PERSON.search(visitor.get("/people")[1])
    person = found[1] if found else "/people"
    paths = {
        "home": "/",
        "events": "/events",
        "events, live tail": "/events/tail",
        "quarantine": "/events/quarantine",
        "people": "/people",
        "people, page 20": "/people?page=20",
        "person": person,
        "person, timeline": f"{person}/timeline",
        "sources and keys": "/settings/sources",
        "status": "/status",
        "metrics": "/metrics",
        "account": "/account",
    }
    asked: dict[str, Callable[[], float]] = {
        name: lambda path=path: visitor.get(path)[0]  # type: ignore[misc]
        for name, path in paths.items()
    }
    return asked | {"people, search": lambda: visitor.search("nobody@example.com")}
