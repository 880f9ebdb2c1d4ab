"""Facts as a view shows them: where their permission holds now, all of them or the newest of each name per person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

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
        if ground is None or (not standing["granted"] if ground == "consent" else standing["denied"]):
            continue
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
