"""The clock: digests what comes in, keeps the lake tidy. One process per server; each step can be run twice."""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractContextManager
from datetime import timedelta
from time import monotonic

from kundskab import journal
from kundskab.lake.compaction import compact
from kundskab.lake.sweep import LEASE, sweep
from kundskab.pipeline.digest import BATCH_EVENTS, digest
from kundskab.pipeline.home import Home
from kundskab.pipeline.locks import writer_lock
from kundskab.pipeline.notes import settle
from kundskab.pipeline.permissions import follow_limit
from kundskab.pipeline.plans import Plans
from kundskab.types import Busy, utc_now

log = logging.getLogger(__name__)

# Between two digests, unless the last one was full: a commit costs some 50 ms whatever is in it, and every commit is
# remembered for as long as readers may need it.
DIGEST_SECONDS = 2.0
TIDY_SECONDS = 60.0
JOURNAL_KEPT = timedelta(hours=24)  # digested bodies stay this long, for repair; then they go


def work(home: Home, stop: threading.Event) -> None:
    """Digest and tidy until told to stop. What is unexpected flies up: the supervisor starts us anew."""
    tidied = monotonic()
    while not stop.is_set():
        try:
            full = digest(home).events >= BATCH_EVENTS
            settle(home)
            if monotonic() - tidied >= TIDY_SECONDS:
                tidy(home)
                tidied = monotonic()
        except Busy as holder:
            log.info("waiting: %s", holder)
            full = False
        if not full:
            stop.wait(DIGEST_SECONDS)


def tidy(home: Home, *, everything: bool = False, lease: timedelta = LEASE) -> None:
    """Compact, sweep files nobody names, and trim the journals of what was digested a day ago."""

    def lock() -> AbstractContextManager[None]:
        return writer_lock(home.run, "compaction", wait_seconds=30.0)

    compact(home.lake, home.temp, everything=everything, lock=lock)
    with lock():
        sweep(home.lake, lease=lease)
    for name, position in home.lake.state().positions.items():
        if name in journal.journals(home.journal):
            journal.trim(home.journal, name, position, utc_now() - JOURNAL_KEPT)
    Plans(home, utc_now).catch_up()
    follow_limit(home)
