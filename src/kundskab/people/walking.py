"""Walking from what changed along the links, as far as anybody's person may have changed with it.

Actors are numbered as they are met, and each step takes all that are due at once, on arrays: ten thousand new links
cost a few questions to the vault.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from kundskab.people.resolve import LIMIT, USER, Link, components
from kundskab.people.whole import CLAIMED_CODE, CODES, MANUAL_CODE, VERIFIED_CODE, Bools, Ints

_TRIED = 8  # users of a device that are looked at together, until two of them show that it is shared
_NOTHING = np.zeros(0, np.int64)


class Links(Protocol):
    """Links as three columns: two actors and claimed, verified or manual."""

    @property
    def a(self) -> Sequence[str]: ...
    @property
    def b(self) -> Sequence[str]: ...
    @property
    def kind(self) -> Sequence[str]: ...


class Graph(Protocol):
    """Where the links are: usually the vault within a transaction."""

    def links_of(self, actors: Collection[str]) -> Links:
        """Standing links that touch any of these actors, suggested ones left out; doubles do no harm."""

    def by_hand(self, actors: Collection[str]) -> Sequence[Link]:
        """Standing manual links that touch any of these actors."""

    def others_of(self, actors: Collection[str]) -> Mapping[str, tuple[int, int]]:
        """With how many others each is linked by claimed or verified links, and by verified ones alone."""

    def kinds_of(self, actors: Collection[str]) -> dict[str, str]:
        """Identifier kind of each known actor."""


@dataclass(frozen=True, slots=True)
class Near:
    """The neighbourhood of a change: a row per actor in the order of tokens, and a row per link."""

    actors: list[str]
    kinds: dict[str, str]  # identifier kind of those that are known
    settled: Bools  # per actor: all its links are here, so that its answer is final; the rest is only border
    is_user: Bools  # per actor
    a: Ints  # per link: the number of an actor
    b: Ints
    kind: Ints  # per link: one of CODES


def walk(graph: Graph, start: Collection[str], stirred: Collection[str], *, limit: int = LIMIT) -> Near:
    """What must be known to resolve the persons of `start`, and of everybody whose person changed with them.

    stirred: both ends of every link that was made or undone.  limit: see `resolve`.
    Goes through no shared device and no crowd that was one before the change and still is.
    """
    walked = _Walk(graph, limit)
    walked.from_(start, stirred)
    return walked.near()


@dataclass(slots=True)
class _Walk:
    """A walk under way; the arrays have a row per actor met so far."""

    graph: Graph
    limit: int
    number_of: dict[str, int] = field(default_factory=dict)
    actors: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    is_user: Bools = field(default_factory=lambda: np.zeros(0, bool))
    settled: Bools = field(default_factory=lambda: np.zeros(0, bool))
    stirred: Bools = field(default_factory=lambda: np.zeros(0, bool))
    moved: frozenset[str] = frozenset()  # the stirred by name, met or not
    links: list[tuple[Ints, Ints, Ints]] = field(default_factory=lambda: [(_NOTHING, _NOTHING, _NOTHING)])

    def from_(self, start: Collection[str], stirred: Collection[str]) -> None:
        self.moved = frozenset(stirred)
        frontier = self._met(sorted(start))
        self._learn()
        while len(frontier):
            found = self.graph.links_of([self.actors[place] for place in frontier.tolist()])
            a, b = self._met(found.a), self._met(found.b)
            kind = np.array([CODES[each] for each in found.kind], np.int64)
            self._learn()
            self.links.append((a, b, kind))
            self.settled[frontier] = True
            frontier = self._ahead(frontier, a, b, kind)

    def near(self) -> Near:
        order = np.argsort(np.array(self.actors, dtype=np.str_))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        a, b, kind = (np.concatenate(column) for column in zip(*self.links, strict=True))
        n, codes = len(order), len(CODES)
        once = np.unique((rank[a] * n + rank[b]) * codes + kind)  # a link is met from either end
        return Near(
            [self.actors[place] for place in order.tolist()],
            self.kinds,
            self.settled[order],
            self.is_user[order],
            once // codes // n,
            once // codes % n,
            once % codes,
        )

    def _met(self, actors: Sequence[str]) -> Ints:
        number_of = self.number_of
        return np.array([number_of.setdefault(actor, len(number_of)) for actor in actors], np.int64)

    def _learn(self) -> None:
        """What kind of identifier those are that were met just now."""
        new = list(self.number_of)[len(self.actors) :]
        kinds = self.graph.kinds_of(new)
        self.actors += new
        self.kinds |= kinds
        self.is_user = np.append(self.is_user, np.array([kinds.get(actor) == USER for actor in new], bool))
        self.stirred = np.append(self.stirred, np.array([actor in self.moved for actor in new], bool))
        self.settled = np.append(self.settled, np.zeros(len(new), bool))

    def _ahead(self, walked: Ints, a: Ints, b: Ints, kind: Ints) -> Ints:
        """Whose links must be known too before anything can be said of the walked."""
        here = np.zeros(len(self.actors), bool)
        here[walked] = True
        actor, other, kind = np.append(a, b), np.append(b, a), np.append(kind, kind)
        from_here = here[actor] & (actor != other)
        actor, other, kind = actor[from_here], other[from_here], kind[from_here]

        cut = self._always_cut(actor, other, kind)
        shared = self._always_shared(actor, other, kind)[actor]
        manual = kind == MANUAL_CODE
        goes = manual | ~(shared | (self.is_user[actor] & (self.is_user[other] | cut)))
        aside = goes & ~manual & cut & ~self.is_user[other]
        ahead = np.zeros(len(self.actors), bool)
        ahead[other[goes & ~aside]] = True
        if aside.any():
            # Beyond a crowd of devices only those matter that a human said are somebody's: they may make it shared.
            beyond = np.unique(other[aside])
            names = [self.actors[place] for place in beyond.tolist()]
            handed = {end for link in self.graph.by_hand(names) for end in (link.a, link.b)}
            ahead[[self.number_of[name] for name in names if name in handed]] = True
        return np.flatnonzero(ahead & ~self.settled)

    def _always_cut(self, actor: Ints, other: Ints, kind: Ints) -> Bools:
        """Per row, whether its link joins nobody at the crowd it comes from, now as before the change."""
        cut = np.zeros(len(actor), bool)
        n = len(self.actors)
        calm = (kind != MANUAL_CODE) & ~self.stirred[other]
        for code, joins in ((CLAIMED_CODE, calm), (VERIFIED_CODE, calm & (kind == VERIFIED_CODE))):
            many = np.bincount(actor[joins], minlength=n) > self.limit  # doubles count twice, so look closer
            if many.any():
                few = joins & many[actor]
                pairs = np.unique(actor[few] * n + other[few])
                crowd = np.bincount(pairs // n, minlength=n) > self.limit
                cut |= crowd[actor] & (kind == code)
        return cut

    def _always_shared(self, actor: Ints, other: Ints, kind: Ints) -> Bools:
        """The devices that are shared, now as before: two humans whom the change does not concern were seen there."""
        n = len(self.actors)
        by_hand = np.zeros(n, bool)
        by_hand[actor[kind == MANUAL_CODE]] = True
        seen = ~self.is_user[actor] & ~by_hand[actor] & self.is_user[other] & ~self.stirred[other]
        pairs = np.unique(actor[seen] * n + other[seen])
        several = np.bincount(pairs // n, minlength=n) > 1
        users_of: defaultdict[int, list[str]] = defaultdict(list)
        for pair in pairs[several[pairs // n]].tolist():
            users_of[pair // n].append(self.actors[pair % n])
        shared = np.zeros(n, bool)
        shared[list(self._with_two_humans(users_of))] = True
        return shared

    def _with_two_humans(self, users_of: Mapping[int, list[str]]) -> set[int]:
        """The devices of whose users two are no crowd and surely different humans, now as before the change."""
        left = {device: sorted(users) for device, users in users_of.items()}
        humans: defaultdict[int, set[str]] = defaultdict(set)
        found: set[int] = set()
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
        if not by_hand:
            return {user: user for user in calm - self.moved}
        human_of = components(known, by_hand)
        moved = {human_of[actor] for actor in self.moved & known}
        return {user: human_of[user] for user in calm if human_of[user] not in moved}
