"""The vault: one object over its small files. What is written takes the transaction, so that many deeds are one commit.

with vault.transaction() as tx:
    actors = vault.tokens(tx, [("user_id", "ann"), ("anonymous_id", "9f2")], now)
    vault.add_links(tx, [Link(*actors, "claimed", "identify", "web", now)])
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
from sqlalchemy import Connection

from kundskab.types import KundskabError
from kundskab.vault import (
    audit,
    facts,
    identifiers,
    key_checks,
    keys,
    ledger,
    links,
    migrations,
    people_map,
    permissions,
    purposes,
    quarantine,
    signing,
    sources,
    store,
)
from kundskab.vault.asked import Asked
from kundskab.vault.audit import AuditRow
from kundskab.vault.encounters import Encounters
from kundskab.vault.facts import Fact
from kundskab.vault.graph import LinkGraph
from kundskab.vault.keyfile import KeyFile
from kundskab.vault.keys import KeyInfo
from kundskab.vault.ledger import Said, Statement
from kundskab.vault.links import Link, Undoing
from kundskab.vault.marks import Marks
from kundskab.vault.people_map import LikeMapRow, MapRow
from kundskab.vault.permissions import Permission
from kundskab.vault.purposes import Purpose
from kundskab.vault.quarantine import Bad
from kundskab.vault.read_keys import ReadKeys
from kundskab.vault.requests import Requests
from kundskab.vault.sealing import Sealer
from kundskab.vault.sources import Source
from kundskab.vault.suggestions import Suggestions

_NO_PEOPLE = ("group_id", "nobody")  # kinds of identifier: a company, and a meeting with somebody we do not know
Tx = Connection  # what the other floors pass along without looking inside


class Vault:
    """Identifiers, links, facts, ledgers, sources, keys, quarantine and audit of one workspace.

    Safe to share between threads. One write transaction at a time; readers never wait.
    """

    def __init__(self, path: Path, key_file: KeyFile) -> None:
        self._path = path
        self._sealer = Sealer(key_file)
        self._engine = store.make_engine(path)
        self.asked = Asked()
        self.marks = Marks()
        self.read_keys = ReadKeys()
        self.encounters = Encounters(self._sealer)
        self.requests = Requests(self._sealer)
        self.graph = LinkGraph()
        self.suggestions = Suggestions()

    @classmethod
    def open(cls, path: Path, key_file: KeyFile) -> Self:
        """Open the vault, made or migrated when needed.

        Raises KundskabError when it is newer than this code, is another workspace's, or the key file lies beside it.
        """
        path = Path(path)
        if key_file.path.resolve().is_relative_to(path.parent.resolve()):
            raise KundskabError(
                f"The key file {key_file.path} lies inside the data folder, where a copy of the data would take the "
                "keys along; move it elsewhere and set $KUNDSKAB_KEYS."
            )
        store.create_file(path)
        vault = cls(path, key_file)
        with vault.reading() as tx:
            ready = migrations.is_current(tx, path) and key_checks.passed(tx, vault._sealer, key_file, path)
        if not ready:  # only then: an opener must not wait for a long import to end its transaction
            with vault.transaction() as tx:
                migrations.migrate(tx, path)
                key_checks.write(tx, vault._sealer, key_file, path)
        return vault

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """A write transaction, begun at once and on disk at the end. Raises Busy after 30 s behind another writer."""
        with store.writing(self._engine) as tx:
            yield tx

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """One consistent picture of the vault for several reads."""
        with store.reading(self._engine) as tx:
            yield tx

    @property
    def schema_version(self) -> int:
        with self.reading() as tx:
            return migrations.schema_version(tx)

    # --- identifiers and tokens

    def tokens(self, tx: Tx, wanted: Sequence[tuple[str, str]], at: datetime) -> list[str]:
        """The actor token of each (kind, value), same order; unknown ones are made."""
        return identifiers.tokens(tx, self._sealer, wanted, at)

    def tokens_bulk(self, tx: Tx, kind: str, values: pa.Array, at: datetime) -> pa.Array:
        """The tokens of many values of one kind (strings without nulls), same order; unknown ones are made."""
        return identifiers.tokens_bulk(tx, self._sealer, kind, values, at)

    def find(self, kind: str | None, value: str, tx: Tx | None = None) -> str | None:
        """The token of an identifier or None; kind None tries every kind. Audit the deed it is part of."""
        with self._reading(tx) as there:
            return identifiers.find(there, self._sealer, kind, value)

    def find_many(self, kind: str, values: Sequence[str]) -> list[str | None]:
        """The token of each value or None, same order."""
        with self.reading() as tx:
            return identifiers.find_many(tx, self._sealer, kind, values)

    def reveal(self, tx: Tx, actor: str, *, who: str, reason: str, at: datetime) -> tuple[str, str] | None:
        """(kind, value) behind a token, or None; audited in the same transaction."""
        return identifiers.reveal(tx, self._sealer, actor, who=who, reason=reason, at=at)

    def kinds_of(self, tx: Tx, actors: Collection[str]) -> dict[str, str]:
        """Identifier kind of each known actor."""
        return identifiers.kinds_of(tx, actors)

    def count_actors(self) -> int:
        """How many actors are known; group ids are no actors."""
        with self.reading() as tx:
            return _count_actors(tx)

    def count_persons(self) -> int:
        with self.reading() as tx:
            return _count_actors(tx) - people_map.joined(tx)

    # --- links, and the map from actor to person

    def add_links(self, tx: Tx, new: Iterable[Link]) -> set[str]:
        """Record links, each (a, b, kind) once; returns the actors whose links changed."""
        return links.add(tx, new)

    def undo_link(self, tx: Tx, link_id: int, *, by: str, reason: str, at: datetime) -> set[str]:
        """Undo a link; returns its two actors, or nothing when it was undone before."""
        return links.undo(tx, link_id, by=by, reason=reason, at=at)

    def links_of(self, tx: Tx, actors: Collection[str]) -> list[Link]:
        """Standing links that touch any of these actors."""
        return links.of(tx, actors)

    def undone_links_of(self, tx: Tx, actors: Collection[str]) -> list[Undoing]:
        return links.undone_of(tx, actors)

    def links_seq(self, tx: Tx | None = None) -> int:
        """A number that grows whenever a link is made or undone."""
        with self._reading(tx) as there:
            return store.counter(there, "links")

    def read_map(self, since_seq: int | None = None, tx: Tx | None = None) -> pa.Table:
        """actor, person, granted, denied: the exceptions; an actor without a row is (itself, 0, 0)."""
        with self._reading(tx) as there:
            return people_map.read(there, since_seq)

    def write_map(self, tx: Tx, rows: Iterable[LikeMapRow]) -> int:
        """Write those rows that differ from the map; returns how many did."""
        return people_map.write(tx, rows)

    def map_rows(self, tx: Tx, actors: Collection[str]) -> list[MapRow]:
        """What the map says of each of these actors, same order."""
        return people_map.of(tx, actors)

    def map_seq(self, tx: Tx | None = None) -> int:
        """A number that grows whenever the map changes."""
        with self._reading(tx) as there:
            return people_map.seq(there)

    def members(self, person: str, tx: Tx | None = None) -> list[str]:
        """The actors of a person, sorted."""
        with self._reading(tx) as there:
            return people_map.members(there, person)

    def person_of(self, actor: str, tx: Tx | None = None) -> str:
        with self._reading(tx) as there:
            return people_map.person_of(there, actor)

    # --- facts

    def add_facts(self, tx: Tx, new: Iterable[Fact]) -> int:
        """Record facts, idempotent by (position, actor, name); returns how many are new."""
        return facts.add(tx, self._sealer, new)

    def known_positions(self, tx: Tx, positions: Collection[str]) -> set[str]:
        """Those of these positions that gave a fact or a statement before."""
        return facts.known_positions(tx, positions) | ledger.known_positions(tx, positions)

    def facts_of(self, actors: Collection[str]) -> list[Fact]:
        """The latest fact per name of the person these actors are."""
        with self.reading() as tx:
            return facts.latest_of(tx, self._sealer, actors)

    def every_fact(self) -> Iterator[facts.Fact]:
        """All facts about everybody, oldest first; only a view may pass them on."""
        with self.reading() as tx:
            yield from facts.every(tx, self._sealer)

    def fact_history_of(self, actors: Collection[str], tx: Tx | None = None) -> list[Fact]:
        """Every fact ever recorded about these actors, oldest first."""
        with self._reading(tx) as there:
            return facts.history_of(there, self._sealer, actors)

    # --- consent: statements, purposes, permissions

    def add_statements(self, tx: Tx, new: Iterable[Statement]) -> set[str]:
        """Record statements, idempotent by position; returns the actors whose permissions may have changed."""
        return ledger.add(tx, self._sealer, new)

    def statements_of(self, tx: Tx, actors: Collection[str]) -> list[Statement]:
        """Every statement of these actors with its proof, in ledger order: for pages."""
        return ledger.history_of(tx, self._sealer, actors)

    def said_by(self, tx: Tx, actors: Collection[str]) -> list[Said]:
        """Every statement of these actors, bare: for the permission rule."""
        return ledger.said_by(tx, actors)

    def ledger_seq(self, tx: Tx | None = None) -> int:
        """The ledger's last number."""
        with self._reading(tx) as there:
            return ledger.seq(there)

    def put_purpose(
        self, tx: Tx, name: str, *, basis: str, description: str, notice: str, notice_version: str, at: datetime
    ) -> Purpose:
        """Add or renew a purpose; its bit never changes."""
        return purposes.put(
            tx, name, basis=basis, description=description, notice=notice, notice_version=notice_version, at=at
        )

    def purposes(self, tx: Tx | None = None) -> list[Purpose]:
        """All purposes in order of their bits."""
        with self._reading(tx) as there:
            return purposes.every(there)

    def notice(self, purpose: str, version: str) -> str | None:
        with self.reading() as tx:
            return purposes.notice(tx, purpose, version)

    def permission_id(self, tx: Tx, source: str, how: Mapping[str, str], *, declared_by: str, at: datetime) -> int:
        """The number of a declaration {purpose: "consent" | "signal" | lawful basis}, made when new."""
        return permissions.intern(tx, source, how, declared_by=declared_by, at=at)

    def permissions(self, tx: Tx | None = None) -> list[Permission]:
        with self._reading(tx) as there:
            return permissions.every(there)

    # --- sources and their keys

    def put_source(
        self, tx: Tx, name: str, *, kind: str, label: str, settings: Mapping[str, Any], at: datetime
    ) -> Source:
        """Add a source or renew its label and settings."""
        return sources.put(tx, name, kind=kind, label=label, settings=settings, at=at)

    def source(self, name: str, tx: Tx | None = None) -> Source | None:
        with self._reading(tx) as there:
            return sources.get(there, name)

    def sources(self, tx: Tx | None = None) -> list[Source]:
        with self._reading(tx) as there:
            return sources.every(there)

    def create_key(self, tx: Tx, source: str, *, kind: str, by: str, at: datetime) -> str:
        """A new write key "kw_...", seen in the clear only here; audited."""
        plain = keys.create(tx, source, kind=kind, by=by, at=at)
        audit.write(tx, who=by, action="create_key", subject=source, purpose=None, reason=f"...{plain[-4:]}", at=at)
        return plain

    def rotate_key(self, tx: Tx, key_id: int, *, overlap: timedelta, by: str, at: datetime) -> str:
        """A new key for the same source; the old one works for `overlap` more; audited."""
        plain = keys.rotate(tx, key_id, overlap=overlap, by=by, at=at)
        audit.write(tx, who=by, action="rotate_key", subject=f"key {key_id}", purpose=None, reason=None, at=at)
        return plain

    def revoke_key(self, tx: Tx, key_id: int, *, by: str, at: datetime) -> None:
        """Stop a key at once; audited."""
        keys.revoke(tx, key_id, by=by, at=at)
        audit.write(tx, who=by, action="revoke_key", subject=f"key {key_id}", purpose=None, reason=None, at=at)

    def key_by_plaintext(self, plain: str, now: datetime) -> KeyInfo | None:
        """The key when it is valid now, else None."""
        with self.reading() as tx:
            return keys.by_plaintext(tx, plain, now)

    def valid_keys(self, now: datetime) -> dict[bytes, KeyInfo]:
        """SHA-256 of each valid key -> what is known of it; look up with `keys.hash_of(plain)`."""
        with self.reading() as tx:
            return keys.valid_hashes(tx, now)

    def signer_of(self, text: str, signed: str, now: datetime) -> KeyInfo | None:
        """The server key, valid now, with which this text was signed; None when nobody's was (see signing.py)."""
        return signing.signer(self.valid_keys(now), text, signed)

    def note_key_use(self, tx: Tx, last_used: dict[int, datetime]) -> None:
        keys.note_use(tx, last_used)

    def keys(self, source: str | None = None) -> list[KeyInfo]:
        with self.reading() as tx:
            return keys.every(tx, source)

    # --- quarantine

    def add_quarantine(self, tx: Tx, bad: Iterable[Bad]) -> int:
        """Keep events aside, idempotent by (journal, position); returns how many are new."""
        return quarantine.add(tx, self._sealer, bad)

    def quarantine(self, *, limit: int = 50, offset: int = 0, reason: str | None = None) -> list[Bad]:
        """Those waiting for a replay, newest first."""
        with self.reading() as tx:
            return quarantine.page(tx, self._sealer, limit=limit, offset=offset, reason=reason)

    def quarantine_by_ids(self, ids: Sequence[int]) -> list[Bad]:
        with self.reading() as tx:
            return quarantine.by_ids(tx, self._sealer, ids)

    def quarantine_ids(self) -> list[tuple[str, str, str, int]]:
        """(source, event id, journal, position) of those that came with an id: for rebuilding the id index."""
        with self.reading() as tx:
            return quarantine.ids(tx)

    def quarantine_reasons(self) -> dict[str, int]:
        """How many wait, by reason."""
        with self.reading() as tx:
            return quarantine.reasons(tx)

    def quarantine_count(self, tx: Tx, journal: str) -> int:
        """How many of this journal were ever kept aside, replayed ones among them."""
        return quarantine.count(tx, journal)

    def mark_replayed(self, tx: Tx, outcomes: dict[int, str], at: datetime) -> int:
        """{quarantine number: stored | duplicate | refused}; the first outcome stands."""
        return quarantine.mark_replayed(tx, outcomes, at)

    # --- audit

    def audit(
        self,
        tx: Tx,
        *,
        who: str,
        action: str,
        subject: str,
        at: datetime,
        purpose: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Write down who did what to whom and why; append-only."""
        audit.write(tx, who=who, action=action, subject=subject, purpose=purpose, reason=reason, at=at)

    def audit_rows(self, *, limit: int = 100, subject: str | None = None) -> list[AuditRow]:
        """Newest first."""
        with self.reading() as tx:
            return audit.read(tx, limit=limit, subject=subject)

    @contextmanager
    def _reading(self, tx: Tx | None) -> Iterator[Tx]:
        """The caller's transaction, so that it sees its own writes, or a fresh picture."""
        if tx is not None:
            yield tx
        else:
            with self.reading() as fresh:
                yield fresh


def _count_actors(tx: Tx) -> int:
    return sum(count for kind, count in identifiers.count_by_kind(tx).items() if kind not in _NO_PEOPLE)
