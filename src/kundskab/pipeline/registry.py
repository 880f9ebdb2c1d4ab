"""What people set up and look up: sources, keys, identifiers; each deed under the vault lock and in the audit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from kundskab.events import identifier_value
from kundskab.pipeline.answers import Change, KeyRow, SourceRow
from kundskab.pipeline.home import Home
from kundskab.pipeline.permissions import refresh_people
from kundskab.pipeline.sources import DEFAULT_LIVE, declaration_of, settings_for
from kundskab.pipeline.writing import writing
from kundskab.types import KundskabError
from kundskab.vault import AuditRow, KeyInfo, Statement, Tx
from kundskab.vault.ledger import STATUSES

_ASKED = frozenset({"purposes", "basis", "on_refusal", "no_signal"})
_SENTENCES = {
    "create_key": "created a write key for {subject} ({reason})",
    "rotate_key": "rotated {subject}",
    "revoke_key": "revoked {subject}",
    "put_source": "set up the source {subject}",
    "put_plan": "{reason} in the tracking plan of {subject}",
    "put_purpose": "set up the purpose {subject} ({reason})",
    "import": "imported into {subject} ({reason})",
    "replay": "tried {subject} again",
    "find": "looked somebody up by an identifier",
    "read person": "read the page of person {subject}",
    "read timeline": "read on in the timeline of person {subject}",
    "read links": "read why traces are believed to be person {subject}",
    "read proofs": "read what person {subject} said about a purpose",
    "read effort": "read where it was hard for person {subject}",
    "meet": "wrote down an encounter with {subject} ({reason})",
    "read encounters": "read what was said in encounters with {subject}",
    "read distance": "read how far we are from {subject}",
    "reveal": "revealed the identifier behind {subject}",
    "resolve": "looked up {subject}",
    "own page link": "made a link to the own page of {subject}",
    "request": "asked for something about themselves: {reason}",
    "correct": "corrected what we know of them: {reason}",
    "settle": "settled {reason}",
    "change workspace": "changed the workspace ({reason})",
    "invite": "invited {subject} as {reason}",
    "make a link for": "made a sign-in link for {subject}",
    "change role": "made {subject} {reason}",
    "deactivate": "closed the account of {subject}",
    "activate": "opened the account of {subject} again",
    "reset second step": "reset the second step of {subject}",
    "add second step": "added a second step ({reason})",
    "remove second step": "removed a second step ({reason})",
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
    categories: Mapping[str, str] | None,
    events_per_second: float | None,
    who: str,
    at: datetime,
) -> None:
    """Add a live source or change it. plan, categories, events_per_second: None leaves what was; plan "" takes it away.

    Raises KundskabError for what cannot be.
    """
    with writing(home, "settings") as tx:
        known = {purpose.name: purpose for purpose in home.vault.purposes(tx)}
        settings = settings_for(
            purposes or list(DEFAULT_LIVE),
            basis,
            known,
            on_refusal=on_refusal,
            no_signal=no_signal,
            plan=plan,
            categories=categories,
            events_per_second=events_per_second,
        )
        before = home.vault.source(name, tx)
        # What was not said this time (the plan, categories, speed) stays as it was.
        kept = {key: value for key, value in before.settings.items() if key not in _ASKED} if before else {}
        if plan == "":
            kept.pop("plan", None)
        home.vault.put_source(tx, name, kind="live", label=label, settings={**kept, **settings}, at=at)
        home.vault.audit(tx, who=who, action="put_source", subject=name, at=at)


def put_purpose(
    home: Home, name: str, *, basis: str, description: str, notice: str, notice_version: str, who: str, at: datetime
) -> None:
    """Add a purpose or renew it; earlier notices stay on record, for those who agreed to them.

    A basis that changes holds for sources and imports declared from now on. Raises KundskabError for a name, a basis
    or a notice that cannot be.
    """
    if not re.fullmatch("[a-z][a-z0-9_]{0,39}", name):
        raise KundskabError(f"{name!r} cannot name a purpose; use small letters, digits and _, at most 40.")
    if not (notice.strip() and notice_version.strip()):
        raise KundskabError("A purpose needs the notice that people read, and its version.")
    with writing(home, "settings") as tx:
        home.vault.put_purpose(
            tx, name, basis=basis, description=description, notice=notice, notice_version=notice_version, at=at
        )
        home.vault.audit(
            tx, who=who, action="put_purpose", subject=name, reason=f"{basis}, notice {notice_version}", at=at
        )


def create_key(home: Home, source: str, *, kind: str, who: str, at: datetime) -> str:
    """A write key for a live source; shown once."""
    with writing(home, "settings") as tx:
        found = home.vault.source(source, tx)
        if found is None or found.kind != "live":
            raise KundskabError(
                f"There is no live source {source!r}; create it first, or choose one of those there are."
            )
        return home.vault.create_key(tx, source, kind=kind, by=who, at=at)


def rotate_key(home: Home, key_id: int, *, overlap: timedelta, who: str, at: datetime) -> str:
    with writing(home, "settings") as tx:
        return home.vault.rotate_key(tx, key_id, overlap=overlap, by=who, at=at)


def revoke_key(home: Home, key_id: int, *, who: str, at: datetime) -> None:
    with writing(home, "settings") as tx:
        home.vault.revoke_key(tx, key_id, by=who, at=at)


def record_consent(
    home: Home, kind: str, value: str, *, purpose: str, status: str, proof: Mapping[str, Any], who: str, at: datetime
) -> str:
    """Write down what a person said to us, believed as said; returns the person. It holds for views opened after it.

    kind: an identifier's, or "person" for a token.  Somebody we have not heard of yet becomes known by it.
    Raises KundskabError for a purpose, a status or an identifier that cannot be.
    """
    spelled = identifier_value(value)
    if spelled is None:
        raise KundskabError(f"{value!r} identifies nobody; give the identifier as the events have it.")
    if status not in STATUSES:
        raise KundskabError(f"{status!r} is nothing that can be said; choose one of {', '.join(STATUSES)}.")
    with writing(home, "settings") as tx:
        known = {each.name: each for each in home.vault.purposes(tx)}
        if purpose not in known:
            raise KundskabError(f"There is no purpose {purpose!r} here; this workspace knows {', '.join(known)}.")
        actor = _speaker(home, tx, kind, spelled, at)
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
        refresh_people(home, tx, spoke=home.vault.add_statements(tx, [statement]))
        home.vault.audit(
            tx, who=who, action="consent", subject=actor, purpose=purpose, reason=f"{status} {purpose}", at=at
        )
    return home.vault.person_of(actor)


def _speaker(home: Home, tx: Tx, kind: str, value: str, at: datetime) -> str:
    """The actor that speaks; a token must be somebody's already."""
    if kind != "person":
        return home.vault.tokens(tx, [(kind, value)], at)[0]
    if not home.vault.kinds_of(tx, [value]):
        raise KundskabError(f"Nobody has the token {value!r}; take it from an answer, or name an identifier.")
    return value


def look_up(home: Home, search: str, *, who: str, purpose: str, at: datetime) -> str | None:
    """The person behind a token or an identifier, or None; the looking is audited, what was typed is not."""
    text = search.strip()
    with writing(home, "settings") as tx:
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
