"""Facts as a view shows them: the newest value of each name per person, where its permission holds now."""

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
    """One row per person and name.

    facts: actor, permission and the columns of SCHEMA but person.  who: actor, person, granted, denied for one purpose.
    grounds: permission id -> how it stands for that purpose.  at: facts from after it are left out.
    """
    people = {row["actor"]: row for row in who.to_pylist()}
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for fact in facts:
        if at is not None and fact["occurred_at"] > at:
            continue
        standing = people.get(fact["actor"], {"person": fact["actor"], "granted": False, "denied": False})
        ground = grounds.get(fact["permission"])
        if ground is None or (not standing["granted"] if ground == "consent" else standing["denied"]):
            continue
        key = (standing["person"], fact["name"])
        if key not in newest or newest[key]["occurred_at"] <= fact["occurred_at"]:
            newest[key] = {**{name: fact[name] for name in SCHEMA.names[1:]}, "person": standing["person"]}
    return pa.Table.from_pylist(list(newest.values()), schema=SCHEMA)
