"""Resolving only the neighbourhood of what changed; the answer is the same as resolving everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kundskab.people.resolve import (
    CLAIMED,
    LIMIT,
    MANUAL,
    SUGGESTED,
    USER,
    VERIFIED,
    Link,
    Resolution,
    components,
    resolve,
)

_TRIED = 8  # users of a device that are looked at together, until two of them show that it is shared


class Graph(Protocol):
    """Where the links are: usually the vault within a transaction."""

    def links_of(self, actors: Collection[str]) -> Sequence[Link]:
        """Standing links that touch any of these actors."""

    def by_hand(self, actors: Collection[str]) -> Sequence[Link]:
        """Standing manual links that touch any of these actors."""

    def others_of(self, actors: Collection[str]) -> Mapping[str, tuple[int, int]]:
        """With how many others each is linked by claimed or verified links, and by verified ones alone."""

    def kinds_of(self, actors: Collection[str]) -> dict[str, str]:
        """Identifier kind of each known actor."""


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
    beside: Collection[str] = (),
    limit: int = LIMIT,
) -> Around:
    """Resolve the persons of the touched and the asked, and of everybody whose person may have changed with them.

    touched: both ends of every link that was made or undone.  asked: whoever else is of interest.  beside: what was
    touched by the same change and is resolved by another call.  limit: see `resolve`.
    Walks links outwards, but through no shared device and no crowd that was one before the change and still is: a till
    that a thousand customers used costs one step.
    """
    walk = _Walk(graph, frozenset({*touched, *beside}), limit)
    walk.from_(set(touched) | set(asked))
    known = walk.settled | walk.kinds.keys()
    resolution = resolve({actor: walk.kinds.get(actor, "") for actor in known}, walk.links.values(), limit=limit)
    return Around(resolution, frozenset(walk.settled))


@dataclass(slots=True)
class _Walk:
    """A walk under way. What it settles has all its links known; what it only borders on may have more."""

    graph: Graph
    stirred: frozenset[str]  # ends of links that were made or undone
    limit: int
    settled: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)  # those of the kinds that are user ids
    links: dict[tuple[str, str, str], Link] = field(default_factory=dict)

    def from_(self, frontier: set[str]) -> None:
        while frontier:
            near = [link for link in self.graph.links_of(frontier) if link.kind != SUGGESTED]
            self.links.update(((link.a, link.b, link.kind), link) for link in near)
            ends = {*frontier, *(end for link in near for end in (link.a, link.b))}
            new = self.graph.kinds_of(ends - self.kinds.keys())
            self.kinds |= new
            self.users |= {actor for actor, kind in new.items() if kind == USER}
            self.settled |= frontier
            frontier = self._ahead(frontier, near) - self.settled

    def _ahead(self, walked: set[str], near: Iterable[Link]) -> set[str]:
        """Whose links must be known too before anything can be said of the walked."""
        at: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)  # walked -> (other, kind)
        for link in near:
            for end, other in ((link.a, link.b), (link.b, link.a)):
                if end in walked and other != end:
                    at[end].append((other, link.kind))
        shared = self._always_shared({actor: links for actor, links in at.items() if actor not in self.users})
        ahead: set[str] = set()
        aside: set[str] = set()
        for actor, links in at.items():
            cut = self._always_cut(links)
            for other, kind in links:
                if kind == MANUAL:
                    ahead.add(other)
                elif actor in shared or (actor in self.users and (other in self.users or kind in cut)):
                    continue
                else:
                    (aside if kind in cut and other not in self.users else ahead).add(other)
        # Beyond a crowd of devices only those matter that a human said are somebody's: they may make it shared.
        handed = {end for link in self.graph.by_hand(aside - ahead) for end in (link.a, link.b)}
        return ahead | (aside & handed)

    def _always_cut(self, links: Iterable[tuple[str, str]]) -> frozenset[str]:
        """The kinds of links that join nobody at the crowd which has these, now as before the change."""
        calm = [(other, kind) for other, kind in links if kind != MANUAL and other not in self.stirred]
        if len({other for other, kind in calm if kind == VERIFIED}) > self.limit:
            return frozenset({CLAIMED, VERIFIED})
        return frozenset({CLAIMED}) if len({other for other, _ in calm}) > self.limit else frozenset()

    def _always_shared(self, at: Mapping[str, Sequence[tuple[str, str]]]) -> set[str]:
        """The devices that are shared, now as before: two humans whom the change does not concern were seen there."""
        left = {
            device: sorted({other for other, _ in links if other in self.users} - self.stirred)
            for device, links in at.items()
            if all(kind != MANUAL for _, kind in links)
        }
        humans: defaultdict[str, set[str]] = defaultdict(set)
        found: set[str] = set()
        while left := {d: users for d, users in left.items() if d not in found and len(users) + len(humans[d]) > 1}:
            unmoved = self._unmoved({user for users in left.values() for user in users[:_TRIED]})
            for device, users in left.items():
                humans[device] |= {unmoved[user] for user in users[:_TRIED] if user in unmoved}
            found |= {device for device in left if len(humans[device]) > 1}
            left = {device: users[_TRIED:] for device, users in left.items() if len(users) > _TRIED}
        return found

    def _unmoved(self, users: set[str]) -> dict[str, str]:
        """user id -> a name of its human, for those that are no crowd and of whose human nothing changed."""
        calm = {user for user, (others, _) in self.graph.others_of(users).items() if others <= self.limit}
        by_hand: list[Link] = []
        known, frontier = set(calm), set(calm)
        while frontier:
            near = self.graph.by_hand(frontier)
            by_hand += near
            frontier = {end for link in near for end in (link.a, link.b)} - known
            known |= frontier
        human_of = components(known, by_hand)
        moved = {human_of[actor] for actor in self.stirred & known}
        return {user: human_of[user] for user in calm if human_of[user] not in moved}
