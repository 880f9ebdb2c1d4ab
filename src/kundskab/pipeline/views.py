"""Opening views: the vault's standing of today joined to the lake's newest commit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import orjson

from kundskab.consent.permitted import Standing
from kundskab.consent.view import View, open_view
from kundskab.lake.full import plainly
from kundskab.lake.reader import pin
from kundskab.pipeline.home import Home
from kundskab.types import utc_now

KEPT = timedelta(minutes=1)
MOST_KEPT = 3  # an engine each, and an engine remembers files that it read; more pages at once open their own


class Views:
    """Opens views and keeps the vault's standing between them, as long as nothing changed."""

    def __init__(self, home: Home, *, now: Callable[[], datetime] = utc_now) -> None:
        self._home = home
        self._now = now
        self._lock = Lock()
        self._standing: Standing | None = None
        self._stamp: tuple[int, ...] = ()
        self._ready: list[tuple[Standing, View]] = []  # those that nobody uses just now, the last used last

    def open(self, purpose: str = "analytics", at: datetime | None = None) -> View:
        """A fresh view; permission is judged now, `at` only limits when things happened."""
        return self._open(self.standing(), purpose, at)

    @contextmanager
    def kept(self, purpose: str = "analytics") -> Iterator[View]:
        """A view for one question of a page, nobody else's meanwhile: an engine must not serve two threads at once.

        One that was used before serves again while nothing has changed since and it is young; not for each thread its
        own, since the server answers every request in a new thread. A withdrawal changes the standing, so no view
        outlives one.
        """
        standing = self.standing()
        view = self._ready_for(purpose, standing) or self._open(standing, purpose)
        yield view
        with self._lock:  # not after an error: it may be the engine's
            self._ready = [*self._ready, (standing, view)][-MOST_KEPT:]

    def _ready_for(self, purpose: str, standing: Standing) -> View | None:
        """Take the view used last for this purpose, if there is one; all that are out of date are let go."""
        snapshot, young = self._home.lake.snapshot_id(), self._now() - KEPT
        with self._lock:
            fit = [
                (of, view)
                for of, view in self._ready
                if of is standing and view.snapshot == snapshot and view.opened_at >= young
            ]
            place = max((i for i, (_, view) in enumerate(fit) if view.purpose == purpose), default=None)
            found = None if place is None else fit.pop(place)[1]
            self._ready = fit
        return found

    def _open(self, standing: Standing, purpose: str, at: datetime | None = None) -> View:
        home = self._home
        with plainly():
            return open_view(
                home.lake,
                standing,  # read before the lake: rows that it does not know yet stay hidden
                purpose,
                at=at,
                facts=self._facts,
                temp=home.temp,
                snapshot=pin(home.lake),
                now=self._now,
            )

    def standing(self) -> Standing:
        """What the vault says now; read anew when the ledger, the links or the declarations have changed."""
        vault = self._home.vault
        with plainly(), self._lock, vault.reading() as tx:
            permissions, purposes = vault.permissions(tx), vault.purposes(tx)
            stamp = (
                vault.map_seq(tx),
                vault.ledger_seq(tx),
                vault.links_seq(tx),
                len(permissions),  # neither these nor the bits of purposes are ever changed, only added
                len(purposes),
            )
            if self._standing is None or stamp != self._stamp:
                self._standing = Standing(
                    people=vault.read_map(tx=tx),
                    permissions=tuple(permissions),
                    bits={purpose.name: purpose.bit for purpose in purposes},
                    ledger_seq=stamp[1],
                    links_seq=stamp[2],
                )
                self._stamp = stamp
            return self._standing

    def _facts(self, actors: Collection[str] | None) -> Iterator[dict[str, Any]]:
        vault = self._home.vault
        for fact in vault.every_fact() if actors is None else vault.fact_history_of(actors):
            yield {
                "actor": fact.actor,
                "name": fact.name,
                "value": orjson.dumps(fact.value).decode(),
                "how": fact.how,
                "source": fact.source,
                "occurred_at": fact.occurred_at,
                "permission": fact.permission,
            }
