"""Who came and went: from the rows of the last refresh and who is inside now to the rows of this one, with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import ibis
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.segments.written.grammar import (
    AllOf,
    AnyOf,
    Bought,
    Condition,
    Definition,
    Did,
    Leaf,
    Not,
    Seen,
    Told,
    act_in_words,
    in_words,
    said,
)
from kundskab.segments.written.members import Members, holds

SCHEMA = pa.schema(
    [
        ("person", pa.string()),
        ("segment", pa.string()),
        ("entered_at", pa.timestamp("us", tz="UTC")),
        ("left_at", pa.timestamp("us", tz="UTC")),  # null: still inside
        ("reason", pa.string()),  # why she entered; once she has left, why she left
    ]
)
REWRITTEN = "the segment was written anew"
GIVEN_UP = "the segment was given up"
FORGOTTEN = "nothing is known of her any more"


def fingerprint(of: Definition) -> str:
    """Changes when what is asked changes; the name may change freely."""
    return sha256(orjson.dumps(said(of.when), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def updated(
    rows: pa.Table,
    now: Mapping[str, tuple[Definition, Members]],
    *,
    as_of: datetime,
    rewritten: frozenset[str] = frozenset(),
) -> pa.Table:
    """The rows of `written_segments` at as_of, in the columns of SCHEMA.

    rows: those of the refresh before, with columns of SCHEMA; closed ones stay as they are.
    now: segment id -> its definition and who is inside; a segment of `rows` that is missing here was given up.
    rewritten: ids whose conditions have changed since; who leaves them then leaves because of that.
    Only people who came or went leave the engine.
    """
    rows = rows.select(SCHEMA.names).cast(SCHEMA)
    is_open = pc.is_null(rows["left_at"])
    parts = [rows.filter(pc.invert(is_open))]
    still = rows.filter(is_open)
    for segment in sorted(set(still["segment"].to_pylist()) | set(now)):
        inside = still.filter(pc.equal(still["segment"], segment))
        if segment not in now:
            parts.append(_closed(inside, as_of, [GIVEN_UP] * inside.num_rows))
            continue
        of, members = now[segment]
        parts += _moved(inside, of, members, as_of, rewritten=segment in rewritten)
    return pa.concat_tables(parts).sort_by([(name, "ascending") for name in ("segment", "entered_at", "person")])


def why(when: Condition, found: Mapping[Leaf, Any]) -> str:
    """Why somebody meets the condition, or why not, in the numbers found of her."""
    return "; ".join(dict.fromkeys(_why(when, found, holds(when, found))))


def _moved(inside: pa.Table, of: Definition, members: Members, as_of: datetime, *, rewritten: bool) -> list[pa.Table]:
    """The open rows of one segment: those who stay, who left, who came."""
    people = members.table.filter(members.table.inside)
    are = people.to_pyarrow()
    stays = pc.is_in(inside["person"], are["person"])
    left = inside.filter(pc.invert(stays))
    came = are.filter(pc.invert(pc.is_in(are["person"], inside["person"])))
    parts = [inside.filter(stays)]
    if left.num_rows:
        reasons: dict[str, str] = {}
        if not rewritten:
            gone = members.table.semi_join(ibis.memtable(left.select(["person"])), "person").to_pyarrow()
            reasons = dict(zip(gone["person"].to_pylist(), _reasons(of.when, members.asked, gone), strict=True))
        told = [reasons.get(person, REWRITTEN if rewritten else FORGOTTEN) for person in left["person"].to_pylist()]
        parts.append(_closed(left, as_of, told))
    if came.num_rows:
        parts.append(
            pa.table(
                {
                    "person": came["person"].cast(pa.string()),
                    "segment": pa.array([of.id] * came.num_rows, pa.string()),
                    "entered_at": pa.array([as_of] * came.num_rows, SCHEMA.field("entered_at").type),
                    "left_at": pa.nulls(came.num_rows, SCHEMA.field("left_at").type),
                    "reason": pa.array(_reasons(of.when, members.asked, came), pa.string()),
                },
                schema=SCHEMA,
            )
        )
    return parts


def _closed(rows: pa.Table, as_of: datetime, reasons: Sequence[str]) -> pa.Table:
    left_at = pa.array([as_of] * rows.num_rows, SCHEMA.field("left_at").type)
    rows = rows.set_column(3, SCHEMA.field("left_at"), left_at)
    return rows.set_column(4, SCHEMA.field("reason"), pa.array(reasons, pa.string()))


def _reasons(when: Condition, asked: Sequence[Leaf], people: pa.Table) -> list[str]:
    """A reason per row; people of whom the same was found share the work."""
    known: dict[tuple[Any, ...], str] = {}
    columns = [people[f"asked_{n}"].to_pylist() for n in range(len(asked))]
    reasons = []
    for values in zip(*columns, strict=True):
        if values not in known:
            known[values] = why(when, dict(zip(asked, values, strict=True)))
        reasons.append(known[values])
    return reasons


def _why(when: Condition, found: Mapping[Leaf, Any], is_met: bool) -> list[str]:
    """The leaves that decide it: of `all` that is met each part, of one that is not the parts that fail; of `any`
    the other way about."""
    match when:
        case Not(part):
            return _why(part, found, not is_met)
        case AllOf(parts) | AnyOf(parts):
            deciding = [part for part in parts if holds(part, found) == is_met]
            return [reason for part in deciding for reason in _why(part, found, is_met)]
        case _:
            return [_told(when, found[when])]


def _told(leaf: Leaf, value: Any) -> str:
    match leaf:
        case Did():
            times = "once" if value == 1 else "never" if value == 0 else f"{value:,} times"
            return f"{act_in_words(leaf.act)}: {times}{_span(leaf.within_days)}"
        case Bought():
            unit = f" {leaf.currency}" if leaf.currency else ""
            return f"value of {act_in_words(leaf.act)}: {value:,.2f}{unit}{_span(leaf.within_days)}"
        case Told():
            return in_words(leaf) if value else f"not {in_words(leaf)}"
        case Seen():
            return f"{leaf.end} seen {int(value):,} days ago" if value is not None else "never seen"


def _span(days: int | None) -> str:
    return "" if days is None else f" within {days:,} days"
