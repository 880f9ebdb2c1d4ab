"""Keeping the vault's map true after links or statements changed."""

from __future__ import annotations

from collections.abc import Iterable

from kundskab.consent.refresh import refresh
from kundskab.pipeline.home import Home
from kundskab.vault import MapRow, Tx


def refresh_people(home: Home, tx: Tx, *, linked: Iterable[str] = (), spoke: Iterable[str] = ()) -> int:
    """Recompute person and permission bits, in the transaction that changed them; returns how many rows did change.

    linked: actors whose links changed; their whole neighbourhood is resolved anew.  spoke: actors who said something.
    """
    return sum(
        home.vault.write_map(tx, [MapRow(r.actor, r.person, r.granted, r.denied) for r in rows])
        for rows in refresh(home.vault, tx, linked, spoke=spoke)
    )
