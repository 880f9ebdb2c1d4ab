"""New workspace keys, and everything that is sealed, sealed anew under them. The server must not run meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kundskab.pipeline.home import Home
from kundskab.pipeline.locks import writer_lock
from kundskab.pipeline.writing import writing
from kundskab.types import utc_now
from kundskab.vault.keyfile import KeyFile, path_for
from kundskab.vault.resealing import TABLES, reseal, waiting
from kundskab.vault.sealing import Sealer

WAIT_SECONDS = 30.0


def renew_keys(home: Home, *, now: Callable[[], datetime] = utc_now) -> str:
    """Make a new key pair the active one; returns its id.  Older pairs stay in the key file: they open old values.

    A server that runs goes on with the keys it knows and could not open what is sealed by the new ones: stop it first.
    """
    home.close()
    home.__dict__.pop("keys", None)
    workspace = home.settings.workspace_id
    return KeyFile.load(path_for(workspace), workspace).with_new_pair(now=now()).active_id


def reseal_everything(
    home: Home,
    *,
    who: str,
    now: Callable[[], datetime] = utc_now,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Seal every value of the vault by the active pair; returns how many were sealed anew.

    A slice is a transaction, so a kill costs nothing: run it again and it goes on with what is left.
    Raises Busy when somebody else writes, KundskabError for a value that does not open.
    """
    sealer, done = Sealer(home.keys), 0
    with writer_lock(home.run, "reseal", wait_seconds=WAIT_SECONDS):
        with home.vault.reading() as tx:
            total = waiting(tx, sealer)
        for table in TABLES:
            after, count = None, 1
            while count:
                with writing(home, "reseal") as tx:
                    count, after = reseal(tx, sealer, table, after)
                done += count
                progress(done, total)
        if done:
            with writing(home, "reseal") as tx:
                subject = f"key pair {sealer.key_id}"
                home.vault.audit(tx, who=who, action="reseal", subject=subject, reason=f"{done} values", at=now())
    return done
