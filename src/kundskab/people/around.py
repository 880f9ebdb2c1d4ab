"""Resolving only the neighbourhood of what changed; the answer is the same as resolving everybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from kundskab.people.resolve import USER, Link, Resolution, resolve, shared_devices


class Graph(Protocol):
    """Where the links are: usually the vault within a transaction."""

    def links_of(self, actors: Collection[str]) -> Sequence[Link]:
        """Standing links that touch any of these actors."""

    def kinds_of(self, actors: Collection[str]) -> dict[str, str]:
        """Identifier kind of each known actor."""


@dataclass(frozen=True, slots=True)
class Around:
    """The persons around some actors. `actors` are those whose answer is final; the rest is only their border."""

    resolution: Resolution
    actors: frozenset[str]


def resolve_around(graph: Graph, touched: Collection[str], asked: Collection[str] = ()) -> Around:
    """Resolve the persons of the touched and the asked, and of everybody whose person may have changed with them.

    touched: both ends of every link that was made or undone.  asked: whoever else is of interest.
    Walks raw links outwards but never through a shared device, so a till that a thousand customers used costs one
    step. A touched device is walked through even so: it may have become shared just now and let go of its neighbours.
    """
    kinds = graph.kinds_of({*touched, *asked})
    links: dict[tuple[str, str, str], Link] = {}
    settled: set[str] = set()
    frontier = {*touched, *asked}
    while frontier:
        near = [link for link in graph.links_of(frontier) if link.kind != "suggested"]
        links.update(((link.a, link.b, link.kind), link) for link in near)
        ends = {end for link in near for end in (link.a, link.b)}
        kinds.update(graph.kinds_of(ends - kinds.keys()))
        users = {end for end in ends if kinds.get(end) == USER}
        closed = shared_devices(users, near) - set(touched)
        settled |= frontier
        frontier = _next(near, frontier - closed, users) - settled
    resolution = resolve({actor: kinds.get(actor, "") for actor in settled | kinds.keys()}, links.values())
    return Around(resolution, frozenset(settled))


def _next(links: Sequence[Link], walked: set[str], users: set[str]) -> set[str]:
    """The other ends of the links of `walked`; two user ids are never joined, so their links lead nowhere."""
    ahead: set[str] = set()
    for link in links:
        if not (link.a in users and link.b in users):
            if link.a in walked:
                ahead.add(link.b)
            if link.b in walked:
                ahead.add(link.a)
    return ahead
