"""End-to-end lag at 1,000 events a second: from sent to readable in the lake, with the whole server running."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow.parquet as pq

from bench import apart, machine
from bench.report import Section, number, percentile
from bench.serving import free_port, wait_for_port
from bench.world import World, live_home
from kundskab.lake import Lake
from kundskab.lake.reader import pin

RATE = 1000  # events a second
SECONDS = 60.0
_LOOK_SECONDS = 0.2
_RUN = "lag"


def measure(world: World) -> list[Section]:
    """p50 and p95 of the time until a query would find an event; the promise is 60 s at p95."""
    seconds = 10.0 if world.quick else SECONDS
    home, key = live_home(world.new_folder("lag") / "home")
    port = free_port()
    command = [sys.executable, "-m", "kundskab.cli", "serve", "--home", str(home), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        watch = _Watch(home, until=int(RATE * seconds))
        watch.start()
        sent = apart.call("bench.pace:drive", port=port, key=key, run=_RUN, per_second=RATE, seconds=seconds).value
        watch.join(120)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    lags = [watch.seen[n] - at for n, at in enumerate(sent["sent_at"]) if n in watch.seen]
    acknowledged = sent["acknowledged"]
    row = (
        f"{acknowledged / sent['seconds']:,.0f}",
        number(percentile(lags, 0.5)),
        number(percentile(lags, 0.95)),
        number(max(lags, default=float("nan"))),
        f"{len(lags):,} of {acknowledged:,}",
        number(sent["p99_ms"]),
    )
    columns = ("events/s", "lag p50 s", "lag p95 s", "longest s", "found in the lake", "answer p99 ms")
    notes = [
        f"`kundskab serve` with one collector; single-event requests for {seconds:.0f} s; lag: from the moment of "
        f"sending to the first look (every {_LOOK_SECONDS} s) that finds the id in the lake; {machine.load()}"
    ]
    return [Section(f"Lag at {RATE:,} events/s", columns, [row], notes)]


class _Watch(threading.Thread):
    """Looks at the lake's newest commit again and again; `seen` tells when each event was first there."""

    def __init__(self, home: Path, *, until: int) -> None:
        super().__init__(daemon=True)
        self.seen: dict[int, float] = {}
        self._lake = Lake.open(home / "lake")
        self._until = until
        self._known: set[Path] = set()

    def run(self) -> None:
        while len(self.seen) < self._until:
            files = [path for path in pin(self._lake).files if path not in self._known]
            at = time.time()
            for path in files:
                for event_id in pq.read_table(path, columns=["event_id"])["event_id"].to_pylist():
                    self.seen.setdefault(int(event_id.removeprefix(f"{_RUN}-")), at)
            self._known.update(files)
            time.sleep(_LOOK_SECONDS)
