"""The consent ledger: every statement a person made about what may be done, with its proof. Append-only.

A statement that comes along with events (a consent banner repeats its state on every call) is recorded when it changes
what the actor's events said last; a repeat only moves a time stamp beside the ledger. Otherwise a banner's stale "yes"
on the next page view would overrule a withdrawal made elsewhere, to staff or by a form, and the ledger would grow by
five rows an event.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from kundskab.vault.sealing import Sealer
from kundskab.vault.store import rows_in
from kundskab.vault.times import from_micros, maybe_time, to_micros

STATUSES = ("grant", "refuse", "withdraw", "object")
STRENGTHS = ("verified", "claimed")


@dataclass(frozen=True, slots=True)
class Statement:
    """An actor grants, refuses, withdraws or objects to one purpose."""

    actor: str
    purpose: str
    status: str  # grant | refuse | withdraw | object
    strength: str  # verified | claimed: may it be believed that this person said it?
    basis: str  # the purpose's lawful basis when it was said
    notice_version: str | None  # what the person was told
    source: str | None
    channel: str | None
    occurred_at: datetime
    received_at: datetime
    position: str  # where it was received; adding the same position twice changes nothing
    proof: Mapping[str, Any] | None = None  # sealed; how we can show it: form, text, screen, signature
    from_signal: bool = False  # came along with an event, and so may be a mere repeat
    seq: int | None = None  # its number in the ledger
    repeated_at: datetime | None = None  # when the same signal was last seen

    @property
    def at(self) -> datetime:
        """When it counts from. Nobody speaks from the future: a clock that runs ahead gains nothing."""
        return min(self.occurred_at, self.received_at)


@dataclass(frozen=True, slots=True)
class Said:
    """What the permission rule needs of a statement. `at`: a grant counts from its first saying, a refusal its last."""

    actor: str
    purpose: str
    status: str
    strength: str
    at: datetime


def add(tx: Connection, sealer: Sealer, statements: Iterable[Statement]) -> set[str]:
    """Record statements; returns the actors whose permissions may have changed.

    One event gives at most one signal per actor and purpose: decide between its own signal and GPC before this.
    """
    listed = list(statements)
    heard = _heard(tx, {s.actor for s in listed if s.from_signal})
    new: list[Statement] = []
    repeated: dict[_Spoken, int] = {}
    for statement in listed:
        at = to_micros(statement.at)
        topic = (statement.actor, statement.purpose, statement.strength)
        before = _before(heard[topic], at)
        if statement.from_signal and before is not None and before[1] == statement.status:
            if statement.status != "grant":  # a grant counts from its first saying, so its repeats need no note
                spoken = (*topic, *before)
                repeated[spoken] = max(at, repeated.get(spoken, at))
        else:
            if statement.from_signal:
                insort(heard[topic], (at, statement.status))
            new.append(statement)
    _insert(tx, sealer, new)
    _note_repeats(tx, repeated)
    return {statement.actor for statement in new} | {spoken[0] for spoken in repeated}


def known_positions(tx: Connection, positions: Collection[str]) -> set[str]:
    """Those of these positions that gave a statement before."""
    sql = "SELECT DISTINCT position FROM statements WHERE position IN ({})"
    return {row[0] for row in rows_in(tx, sql, sorted(positions))}


def said_by(tx: Connection, actors: Collection[str]) -> list[Said]:
    """Everything these actors said, in the form the permission rule needs; in no particular order."""
    sql = (
        "SELECT s.actor, s.purpose, s.status, s.strength, "
        "max(min(s.occurred_at, s.received_at), coalesce(r.last_at, -9223372036854775808)) "
        "FROM statements s LEFT JOIN repeats r ON r.statement = s.seq WHERE s.actor IN ({})"
    )
    return [Said(row[0], row[1], row[2], row[3], from_micros(row[4])) for row in rows_in(tx, sql, sorted(actors))]


def history_of(tx: Connection, sealer: Sealer, actors: Collection[str]) -> list[Statement]:
    """Every statement of these actors with its proof, in the order the ledger got them."""
    sql = "SELECT s.*, r.last_at FROM statements s LEFT JOIN repeats r ON r.statement = s.seq WHERE s.actor IN ({})"
    return sorted((_statement(sealer, row) for row in rows_in(tx, sql, sorted(actors))), key=lambda s: s.seq or 0)


def seq(tx: Connection) -> int:
    """The ledger's last number; it grows with every statement."""
    return int(tx.exec_driver_sql("SELECT coalesce(max(seq), 0) FROM statements").scalar_one())


_Topic = tuple[str, str, str]  # actor, purpose, strength
_Spoken = tuple[str, str, str, int, str]  # topic, then when (microseconds) and status


def _heard(tx: Connection, actors: set[str]) -> defaultdict[_Topic, list[tuple[int, str]]]:
    """When each actor's events said what, by topic, oldest first."""
    sql = (
        "SELECT actor, purpose, strength, min(occurred_at, received_at), status FROM statements "
        "WHERE actor IN ({}) AND from_signal"
    )
    heard: defaultdict[_Topic, list[tuple[int, str]]] = defaultdict(list)
    for actor, purpose, strength, at, status in rows_in(tx, sql, sorted(actors)):
        heard[actor, purpose, strength].append((at, status))
    for spoken in heard.values():
        spoken.sort()  # at equal times "grant" sorts before every refusal, so the refusal is the later word
    return heard


def _before(spoken: list[tuple[int, str]], at: int) -> tuple[int, str] | None:
    """The last thing said at or before `at`."""
    place = bisect_right(spoken, (at, "\uffff"))
    return spoken[place - 1] if place else None


def _insert(tx: Connection, sealer: Sealer, statements: list[Statement]) -> None:
    rows = [
        (
            s.actor,
            s.purpose,
            s.status,
            s.strength,
            s.basis,
            s.notice_version,
            s.source,
            s.channel,
            to_micros(s.occurred_at),
            to_micros(s.received_at),
            s.position,
            sealer.key_id if s.proof else None,
            sealer.seal(orjson.dumps(s.proof), _place(s.actor, s.position)) if s.proof else None,
            s.from_signal,
        )
        for s in statements
    ]
    if rows:
        sql = (
            "INSERT INTO statements (actor, purpose, status, strength, basis, notice_version, source, channel, "
            "occurred_at, received_at, position, key_id, sealed, from_signal) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        )
        tx.exec_driver_sql(sql, rows)


def _note_repeats(tx: Connection, repeated: Mapping[_Spoken, int]) -> None:
    """Move the time a refusal was last heard, never back."""
    if not repeated:
        return
    sql = (
        "INSERT INTO repeats SELECT max(seq), ? FROM statements WHERE actor = ? AND purpose = ? AND strength = ? "
        "AND min(occurred_at, received_at) = ? AND status = ? AND from_signal GROUP BY actor "
        "ON CONFLICT (statement) DO UPDATE SET last_at = max(last_at, excluded.last_at)"
    )
    tx.exec_driver_sql(sql, [(last_at, *spoken) for spoken, last_at in repeated.items()])


def _statement(sealer: Sealer, row: Any) -> Statement:
    proof = None
    if row.sealed is not None:
        proof = orjson.loads(sealer.open(row.key_id, row.sealed, _place(row.actor, row.position)))
    return Statement(
        actor=row.actor,
        purpose=row.purpose,
        status=row.status,
        strength=row.strength,
        basis=row.basis,
        notice_version=row.notice_version,
        source=row.source,
        channel=row.channel,
        occurred_at=from_micros(row.occurred_at),
        received_at=from_micros(row.received_at),
        position=row.position,
        proof=proof,
        from_signal=bool(row.from_signal),
        seq=row.seq,
        repeated_at=maybe_time(row.last_at),
    )


def _place(actor: str, position: str) -> str:
    return f"proof:{actor}:{position}"
