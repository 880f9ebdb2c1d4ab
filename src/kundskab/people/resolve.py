"""Who is one person: connected components of the links, with rules that keep strangers apart.

0. Links made *by hand* (manual) always stand. Identifiers that a human joined count as one in what follows.
1. A *crowd*, an identifier seen with more than `limit` others, is no identity: its claimed links join nobody, and where
   its verified links alone are so many, these neither. What a user id says as a crowd counts nowhere, so that claiming
   ten thousand devices for somebody neither swallows them nor parts them from their owners.
2. A device (anything but a user id) that was seen with two user ids or more is *shared*: its links join nobody.
3. Two user ids are never joined by a machine. Where a chain of devices would, the links between devices are cut.

The answer depends on the set of links alone, never on the order in which they came.
`whole.py` gives the same answer for a whole workspace on arrays, `around.py` for the neighbourhood of a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

USER = "user_id"
CLAIMED = "claimed"
VERIFIED = "verified"
SUGGESTED = "suggested"
MANUAL = "manual"
LIMIT = 100  # others that one identifier may be seen with and still be somebody's


class Link(Protocol):
    """A standing link between two actors; `kind` is claimed, verified, suggested or manual."""

    @property
    def a(self) -> str: ...
    @property
    def b(self) -> str: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Crowds:
    """Identifiers seen with more others than one human has."""

    claimed: frozenset[str]  # their claimed links join nobody
    verified: frozenset[str]  # nor do their verified ones; all of them are among the claimed too

    def cut(self, end: str, kind: str) -> bool:
        """Whether links of this kind join nobody at this end."""
        return end in (self.verified if kind == VERIFIED else self.claimed)


@dataclass(frozen=True, slots=True)
class Resolution:
    """person_of: one row per actor.  verified_of: likewise, over verified links only; grants spread within it."""

    person_of: dict[str, str]
    shared: frozenset[str]  # devices seen with several user ids
    crowds: Crowds
    verified_of: dict[str, str]

    def persons(self) -> dict[str, list[str]]:
        """person -> its actors, sorted."""
        persons: dict[str, list[str]] = {}
        for actor in sorted(self.person_of):
            persons.setdefault(self.person_of[actor], []).append(actor)
        return persons


def resolve(kinds: Mapping[str, str], links: Iterable[Link], *, limit: int = LIMIT) -> Resolution:
    """The persons among these actors.

    kinds: actor -> identifier kind, for every actor.  links: standing links; ends that `kinds` does not know count as
    devices.  A person's token is its user id's (the smallest of several), or else the smallest of its actors' tokens.
    """
    standing = [link for link in links if link.kind != SUGGESTED and link.a != link.b]
    actors = {*kinds, *(link.a for link in standing), *(link.b for link in standing)}
    users = {actor for actor in actors if kinds.get(actor) == USER}
    by_hand = [link for link in standing if link.kind == MANUAL]
    automatic = [link for link in standing if link.kind != MANUAL]
    crowds = crowds_among(automatic, limit)
    hands = components(actors, by_hand)
    shared, kept = _kept(automatic, hands, users, crowds)
    proven = kept
    if by_hand:
        # Grants do not follow from what a human joined: a verified link spreads them where it would stand by itself.
        alone = set(_kept(automatic, {actor: actor for actor in actors}, users, crowds)[1])
        proven = [link for link in kept if link in alone]
    return Resolution(
        person_of=_named(components(actors, [*by_hand, *kept]), users),
        shared=shared,
        crowds=crowds,
        verified_of=_named(components(actors, [link for link in proven if link.kind == VERIFIED]), users),
    )


def crowds_among(links: Iterable[Link], limit: int) -> Crowds:
    """The identifiers that these links show with more than `limit` others."""
    others: defaultdict[str, set[str]] = defaultdict(set)
    verified: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.kind in (MANUAL, SUGGESTED):
            continue
        for end, other in ((link.a, link.b), (link.b, link.a)):
            others[end].add(other)
            if link.kind == VERIFIED:
                verified[end].add(other)
    return Crowds(
        frozenset(actor for actor, seen in others.items() if len(seen) > limit),
        frozenset(actor for actor, seen in verified.items() if len(seen) > limit),
    )


def components(actors: Iterable[str], links: Iterable[Link]) -> dict[str, str]:
    """actor -> smallest actor of its component (union-find; the smaller root wins, so order does not matter)."""
    parent = {actor: actor for actor in actors}

    def root(actor: str) -> str:
        while parent[actor] != actor:
            parent[actor] = actor = parent[parent[actor]]
        return actor

    for link in links:
        a, b = root(link.a), root(link.b)
        if a != b:
            parent[max(a, b)] = min(a, b)
    return {actor: root(actor) for actor in parent}


def _kept(
    links: list[Link], hands: Mapping[str, str], users: Collection[str], crowds: Crowds
) -> tuple[frozenset[str], list[Link]]:
    """(shared devices, the automatic links that join); `hands`: what a human joined counts as one."""
    human = {hands[user] for user in users}
    shared = _shared(links, hands, human, crowds)
    kept = [
        link
        for link in links
        if not (crowds.cut(link.a, link.kind) or crowds.cut(link.b, link.kind))
        and not {hands[link.a], hands[link.b]} & shared
        and not {hands[link.a], hands[link.b]} <= human
    ]
    return frozenset(actor for actor, hand in hands.items() if hand in shared), _cut_between(kept, hands, human)


def _shared(links: list[Link], hands: Mapping[str, str], human: Collection[str], crowds: Crowds) -> set[str]:
    """The devices seen with two humans or more, by links that are not cut at the human's end."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        for device, user in ((link.a, link.b), (link.b, link.a)):
            if hands[device] not in human and hands[user] in human and not crowds.cut(user, link.kind):
                seen[hands[device]].add(hands[user])
    return {device for device, with_humans in seen.items() if len(with_humans) > 1}


def _cut_between(links: list[Link], hands: Mapping[str, str], human: Collection[str]) -> list[Link]:
    """Drop the device-to-device links of each component that would hold two humans."""
    component_of = _over_hands(hands, links)
    humans_in: defaultdict[str, int] = defaultdict(int)
    for one in human:
        humans_in[component_of[one]] += 1
    return [
        link
        for link in links
        if humans_in[component_of[hands[link.a]]] < 2 or hands[link.a] in human or hands[link.b] in human
    ]


@dataclass(frozen=True, slots=True)
class _Between:
    a: str
    b: str
    kind: str = ""


def _over_hands(hands: Mapping[str, str], links: list[Link]) -> dict[str, str]:
    return components(set(hands.values()), (_Between(hands[link.a], hands[link.b]) for link in links))


def _named(component_of: dict[str, str], users: Iterable[str]) -> dict[str, str]:
    """The components under the name of their user id, the smallest of several."""
    user_of = {component_of[user]: user for user in sorted(users, reverse=True)}
    return {actor: user_of.get(component, component) for actor, component in component_of.items()}
