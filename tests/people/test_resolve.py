"""Who is one person: drawn cases, then properties over thousands of drawn graphs."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from tests.people.drawing import Drawn, drawn_links, kind_of

from kundskab.people import Resolution, resolve

# u... are user ids, d... devices, e... e-mail addresses; a ~ b is a claimed link, = verified, ? suggested, # manual.
CASES = {
    "nobody is linked": ("u1 d1", ["u1", "d1"]),
    "a device and its user": ("u1~d1", ["u1 d1"]),
    "two devices of one user": ("u1~d1 u1=d2", ["u1 d1 d2"]),
    "a chain of devices": ("d1~d2 d2~d3", ["d1 d2 d3"]),
    "a chain of devices ends at a user": ("d1~d2 d2~u1", ["u1 d1 d2"]),
    "a shared device joins neither": ("u1~d1 u2=d1", ["u1", "u2", "d1"]),
    "a shared device lets go of the other devices too": ("u1~d1 u2~d1 d1~d2", ["u1", "u2", "d1", "d2"]),
    "what hangs on one user stays": ("u1~d1 u2~d1 u1~d2", ["u1 d2", "u2", "d1"]),
    "two user ids are never joined": ("u1~u2 u1~d1", ["u1 d1", "u2"]),
    "nor by an alias between them that is manual": ("u1#u2", ["u1", "u2"]),
    "nor by a chain of devices, which is cut": ("u1~d1 d1~d2 d2~u2", ["u1 d1", "u2 d2"]),
    "a long chain is cut between all its devices": ("u1~d1 d1~d2 d2~d3 d3~u2", ["u1 d1", "d2", "u2 d3"]),
    "an e-mail address of two user ids is shared": ("u1~e1 u2~e1", ["u1", "u2", "e1"]),
    "an e-mail address joins a device to its user": ("u1~e1 e1~d1", ["u1 d1 e1"]),
    "a suggestion joins nobody": ("u1?d1", ["u1", "d1"]),
    "a suggestion makes no device shared": ("u1~d1 u2?d1", ["u1 d1", "u2"]),
    "a manual link joins": ("u1#d1", ["u1 d1"]),
}


@pytest.mark.parametrize("case", CASES)
def test_it_resolves(case: str) -> None:
    drawn, persons = CASES[case]

    resolution = resolve(*_read(drawn))

    assert _groups(resolution) == {frozenset(person.split()) for person in persons}


def test_a_person_carries_the_token_of_its_user_id() -> None:
    resolution = resolve(*_read("a1~u1 z1~u1 d5~d4"))

    assert resolution.person_of == {"a1": "u1", "u1": "u1", "z1": "u1", "d5": "d4", "d4": "d4"}


def test_grants_spread_over_verified_links_only() -> None:
    resolution = resolve(*_read("u1=d1 u1~d2 d2=d3"))

    assert set(resolution.person_of.values()) == {"u1"}
    assert resolution.verified_of == {"u1": "u1", "d1": "u1", "d2": "d2", "d3": "d2"}


def test_a_shared_device_is_named() -> None:
    assert resolve(*_read("u1~d1 u2~d1 u2~d2")).shared == {"d1"}


def test_an_unknown_end_counts_as_a_device() -> None:
    _, links = _read("u1~x1")

    assert resolve({"u1": "user_id"}, links).person_of == {"u1": "u1", "x1": "u1"}


@given(drawn_links())
@settings(max_examples=300, deadline=None)
def test_order_never_matters(links: list[Drawn]) -> None:
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}
    turned = [Drawn(link.b, link.a, link.kind) for link in reversed(links)]

    assert resolve(kinds, links) == resolve(kinds, turned) == resolve(kinds, links + links)


@given(drawn_links())
@settings(max_examples=300, deadline=None)
def test_a_person_holds_at_most_one_user_id(links: list[Drawn]) -> None:
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}

    persons = resolve(kinds, links).persons()

    for person, actors in persons.items():
        users = [actor for actor in actors if kinds[actor] == "user_id"]
        assert users in ([], [person])
        assert person in actors


@given(drawn_links())
@settings(max_examples=300, deadline=None)
def test_a_verified_group_lies_within_one_person(links: list[Drawn]) -> None:
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}

    resolution = resolve(kinds, links)

    persons_in: dict[str, set[str]] = {}
    for actor, group in resolution.verified_of.items():
        persons_in.setdefault(group, set()).add(resolution.person_of[actor])
    assert all(len(persons) == 1 for persons in persons_in.values())


@given(drawn_links())
@settings(max_examples=200, deadline=None)
def test_a_shared_device_is_alone(links: list[Drawn]) -> None:
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}

    resolution = resolve(kinds, links)

    assert all(resolution.persons()[device] == [device] for device in resolution.shared)


def _read(drawn: str) -> tuple[dict[str, str], list[Drawn]]:
    """ "u1~d1 d2" -> kinds of all three, and one claimed link."""
    kinds: dict[str, str] = {}
    links: list[Drawn] = []
    signs = {"~": "claimed", "=": "verified", "?": "suggested", "#": "manual"}
    for word in drawn.split():
        sign = next((s for s in signs if s in word), None)
        ends = word.split(sign) if sign else [word]
        kinds.update((end, kind_of(end)) for end in ends)
        if sign:
            links.append(Drawn(ends[0], ends[1], signs[sign]))
    return kinds, links


def _groups(resolution: Resolution) -> set[frozenset[str]]:
    persons: Iterable[list[str]] = resolution.persons().values()
    return {frozenset(actors) for actors in persons}
