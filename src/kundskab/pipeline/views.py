"""Opening views: the vault's standing of today joined to the lake's newest commit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from threading import Lock
from typing import Any

import orjson

from kundskab.consent.view import Standing, View, open_view
from kundskab.lake.reader import pin
from kundskab.pipeline.home import Home
from kundskab.types import utc_now


class Views:
    """Opens views and keeps the vault's standing between them, as long as nothing changed."""

    def __init__(self, home: Home, *, now: Callable[[], datetime] = utc_now) -> None:
        self._home = home
        self._now = now
        self._lock = Lock()
        self._standing: Standing | None = None
        self._stamp: tuple[int, ...] = ()

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
