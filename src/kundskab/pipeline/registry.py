"""What people set up and look up: sources, keys, identifiers; each deed under the writer lock and in the audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from kundskab.pipeline.answers import Change, KeyRow, SourceRow
from kundskab.pipeline.home import Home
from kundskab.pipeline.locks import writer_lock
from kundskab.pipeline.permissions import refresh_people
from kundskab.pipeline.sources import DEFAULT_LIVE, declaration_of, settings_for
from kundskab.types import KundskabError
from kundskab.vault import AuditRow, KeyInfo, Statement, Tx

WAIT_SECONDS = 30.0

_SENTENCES = {
    "create_key": "created a write key for {subject} ({reason})",
    "rotate_key": "rotated {subject}",
    "revoke_key": "revoked {subject}",
    "put_source": "set up the source {subject}",
    "import": "imported into {subject} ({reason})",
    "replay": "tried {subject} again",
    "find": "looked somebody up by an identifier",
    "read person": "read the page of person {subject}",
    "reveal": "revealed the identifier behind {subject}",
    "resolve": "looked up {subject}",
    "consent": "recorded a consent statement for {subject} ({reason})",
}


def sources(home: Home) -> list[SourceRow]:
    """Every source with its keys, by name."""
    with home.vault.reading() as tx:
        purposes = {purpose.name: purpose for purpose in home.vault.purposes(tx)}
        every = home.vault.sources(tx)
    keys = home.vault.keys()
    return [
        SourceRow(
            name=source.name,
            label=source.label,
            kind=source.kind,
            purposes=dict(declaration_of(source, purposes).purposes),
            on_refusal=source.on_refusal,
            no_signal=source.no_signal,
            keys=[_key_row(key) for key in keys if key.source == source.name],
        )
        for source in every
    ]


def put_source(
    home: Home,
    name: str,
    *,
    label: str,
    purposes: list[str] | None,
    basis: dict[str, str] | str | None,
    on_refusal: str,
    no_signal: str,
    plan: str | None,
    who: str,
    at: datetime,
) -> None:
    """Add a live source or change it. Raises KundskabError for what cannot be."""
    with _writing(home) as tx:
        known = {purpose.name: purpose for purpose in home.vault.purposes(tx)}
        settings = settings_for(
            purposes or list(DEFAULT_LIVE), basis, known, on_refusal=on_refusal, no_signal=no_signal, plan=plan
        )
        home.vault.put_source(tx, name, kind="live", label=label, settings=settings, at=at)
        home.vault.audit(tx, who=who, action="put_source", subject=name, at=at)


def create_key(home: Home, source: str, *, kind: str, who: str, at: datetime) -> str:
    """A write key for a live source; shown once."""
    with _writing(home) as tx:
        found = home.vault.source(source, tx)
        if found is None or found.kind != "live":
            raise KundskabError(
                f"There is no live source {source!r}; create it first, or choose one of those there are."
            )
        return home.vault.create_key(tx, source, kind=kind, by=who, at=at)


def rotate_key(home: Home, key_id: int, *, overlap: timedelta, who: str, at: datetime) -> str:
    with _writing(home) as tx:
        return home.vault.rotate_key(tx, key_id, overlap=overlap, by=who, at=at)


def revoke_key(home: Home, key_id: int, *, who: str, at: datetime) -> None:
    with _writing(home) as tx:
        home.vault.revoke_key(tx, key_id, by=who, at=at)


def record_consent(
    home: Home, kind: str, value: str, *, purpose: str, status: str, proof: Mapping[str, Any], who: str, at: datetime
) -> str:
    """Write down what a person said to us, believed as said; returns the person. It holds for views opened after it."""
    with _writing(home) as tx:
        known = {each.name: each for each in home.vault.purposes(tx)}
        if purpose not in known:
            raise KundskabError(f"There is no purpose {purpose!r} here; this workspace knows {', '.join(known)}.")
        [actor] = home.vault.tokens(tx, [(kind, value)], at)
        statement = Statement(
            actor=actor,
            purpose=purpose,
            status=status,
            strength="verified",
            basis=known[purpose].basis,
            notice_version=known[purpose].notice_version,
            source=None,
            channel=None,
            occurred_at=at,
            received_at=at,
            position=f"staff:{uuid4().hex}",
            proof={**proof, "recorded_by": who},
        )
        refresh_people(home, tx, home.vault.add_statements(tx, [statement]))
        home.vault.audit(
            tx, who=who, action="consent", subject=actor, purpose=purpose, reason=f"{status} {purpose}", at=at
        )
    return home.vault.person_of(actor)


def look_up(home: Home, search: str, *, who: str, purpose: str, at: datetime) -> str | None:
    """The person behind a token or an identifier, or None; the looking is audited, what was typed is not."""
    text = search.strip()
    with _writing(home) as tx:
        actor = text if home.vault.kinds_of(tx, [text]) else None
        home.vault.audit(tx, who=who, action="find", subject=actor or "an identifier", purpose=purpose, at=at)
    actor = actor or home.vault.find(None, text)
    return None if actor is None else home.vault.person_of(actor)


def changes(home: Home, limit: int) -> list[Change]:
    """What people and the clock did, newest first."""
    return [_change(row) for row in home.vault.audit_rows(limit=limit)]


def _change(row: AuditRow) -> Change:
    sentence = _SENTENCES.get(row.action, row.action.replace("_", " ") + " {subject}")
    text = sentence.format(subject=row.subject, reason=row.reason or "")
    return Change(row.at, row.who, row.action, row.subject, text)


def _key_row(key: KeyInfo) -> KeyRow:
    return KeyRow(key.id, key.kind, key.last4, key.created_at, key.expires_at, key.revoked_at, key.last_used_at)


@contextmanager
def _writing(home: Home) -> Iterator[Tx]:
    with writer_lock(home.run, "settings", wait_seconds=WAIT_SECONDS), home.vault.transaction() as tx:
        yield tx
