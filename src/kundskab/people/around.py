"""Resolving only the neighbourhood of what changed; the answer is the same as resolving everybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from kundskab.people.resolve import LIMIT, Resolution, resolve
from kundskab.people.walking import Graph, Near, walk
from kundskab.people.whole import CODES


@dataclass(frozen=True, slots=True)
class Around:
    """The persons around some actors. `actors` are those whose answer is final; the rest is only their border."""

    resolution: Resolution
    actors: frozenset[str]


def resolve_around(
    graph: Graph,
    touched: Collection[str],
    asked: Collection[str] = (),
    *,
    limit: int = LIMIT,
) -> Around:
    """Resolve the persons of the touched and the asked, and of everybody whose person may have changed with them.

    touched: both ends of every link that was made or undone.  asked: whoever else matters.  limit: see `resolve`.
    Walks links outwards, but through no shared device and no crowd that was one before the change and still is: a till
    that a thousand customers used costs one step.  For a page about few persons; many are resolved on arrays.
    """
    near = walk(graph, {*touched, *asked}, touched, limit=limit)
    kinds = {actor: near.kinds.get(actor, "") for actor in near.actors}
    settled = (actor for actor, is_settled in zip(near.actors, near.settled.tolist(), strict=True) if is_settled)
    return Around(resolve(kinds, _links(near), limit=limit), frozenset(settled))


class _Link(NamedTuple):
    a: str
    b: str
    kind: str


def _links(near: Near) -> list[_Link]:
    kinds = sorted(CODES, key=lambda kind: CODES[kind])
    rows = zip(near.a.tolist(), near.b.tolist(), near.kind.tolist(), strict=True)
    return [_Link(near.actors[a], near.actors[b], kinds[kind]) for a, b, kind in rows]
