"""Writing to the vault from a page, a command or a notebook: one transaction, and never beside another writer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kundskab.pipeline.home import Home
from kundskab.pipeline.locks import writer_lock
from kundskab.vault import Tx

WAIT_SECONDS = 30.0


@contextmanager
def writing(home: Home, deed: str) -> Iterator[Tx]:
    """A write transaction of the vault under the writer lock; `deed` is what others are told meanwhile.

    The lock, though SQLite has its own: before 3.51.3 a commit at the instant of another process's checkpoint can
    damage a WAL file (https://www.sqlite.org/wal.html#walresetbug).  Raises Busy after WAIT_SECONDS.
    """
    with writer_lock(home.run, deed, wait_seconds=WAIT_SECONDS), home.vault.transaction() as tx:
        yield tx
