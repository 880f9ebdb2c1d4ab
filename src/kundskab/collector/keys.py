"""Which source a write key opens, from memory: no request asks the vault."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from kundskab.collector.rules import Rules
from kundskab.pipeline.locks import vault_lock
from kundskab.pipeline.sources import declaration_of
from kundskab.types import Busy, utc_now
from kundskab.vault import Vault, hash_of

REFRESH_SECONDS = 2.0  # so long a revoked key may still work, and a changed setting go unnoticed
_BETWEEN_SECONDS = 0.2
_NOTE_SECONDS = 60.0
_MOST_REMEMBERED = 10_000

log = logging.getLogger("kundskab.collector")


class Keys:
    """Every valid key's rules, renewed as a whole every two seconds; for a strange key it looks again at once."""

    def __init__(
        self,
        load: Callable[[], Mapping[bytes, Rules]],
        note_use: Callable[[Mapping[int, datetime]], None] = lambda used: None,
    ) -> None:
        """load: hash of a key -> its rules.  note_use: told once a minute when keys were used; both may block."""
        self._load = load
        self._note_use = note_use
        self._by_hash: Mapping[bytes, Rules] = {}
        self._by_text: dict[str, Rules | None] = {}  # spares the hashing; emptied with every renewal
        self._asked: dict[str, float] = {}  # strange keys shown since the last renewal, and when first
        self._used: dict[int, datetime] = {}
        self._known_since = float("-inf")  # when the last whole reading of the vault began
        self._reading = asyncio.Lock()

    async def rules(self, key: str) -> Rules | None:
        """The rules of the key's source; None for a key that is unknown, revoked or expired."""
        rules = self._remembered(key)
        if rules is None and (asked_at := self._first_asked(key)) is not None and self._known_since < asked_at:
            # 401 is final for clients: a key made this instant must not meet a memory that is older than it.
            await self._read_since(asked_at)
            rules = self._remembered(key)
        return rules

    async def refresh(self) -> None:
        """Read all keys again."""
        async with self._reading:
            await self._read()
        self._asked.clear()

    async def refresh_for_ever(self) -> None:
        noted = time.monotonic()
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                await self.refresh()
                if time.monotonic() - noted >= _NOTE_SECONDS:
                    noted = time.monotonic()
                    await self.write_use()
            except Exception as error:  # the vault may be busy or away; what we know stays good meanwhile
                log.warning("keys not refreshed error=%s", type(error).__name__)

    async def write_use(self) -> None:
        used, self._used = self._used, {}
        if not used:
            return
        try:
            await asyncio.to_thread(self._note_use, used)
        except Busy:  # somebody writes for long, an import perhaps: a minute later will do
            self._used = {**used, **self._used}

    def _remembered(self, key: str) -> Rules | None:
        if key in self._by_text:
            rules = self._by_text[key]
        else:
            digest = hash_of(key)
            rules = None if digest is None else self._by_hash.get(digest)
            if len(self._by_text) < _MOST_REMEMBERED:
                self._by_text[key] = rules
        if rules is not None:
            self._used[rules.key_id] = utc_now()
        return rules

    def _first_asked(self, key: str) -> float | None:
        """When this strange key was first shown since the last renewal; None for what cannot be a key."""
        if hash_of(key) is None or (key not in self._asked and len(self._asked) >= _MOST_REMEMBERED):
            return None
        return self._asked.setdefault(key, time.monotonic())

    async def _read_since(self, moment: float) -> None:
        """Wait for a reading that began after this moment, begun by whoever; at most five a second."""
        async with self._reading:
            if self._known_since < moment:
                await asyncio.sleep(max(0.0, self._known_since + _BETWEEN_SECONDS - time.monotonic()))
                await self._read()

    async def _read(self) -> None:
        began = time.monotonic()
        self._by_hash = await asyncio.to_thread(self._load)
        self._by_text = {}
        self._known_since = began


def from_vault(vault: Vault, run: Path) -> Keys:
    """Keys as this vault knows them. run: the folder of the lock that every writer of the vault holds."""

    def note_use(used: Mapping[int, datetime]) -> None:
        with vault_lock(run, "key use"), vault.transaction() as tx:
            vault.note_key_use(tx, dict(used))

    return Keys(lambda: _load(vault), note_use)


def _load(vault: Vault) -> dict[bytes, Rules]:
    with vault.reading() as tx:
        purposes = {purpose.name: purpose for purpose in vault.purposes(tx)}
        sources = {source.name: source for source in vault.sources(tx)}
    rules = {}
    for digest, key in vault.valid_keys(utc_now()).items():
        source = sources.get(key.source)
        if source is not None:
            speed = source.settings.get("events_per_second")
            rules[digest] = Rules(
                source.name, key.id, key.kind, declaration_of(source, purposes), float(speed) if speed else None
            )
    return rules
