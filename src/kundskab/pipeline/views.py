"""Opening views: the vault's standing of today joined to the lake's newest commit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from threading import Lock, local
from typing import Any

import orjson

from kundskab.consent.view import Standing, View, open_view
from kundskab.lake.reader import pin
from kundskab.pipeline.home import Home
from kundskab.types import utc_now

KEPT = timedelta(minutes=1)


class Views:
    """Opens views and keeps the vault's standing between them, as long as nothing changed."""

    def __init__(self, home: Home, *, now: Callable[[], datetime] = utc_now) -> None:
        self._home = home
        self._now = now
        self._lock = Lock()
        self._standing: Standing | None = None
        self._stamp: tuple[int, ...] = ()
        self._kept = local()  # one engine connection must not serve two threads at once

    def open(self, purpose: str = "analytics", at: datetime | None = None) -> View:
        """A fresh view; permission is judged now, `at` only limits when things happened."""
        home = self._home
        return open_view(
            home.lake,
            self.standing(),  # before the lake: rows that it does not know yet stay hidden
            purpose,
            at=at,
            facts=self._facts,
            temp=home.temp,
            snapshot=pin(home.lake),
            now=self._now,
        )

    def current(self, purpose: str = "analytics") -> View:
        """The view this thread opened last, while nothing has changed since and it is young; else a fresh one.

        For pages, which ask often. A withdrawal changes the standing, so no view outlives one.
        """
        kept: dict[str, tuple[Standing, View]] = self._kept.__dict__
        standing, view = kept.get(purpose, (None, None))
        if (
            view is None
            or standing is not self.standing()
            or view.snapshot != self._home.lake.snapshot_id()
            or self._now() - view.opened_at > KEPT
        ):
            standing, view = self.standing(), self.open(purpose)
            kept[purpose] = (standing, view)
        return view

    def standing(self) -> Standing:
        """What the vault says now; read anew when the ledger, the links or the declarations have changed."""
        vault = self._home.vault
        with self._lock, vault.reading() as tx:
            permissions, purposes = vault.permissions(tx), vault.purposes(tx)
            stamp = (
                vault.map_seq(tx),
                vault.ledger_seq(tx),
                vault.links_seq(tx),
                len(permissions),  # neither these nor purposes are ever changed, only added
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
