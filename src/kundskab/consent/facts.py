"""Facts as a view shows them: where their permission holds now, all of them or the newest of each name per person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("person", pa.string()),
        ("name", pa.string()),
        ("value", pa.string()),  # JSON
        ("how", pa.string()),  # given | observed | inferred
        ("source", pa.string()),
        ("occurred_at", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True, slots=True)
class FactSeen:
    """One fact about one person, as somebody may see it for a purpose."""

    name: str
    value: Any  # any JSON value
    how: str  # given | observed | inferred
    source: str | None
    occurred_at: datetime
    claimed: bool = False  # by a browser, of a user id that it need not be


def is_usable(ground: str | None, *, granted: bool, denied: bool) -> bool:
    """Whether a row may be used. ground: how it stands for the purpose; None: not at all."""
    if ground is None:
        return False
    return granted if ground == "consent" else not denied


def permitted(
    facts: Iterable[Mapping[str, Any]], who: pa.Table, grounds: Mapping[int, str | None], at: datetime | None
) -> pa.Table:
    """Many rows per person and name: every fact that may be used, in the order given.

    facts: actor, permission and the columns of SCHEMA but person.  who: actor, person, granted, denied for one purpose.
    grounds: permission id -> how it stands for that purpose.  at: facts from after it are left out.
    """
    people = {row["actor"]: row for row in who.to_pylist()}
    kept: list[dict[str, Any]] = []
    for fact in facts:
        if at is not None and fact["occurred_at"] > at:
            continue
        standing = people.get(fact["actor"], {"person": fact["actor"], "granted": False, "denied": False})
        ground = grounds.get(fact["permission"])
        if is_usable(ground, granted=standing["granted"], denied=standing["denied"]):
            kept.append({**{name: fact[name] for name in SCHEMA.names[1:]}, "person": standing["person"]})
    return pa.Table.from_pylist(kept, schema=SCHEMA)


def newest(facts: pa.Table) -> pa.Table:
    """One row per person and name, the newest; of equally new ones the last."""
    places: dict[tuple[str, str], int] = {}
    when = facts["occurred_at"].to_pylist()
    for place, key in enumerate(zip(facts["person"].to_pylist(), facts["name"].to_pylist(), strict=True)):
        if key not in places or when[places[key]] <= when[place]:
            places[key] = place
    return facts.take(pa.array(places.values(), pa.int64()))


def histories(facts: pa.Table) -> dict[str, list[FactSeen]]:
    """person -> her facts, oldest first, from rows in the columns of SCHEMA."""
    found: dict[str, list[FactSeen]] = {}
    for row in facts.to_pylist():
        seen = FactSeen(row["name"], orjson.loads(row["value"]), row["how"], row["source"], row["occurred_at"])
        found.setdefault(row["person"], []).append(seen)
    return {person: sorted(seen, key=lambda fact: fact.occurred_at) for person, seen in found.items()}
