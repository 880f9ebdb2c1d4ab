"""Keeping the vault's map true after links or statements changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kundskab.consent.everybody import map_of_everybody
from kundskab.consent.refresh import BookGraph, refresh
from kundskab.people import LIMIT, Around, resolve_around
from kundskab.pipeline.home import Home
from kundskab.pipeline.writing import writing
from kundskab.vault import MapRow, Tx


def refresh_people(home: Home, tx: Tx, *, linked: Iterable[str] = (), spoke: Iterable[str] = ()) -> int:
    """Recompute person and permission bits, in the transaction that changed them; returns how many rows did change.

    linked: actors whose links changed; their whole neighbourhood is resolved anew.  spoke: actors who said something.
    """
    return sum(
        home.vault.write_map(tx, [MapRow(r.actor, r.person, r.granted, r.denied) for r in rows])
        for rows in refresh(home.vault, tx, linked, spoke=spoke, limit=limit_of(home))
    )


def refresh_everybody(home: Home, tx: Tx) -> int:
    """Recompute the whole map from the links and the ledger; returns how many rows did change."""
    return sum(
        home.vault.write_map(tx, [MapRow(r.actor, r.person, r.granted, r.denied) for r in rows])
        for rows in map_of_everybody(home.vault, tx, limit=limit_of(home))
    )


def follow_limit(home: Home) -> bool:
    """Resolve everybody anew when the company changed how many others an identifier may be seen with; did we?"""
    with home.vault.reading() as tx:
        if home.vault.graph.resolved_with(tx, default=LIMIT) == limit_of(home):
            return False
    with writing(home, "resolve everybody") as tx:
        refresh_everybody(home, tx)
        home.vault.graph.note_resolved_with(tx, limit_of(home))
    return True


def wrong_rows(home: Home, tx: Tx) -> int:
    """How many rows of the map are not what the links and the ledger say."""
    return sum(
        (r.person, r.granted, r.denied) != (known.person, known.granted, known.denied)
        for rows in map_of_everybody(home.vault, tx, limit=limit_of(home))
        for r, known in zip(rows, home.vault.map_rows(tx, [r.actor for r in rows]), strict=True)
    )


def around(home: Home, tx: Tx, actors: Collection[str]) -> Around:
    """The persons around these actors, as the links have them now."""
    return resolve_around(BookGraph(home.vault, tx), (), asked=actors, limit=limit_of(home))


def limit_of(home: Home) -> int:
    """With how many others an identifier may be seen here and still be somebody's."""
    return home.settings.choices.shared_device_limit or LIMIT
