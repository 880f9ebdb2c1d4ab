"""One digest: from the journals to one commit."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from time import monotonic

from kundskab.consent.collection import Declaration, grounds
from kundskab.events import Identifier
from kundskab.lake import LakeState, SourceBooks
from kundskab.pipeline.digest.collect import Batch, collect
from kundskab.pipeline.digest.garbage import garbage_waits
from kundskab.pipeline.digest.meetings import TOKEN, answers, take_words
from kundskab.pipeline.digest.planned import within_plan
from kundskab.pipeline.digest.rows import Arrived, to_rows
from kundskab.pipeline.digest.signed import believed
from kundskab.pipeline.digest.statements import statements
from kundskab.pipeline.home import Home
from kundskab.pipeline.ids import Sighting
from kundskab.pipeline.locks import writer_lock
from kundskab.pipeline.permissions import refresh_people
from kundskab.pipeline.rebuild import ensure_ids
from kundskab.pipeline.sources import declaration_of, plan_of
from kundskab.pipeline.writing import writing
from kundskab.types import utc_now
from kundskab.vault import Bad, Fact, Link, Tx

log = logging.getLogger(__name__)

BATCH_EVENTS = 20_000
NO_PURPOSE = "no purpose left"  # why an event is refused here: the ledger and its own signal leave nothing

Kept = list[tuple[Arrived, int]]  # with its permission


@dataclass(frozen=True, slots=True)
class Digested:
    """What one digest did; events == stored + duplicate + refused + quarantined."""

    events: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    quarantined: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Tally:
    """Counts of one batch, by source."""

    received: Counter[str] = field(default_factory=Counter)
    stored: Counter[str] = field(default_factory=Counter)
    duplicate: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)  # (source, reason)

    def books(self, last_received: dict[str, str]) -> dict[str, SourceBooks]:
        return {
            source: SourceBooks(
                received=received,
                stored=self.stored[source],
                duplicate=self.duplicate[source],
                quarantined=self.quarantined[source],
                refused={reason: n for (of, reason), n in self.refused.items() if of == source},
                last_received_at=last_received.get(source),
            )
            for source, received in self.received.items()
        }


def digest_all(home: Home, *, now: Callable[[], datetime] = utc_now, wait_seconds: float = 30.0) -> Digested:
    """Digest until the journals are empty; the sum of what was done."""
    total = Digested()
    while (done := digest(home, now=now, wait_seconds=wait_seconds)).events:
        total = Digested(*(getattr(total, name) + getattr(done, name) for name in Digested.__dataclass_fields__))
    return total


def digest(
    home: Home, *, now: Callable[[], datetime] = utc_now, limit: int = BATCH_EVENTS, wait_seconds: float = 30.0
) -> Digested:
    """Digest about `limit` events; repeatable, and safe to kill at any point.

    Raises Busy when another process still writes after wait_seconds.
    """
    with writer_lock(home.run, "digest", wait_seconds=wait_seconds), garbage_waits():
        started = monotonic()
        state = home.lake.state()
        ensure_ids(home, state)
        with home.vault.reading() as tx:
            plans = {source.name: plan_of(source) for source in home.vault.sources(tx)}
        batch = collect(home.journal, state.positions, plans.get, limit=limit)
        if not batch.events:
            return Digested()
        done = _store(home, state, batch, now(), started)
    log.info(
        "digested events=%d stored=%d doubles=%d refused=%d quarantined=%d seconds=%.2f",
        done.events, done.stored, done.duplicate, done.refused, done.quarantined, done.seconds,
    )  # fmt: skip
    return done


def _store(home: Home, state: LakeState, batch: Batch, now: datetime, started: float) -> Digested:
    tally = _Tally()
    tally.received.update(arrived.source for arrived in batch.arrived)
    tally.received.update(bad.source for bad in batch.bad)
    tally.received.update(one.source for one in batch.refused)
    tally.refused.update((one.source, one.reason) for one in batch.refused)

    new, bad = _without_doubles(home, batch, tally)
    turned_away = [one.arrived for one in batch.refused if one.arrived is not None]
    with writing(home, "digest") as tx:
        token = tokens_for(home, tx, [*turned_away, *new], now)
        listen(home, tx, [*turned_away, *new], token)
        kept = keep(home, tx, new, token, now, tally.refused)
        home.vault.add_quarantine(tx, bad)
    tally.stored.update(arrived.source for arrived, _ in kept)
    tally.quarantined.update(one.source for one in bad)

    files = []
    if kept:
        files.append(home.lake.write(to_rows(kept, token=token, first_seq=state.next_seq), "fresh"))
    books = tally.books(batch.last_received)
    home.lake.commit(files, state.advanced(positions=batch.positions, books=books, stored=len(kept)))
    return Digested(
        events=batch.events,
        stored=len(kept),
        duplicate=tally.duplicate.total(),
        refused=tally.refused.total(),
        quarantined=len(bad),
        seconds=monotonic() - started,
    )


def _without_doubles(home: Home, batch: Batch, tally: _Tally) -> tuple[list[Arrived], list[Bad]]:
    """The events and quarantined ones seen for the first time; what has no id cannot be a double."""
    named = [bad for bad in batch.bad if bad.event_id]
    sightings = [Sighting(a.source, a.event.event_id, a.journal, a.position) for a in batch.arrived]
    sightings += [Sighting(bad.source, bad.event_id or "", bad.journal, bad.position) for bad in named]
    first = home.ids.first_seen(sightings, batch.positions)
    tally.duplicate.update(s.source for s, is_first in zip(sightings, first, strict=True) if not is_first)
    cut = len(batch.arrived)
    new = [arrived for arrived, is_first in zip(batch.arrived, first[:cut], strict=True) if is_first]
    bad = [one for one, is_first in zip(named, first[cut:], strict=True) if is_first]
    return new, [*bad, *(one for one in batch.bad if not one.event_id)]


def tokens_for(home: Home, tx: Tx, arrived: Sequence[Arrived], now: datetime) -> Callable[[Identifier], str]:
    """A function from identifier to token for everybody these events name; new ones get their token here."""
    named = dict.fromkeys(identifier for a in arrived for identifier in _identifiers(a))
    to_find = [i for i in named if i.kind != TOKEN]
    tokens = home.vault.tokens(tx, [(i.kind, i.value) for i in to_find], now)
    known = {i: i.value for i in named if i.kind == TOKEN}
    return (known | dict(zip(to_find, tokens, strict=True))).__getitem__


def _identifiers(arrived: Arrived) -> list[Identifier]:
    event = arrived.event
    linked = event.link[:2] if event.link else ()
    return [event.actor, *([event.device] if event.device else []), *linked]


def listen(home: Home, tx: Tx, heard: Sequence[Arrived], token: Callable[[Identifier], str]) -> None:
    """Write down what these events say of who is who and of consent, and what follows for permissions.

    Events that are refused count too: how else would the refusal be honoured everywhere?
    """
    purposes = {purpose.name: purpose for purpose in home.vault.purposes(tx)}
    declarations = _declarations(home, tx)
    proven = believed(home)
    linked = home.vault.add_links(tx, [link for a in heard if (link := _link(a, token, proven))])
    said = [s for a in heard for s in statements(a, declarations(a.source), purposes, token, proven)]
    said += [s for a in heard for s in answers(a, purposes, token)]
    refresh_people(home, tx, linked=linked, spoke=home.vault.add_statements(tx, said))


def keep(
    home: Home,
    tx: Tx,
    new: Sequence[Arrived],
    token: Callable[[Identifier], str],
    now: datetime,
    refused: Counter[tuple[str, str]],
) -> Kept:
    """The events that may be kept, with their permission, and their facts written down; counts the others."""
    declarations = _declarations(home, tx)
    kept, facts = [], []
    permissions: dict[tuple[object, ...], int] = {}
    denied, proven = _denied(home, tx, new, token), believed(home)
    plans = {source.name: plan_of(source) for source in home.vault.sources(tx)}
    for arrived in new:
        signal = arrived.event.signal
        declaration = declarations(arrived.source)
        ground = grounds(declaration, signal.preferences, gpc=signal.gpc, denied=denied(arrived))
        if plan := plans.get(arrived.source):
            arrived, ground = within_plan(plan, arrived, ground)
        if not ground:
            refused[arrived.source, NO_PURPOSE] += 1
            continue
        key = (arrived.source, *sorted(ground.items()))
        if key not in permissions:
            permissions[key] = home.vault.permission_id(tx, arrived.source, ground, declared_by=arrived.source, at=now)
        kept.append((arrived, permissions[key]))
        facts += _facts(arrived, token, permissions[key], proven)
    home.vault.add_facts(tx, facts)
    take_words(home, tx, [arrived for arrived, _ in kept], token)
    return kept


def _declarations(home: Home, tx: Tx) -> Callable[[str], Declaration]:
    """A function from a source's name to what it is declared for."""
    purposes = {purpose.name: purpose for purpose in home.vault.purposes(tx)}
    sources = {source.name: source for source in home.vault.sources(tx)}
    return cache(lambda name: declaration_of(sources.get(name), purposes))


def _link(arrived: Arrived, token: Callable[[Identifier], str], proven: Callable[[Arrived], bool]) -> Link | None:
    if arrived.event.link is None:
        return None
    a, b, evidence = arrived.event.link
    # A signature speaks for the browser that shows it, not for a former id that the browser merely names.
    is_own = arrived.key == "server" or b == arrived.event.device
    return Link(
        a=token(a),
        b=token(b),
        kind="verified" if is_own and proven(arrived) else "claimed",
        evidence=evidence,
        source=arrived.source,
        at=arrived.event.occurred_at,
        position=f"{arrived.journal}:{arrived.position}",
    )


def _facts(
    arrived: Arrived, token: Callable[[Identifier], str], permission: int, proven: Callable[[Arrived], bool]
) -> list[Fact]:
    event = arrived.event
    # Whoever holds a browser's key may say anything of anybody: it is kept as a claim, save of the device itself.
    claimed = bool(event.facts) and event.actor.kind == "user_id" and not proven(arrived)
    return [
        Fact(
            actor=token(event.actor),
            name=name,
            value=value,
            how="given",
            source=arrived.source,
            occurred_at=event.occurred_at,
            received_at=arrived.received_at,
            position=f"{arrived.journal}:{arrived.position}",
            event_id=event.event_id,
            permission=permission,
            claimed=claimed,
        )
        for name, value in event.facts.items()
    ]


def _denied(
    home: Home,
    tx: Tx,
    new: Sequence[Arrived],
    token: Callable[[Identifier], str],
) -> Callable[[Arrived], frozenset[str]]:
    """A function to the purposes that an event's actor or device refuses, by the ledger."""
    masks = {purpose.name: purpose.mask for purpose in home.vault.purposes(tx)}
    actors = {token(i) for a in new for i in (a.event.actor, a.event.device) if i is not None}
    bits = {row.actor: row.denied for row in home.vault.map_rows(tx, actors) if row.denied}

    def of(arrived: Arrived) -> frozenset[str]:
        if not bits:
            return frozenset()
        event = arrived.event
        both = bits.get(token(event.actor), 0) | (bits.get(token(event.device), 0) if event.device else 0)
        return frozenset(name for name, mask in masks.items() if both & mask)

    return of
