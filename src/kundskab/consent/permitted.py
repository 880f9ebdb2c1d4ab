"""Which rows may be used: the rule of permission as SQL, for everybody or for one person alone.

The cheapest join that is right is chosen by what the map says of those who are asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from kundskab.lake.engine import quoted


class Permission(Protocol):
    """A row of the vault's permissions: purpose -> "consent", "signal" or another lawful basis."""

    @property
    def id(self) -> int: ...
    @property
    def purposes(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """What the vault says now. people: Arrow (actor, person, granted, denied); bits: purpose -> bit number.

    Actors without a row are their own person and have neither granted nor refused anything.
    """

    people: pa.Table
    permissions: tuple[Permission, ...]
    bits: dict[str, int]
    ledger_seq: int
    links_seq: int


def who_of(standing: Standing, purpose: str, actors: Collection[str] | None = None) -> pa.Table:
    """actor, person, granted and denied as booleans for this one purpose; of all in the map, or of these actors."""
    bit = 1 << standing.bits[purpose]
    people = standing.people
    if actors is not None:
        people = people.filter(pc.is_in(people["actor"], pa.array(sorted(actors), pa.string())))

    def has(column: str) -> pa.ChunkedArray:
        return pc.not_equal(pc.bit_wise_and(people[column], pa.scalar(bit, pa.int64())), 0)

    return pa.table(
        {"actor": people["actor"], "person": people["person"], "granted": has("granted"), "denied": has("denied")}
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """How the rows are judged and joined to their person, with no more of the map than this purpose needs."""

    asked: tuple[int, ...]  # permissions that need a grant
    stands: tuple[int, ...]  # permissions that stand until somebody refuses
    who: pa.Table  # the actors that matter to either
    refusing: pa.Table  # the actors that refuse: a device among them takes its rows along
    joined: bool  # whether any of `who` is somebody else's actor


def choice(standing: Standing, purpose: str) -> Choice:
    asked = tuple(p.id for p in standing.permissions if p.purposes.get(purpose) == "consent")
    stands = tuple(p.id for p in standing.permissions if p.purposes.get(purpose) not in (None, "consent"))
    who = who_of(standing, purpose)
    moved = pc.not_equal(who["actor"], who["person"])
    matters = pa.scalar(False)
    if asked:
        matters = who["granted"]
    if stands:
        matters = pc.or_(pc.or_(matters, who["denied"]), moved)
    return Choice(
        asked=asked,
        stands=stands,
        who=who.filter(matters) if asked or stands else who.slice(0, 0),
        refusing=who.filter(who["denied"]).select(["actor"]),
        joined=bool(pc.any(pc.and_(moved, matters)).as_py()),
    )


def actors_of(standing: Standing, person: str) -> list[str]:
    """The actors of a person; of a token that was joined to somebody else, itself."""
    people = standing.people
    return [person, *people.filter(pc.equal(people["person"], person))["actor"].to_pylist()]


def of_one_sql(
    standing: Standing, purpose: str, person: str, columns: str, *, refusing: pa.Table, at: datetime | None
) -> str:
    """These columns of the rows of `rows_sql`, of one person alone.

    Her few rows of the map stand in the text, so that nobody else's are looked through.

    refusing: as `choice` gives it for everybody, since a device of hers may be anybody's.
    """
    people = standing.people
    own = people.filter(pc.or_(pc.equal(people["person"], person), pc.equal(people["actor"], person)))
    chosen = replace(choice(replace(standing, people=own), purpose), refusing=refusing)
    rows = [f"({quoted(row['actor'])}, {quoted(row['person'])}, {row['granted']}, {row['denied']})"
            for row in chosen.who.to_pylist()]  # fmt: skip
    who = f"WITH who(actor, person, granted, denied) AS (VALUES {', '.join(rows)})" if rows else ""
    actors = ", ".join(quoted(actor) for actor in {person, *own["actor"].to_pylist()})
    return (
        f"{who} SELECT {columns} FROM ({rows_sql(chosen, at)}) WHERE actor IN ({actors}) AND person = {quoted(person)}"
    )


def events_sql(permissions: tuple[Permission, ...]) -> str:
    return f"""
        SELECT * EXCLUDE (permission, journal, position, properties),
               {purposes_sql(permissions)} AS purposes, properties
        FROM permitted_rows
    """


def rows_sql(chosen: Choice, at: datetime | None) -> str:
    """Rows with a permission, joined to their person, in the lake's columns."""
    person, join = _join(chosen)
    by_map = join.startswith("LEFT")
    allowed = []
    if chosen.stands:
        allowed.append(
            f"e.permission IN ({_numbers(chosen.stands)})" + (" AND who.denied IS NOT TRUE" if by_map else "")
        )
    if chosen.asked and chosen.who.num_rows:
        allowed.append(f"e.permission IN ({_numbers(chosen.asked)})" + (" AND who.granted" if by_map else ""))
    where = [f"({' OR '.join(f'({rule})' for rule in allowed)})" if allowed else "false"]
    if chosen.refusing.num_rows:
        where.append("(e.device IS NULL OR e.device NOT IN (SELECT actor FROM refusing))")
    if at is not None:
        where.append(f"e.occurred_at <= {quoted(at.isoformat())}::TIMESTAMPTZ")
    return f"""
        SELECT {person} AS person, e.* FROM lake_events e {join} WHERE {" AND ".join(where)}
    """


def _join(chosen: Choice) -> tuple[str, str]:
    """SQL of the person and of the join that brings her: the cheapest that is right.

    A workspace of imported orders to which nobody objects reads at the speed of the bare files. Where nobody has two
    actors, the actor's own column is the person: it keeps the file's dictionary, which makes counting people three
    times as quick as a column that comes out of a join.
    """
    if not chosen.who.num_rows:
        return "e.actor", ""
    if chosen.asked and not chosen.stands:  # everybody in `who` has granted
        return (
            ("who.person", "JOIN who ON who.actor = e.actor")
            if chosen.joined
            else ("e.actor", "SEMI JOIN who ON who.actor = e.actor")
        )
    if chosen.stands and not chosen.asked and not chosen.joined:  # everybody in `who` refuses
        return "e.actor", "ANTI JOIN who ON who.actor = e.actor"
    return "coalesce(who.person, e.actor)", "LEFT JOIN who ON who.actor = e.actor"


def purposes_sql(permissions: tuple[Permission, ...]) -> str:
    # A CASE over the few permissions costs nothing where the column is not asked for; a join would.
    cases = " ".join(
        f"WHEN {p.id} THEN [{', '.join(quoted(name) for name in sorted(p.purposes))}]" for p in permissions
    )
    return f"CASE permission {cases} ELSE []::VARCHAR[] END" if cases else "[]::VARCHAR[]"


def _numbers(values: Iterable[int]) -> str:
    return ", ".join(str(int(value)) for value in values)
