"""Writing to the vault, from a page or from a digest: one transaction, and never beside another one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kundskab.pipeline.home import Home
from kundskab.pipeline.locks import vault_lock
from kundskab.vault import Tx

WAIT_SECONDS = 30.0


@contextmanager
def writing(home: Home, deed: str) -> Iterator[Tx]:
    """A write transaction of the vault under its lock; `deed` is what others are told meanwhile.

    Keep it short: pages wait for it.  It may be taken inside the writer lock, never the other way round.
    Raises Busy after WAIT_SECONDS.
    """
    with vault_lock(home.run, deed, wait_seconds=WAIT_SECONDS), home.vault.transaction() as tx:
        yield tx
