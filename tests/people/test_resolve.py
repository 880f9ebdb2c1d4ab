"""Who is one person: drawn cases, then properties over thousands of drawn graphs."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.drawn import drawn
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
    "but a human may join them": ("u1#u2", ["u1 u2"]),
    "whom a human joined count as one user": ("u1#u2 u1~d1 u2~d1 u2~d2", ["u1 u2 d1 d2"]),
    "a human may join them through what they share": ("u1#d1 d1#u2", ["u1 u2 d1"]),
    "a device that a human gave to one user is hers": ("u1#d1 u2~d1", ["u1 d1", "u2"]),
    "devices that a human joined are one, so they may be shared": ("u1~d1 d1#d2 d2~u2", ["u1", "u2", "d1 d2"]),
    "a human joins one of two who share, not the third": ("u1~d1 u2~d1 u3~d1 u1#u2", ["u1 u2", "u3", "d1"]),
    "a chain between two whom a human joined is not cut": ("u1~d1 d1~d2 d2~u2 u1#u2", ["u1 u2 d1 d2"]),
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


CROWDS = {  # with more than two others
    "three claimed devices are one too many": ("u1~d1 u1~d2 u1~d3", ["u1", "d1", "d2", "d3"]),
    "what a server verified stays": ("u1~d1 u1~d2 u1~d3 u1=d4", ["u1 d4", "d1", "d2", "d3"]),
    "three verified ones are too many as well": ("u1=d1 u1=d2 u1=d3 u1~d4", ["u1", "d1", "d2", "d3", "d4"]),
    "a human's link stands": ("u1=d1 u1=d2 u1=d3 u1#d4", ["u1 d4", "d1", "d2", "d3"]),
    "manual and suggested links make nobody a crowd": ("u1~d1 u1~d2 u1#d3 u1?d4", ["u1 d1 d2 d3", "d4"]),
    "one device claimed and verified is one other": ("u1~d1 u1=d1 u1~d2", ["u1 d1 d2"]),
    "claims of a crowd part nobody from her device": ("u1~d1 u1~d2 u1~d3 u2=d1", ["u1", "u2 d1", "d2", "d3"]),
    "a device claimed for a crowd is shared": ("u1~d1 u2~d1 u3~d1", ["u1", "u2", "u3", "d1"]),
    "even from the one it was verified for": ("u1~d1 u2~d1 u3=d1", ["u1", "u2", "u3", "d1"]),
    "a device with many other devices keeps its user": ("d1~d2 d1~d3 d1~d4 d1=u1", ["u1 d1", "d2", "d3", "d4"]),
}


@pytest.mark.parametrize("case", CROWDS)
def test_it_keeps_crowds_apart(case: str) -> None:
    drawn, persons = CROWDS[case]

    resolution = resolve(*_read(drawn), limit=2)

    assert _groups(resolution) == {frozenset(person.split()) for person in persons}


def test_a_shared_device_is_named() -> None:
    assert resolve(*_read("u1~d1 u2~d1 u2~d2")).shared == {"d1"}


def test_an_unknown_end_counts_as_a_device() -> None:
    _, links = _read("u1~x1")

    assert resolve({"u1": "user_id"}, links).person_of == {"u1": "u1", "x1": "u1"}


@pytest.mark.slow
@given(drawn_links())
@drawn(300)
def test_order_never_matters(links: list[Drawn]) -> None:
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}
    turned = [Drawn(link.b, link.a, link.kind) for link in reversed(links)]

    assert resolve(kinds, links) == resolve(kinds, turned) == resolve(kinds, links + links)


@pytest.mark.slow
@given(drawn_links())
@drawn(300)
def test_a_person_holds_at_most_one_user_id_unless_a_human_joined_them(links: list[Drawn]) -> None:
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}
    human_of = resolve(kinds, [link for link in links if link.kind == "manual"]).person_of

    persons = resolve(kinds, links).persons()

    for person, actors in persons.items():
        users = [actor for actor in actors if kinds[actor] == "user_id"]
        assert len({human_of[user] for user in users}) <= 1
        assert person == min(users or actors)


@pytest.mark.slow
@given(drawn_links(), st.sampled_from([1, 2, 100]))
@drawn(300)
def test_what_a_human_joined_is_one_person_whatever_else_is_claimed(links: list[Drawn], limit: int) -> None:
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}

    person_of = resolve(kinds, links, limit=limit).person_of

    assert all(person_of[link.a] == person_of[link.b] for link in links if link.kind == "manual")


@given(drawn_links(), st.sampled_from([1, 2, 100]))
@drawn(300)
def test_joining_by_hand_never_widens_whom_a_grant_covers(links: list[Drawn], limit: int) -> None:
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}

    groups = resolve(kinds, [link for link in links if link.kind != "manual"], limit=limit).verified_of
    after = resolve(kinds, links, limit=limit).verified_of

    assert all(groups[a] == groups[b] for a in kinds for b in kinds if after[a] == after[b])


@given(drawn_links())
@drawn(300)
def test_a_verified_group_lies_within_one_person(links: list[Drawn]) -> None:
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}

    resolution = resolve(kinds, links)

    persons_in: dict[str, set[str]] = {}
    for actor, group in resolution.verified_of.items():
        persons_in.setdefault(group, set()).add(resolution.person_of[actor])
    assert all(len(persons) == 1 for persons in persons_in.values())


@given(drawn_links())
@drawn(200)
def test_a_shared_device_is_alone(links: list[Drawn]) -> None:
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}

    resolution = resolve(kinds, [link for link in links if link.kind != "manual"])

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
