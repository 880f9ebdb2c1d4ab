"""Who is one person: connected components of the links, with two rules that keep strangers apart.

1. A device (anything but a user id) that was seen with two user ids or more is *shared* and joins nobody.
2. A person has at most one user id: where a chain of devices would still join two, the links between devices are cut.

The answer depends on the set of links alone, never on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

USER = "user_id"


class Link(Protocol):
    """A standing link between two actors; `kind` is claimed, verified, suggested or manual."""

    @property
    def a(self) -> str: ...
    @property
    def b(self) -> str: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Resolution:
    """person_of: one row per actor.  verified_of: likewise, over verified links only; grants spread within it."""

    person_of: dict[str, str]
    shared: frozenset[str]
    verified_of: dict[str, str]

    def persons(self) -> dict[str, list[str]]:
        """person -> its actors, sorted."""
        persons: dict[str, list[str]] = {}
        for actor in sorted(self.person_of):
            persons.setdefault(self.person_of[actor], []).append(actor)
        return persons


def resolve(kinds: Mapping[str, str], links: Iterable[Link]) -> Resolution:
    """The persons among these actors.

    kinds: actor -> identifier kind, for every actor.  links: standing links; ends that `kinds` does not know count as
    devices.  A person's token is its user id's, or else the smallest of its actors' tokens.
    """
    joining = [link for link in links if link.kind != "suggested" and link.a != link.b]
    actors = {*kinds, *(link.a for link in joining), *(link.b for link in joining)}
    users = {actor for actor in actors if kinds.get(actor) == USER}
    shared = shared_devices(users, joining)
    kept = [link for link in joining if not {link.a, link.b} & shared and not {link.a, link.b} <= users]
    kept = _cut_between_users(actors, users, kept)
    components = _components(actors, kept)
    return Resolution(
        person_of=_named(components, users),
        shared=shared,
        verified_of=_named(_components(actors, [link for link in kept if link.kind == "verified"]), users),
    )


def shared_devices(users: Collection[str], links: Iterable[Link]) -> frozenset[str]:
    """The devices linked to two user ids or more; suggested links do not count."""
    seen: dict[str, set[str]] = {}
    for link in links:
        if link.kind == "suggested":
            continue
        for device, user in ((link.a, link.b), (link.b, link.a)):
            if user in users and device not in users:
                seen.setdefault(device, set()).add(user)
    return frozenset(device for device, with_users in seen.items() if len(with_users) > 1)


def _cut_between_users(actors: set[str], users: set[str], links: list[Link]) -> list[Link]:
    """Drop the device-to-device links of each component that would hold two user ids."""
    component_of = _components(actors, links)
    users_in: dict[str, int] = {}
    for user in users:
        users_in[component_of[user]] = users_in.get(component_of[user], 0) + 1
    return [link for link in links if users_in.get(component_of[link.a], 0) < 2 or link.a in users or link.b in users]


def _components(actors: Iterable[str], links: Iterable[Link]) -> dict[str, str]:
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


def _named(component_of: dict[str, str], users: set[str]) -> dict[str, str]:
    """The components under the name of their user id, where they have one."""
    user_of = {component_of[user]: user for user in users}
    return {actor: user_of.get(component, component) for actor, component in component_of.items()}
