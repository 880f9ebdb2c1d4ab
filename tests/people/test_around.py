"""Resolving the neighbourhood of a change gives what resolving everybody gives, in any order of changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.drawn import drawn
from tests.people.drawing import Drawn, Memory, drawn_links, kind_of, links

from kundskab.people import Near, resolve, resolve_around, walk
from kundskab.people.whole import resolve_arrays

Changes = list[tuple[str, Drawn]]
CHANGES = st.lists(st.tuples(st.sampled_from(["add", "add", "undo"]), links()), max_size=20)


@pytest.mark.slow
@given(CHANGES, st.integers(1, 5), st.sampled_from([1, 2, 3, 100]))
@drawn(800)
def test_step_by_step_is_the_same_as_all_at_once(changes: Changes, at_once: int, limit: int) -> None:
    graph, person_of, verified_of = Memory(), {}, {}
    on_arrays: dict[str, tuple[str, str]] = {}

    for first in range(0, len(changes), at_once):
        touched: set[str] = set()
        for change, link in changes[first : first + at_once]:
            (graph.links.add if change == "add" else graph.links.discard)(link)
            touched |= {link.a, link.b}
        around = resolve_around(graph, touched, limit=limit)
        for actor in around.actors:
            person_of[actor] = around.resolution.person_of[actor]
            verified_of[actor] = around.resolution.verified_of[actor]
        on_arrays |= _on_arrays(walk(graph, touched, touched, limit=limit), limit)

    whole = resolve({actor: kind_of(actor) for actor in person_of}, graph.links, limit=limit)
    assert person_of == whole.person_of
    assert verified_of == whole.verified_of
    assert on_arrays == {actor: (person_of[actor], verified_of[actor]) for actor in person_of}


@pytest.mark.slow
@given(drawn_links(), links())
@drawn(300)
def test_undoing_a_link_gives_both_persons_back(before: list[Drawn], link: Drawn) -> None:
    graph = Memory()
    graph.links = set(before) - {link}
    actors = {end for one in [*before, link] for end in (one.a, one.b)}
    kinds = {actor: kind_of(actor) for actor in actors}
    persons = resolve(kinds, graph.links).person_of

    graph.links.add(link)
    joined = resolve_around(graph, {link.a, link.b})
    graph.links.remove(link)
    parted = resolve_around(graph, joined.actors)

    assert {actor: parted.resolution.person_of[actor] for actor in joined.actors} == {
        actor: persons[actor] for actor in joined.actors
    }


def test_it_never_walks_through_a_shared_device() -> None:
    graph = Memory()
    graph.links = {Drawn(f"u{n}", "d_till", "claimed") for n in range(100)} | {Drawn("u1", "d1", "claimed")}

    around = resolve_around(graph, {"d1"})

    assert around.resolution.person_of["d1"] == "u1"
    assert graph.asked == {"d1", "u1", "d_till"}


def test_a_shared_device_that_is_only_asked_about_is_not_walked_through() -> None:
    graph = Memory()
    graph.links = {Drawn(f"u{n}", "d_till", "claimed") for n in range(100)}

    around = resolve_around(graph, set(), asked={"d_till"})

    assert around.resolution.person_of["d_till"] == "d_till"
    assert graph.asked == {"d_till"}


def test_a_device_that_becomes_shared_lets_go_of_everybody() -> None:
    graph = Memory()
    graph.links = {Drawn("u1", "d1", "claimed"), Drawn("d1", "d2", "claimed"), Drawn("d2", "d3", "claimed")}
    graph.links.add(Drawn("u2", "d1", "claimed"))

    around = resolve_around(graph, {"u2", "d1"})

    assert around.actors >= {"u1", "u2", "d1", "d2", "d3"}
    assert around.resolution.person_of["d3"] == "d2"
    assert around.resolution.person_of["u1"] == "u1"


def test_an_actor_without_links_is_a_person() -> None:
    around = resolve_around(Memory(), {"u1"})

    assert (around.actors, around.resolution.person_of) == ({"u1"}, {"u1": "u1"})


def test_beyond_a_crowd_of_devices_only_what_a_human_joined_is_walked() -> None:
    graph = Memory()
    graph.links = {Drawn("d_hub", f"d{n}", "claimed") for n in range(1, 9)} | {Drawn("d1", "e1", "manual")}

    near = walk(graph, {"d_hub"}, set(), limit=3)

    assert graph.asked == {"d_hub", "d1", "e1"}
    assert {actor for actor, settled in zip(near.actors, near.settled, strict=True) if settled} == graph.asked


def test_a_link_met_from_both_ends_is_there_once() -> None:
    graph = Memory()
    graph.links = {Drawn("u1", "d1", "claimed"), Drawn("u1", "d1", "verified")}

    near = walk(graph, {"u1", "d1"}, {"u1", "d1"})

    assert (near.actors, len(near.a)) == (["d1", "u1"], 2)


def _on_arrays(near: Near, limit: int) -> dict[str, tuple[str, str]]:
    """person and verified group of the settled."""
    whole = resolve_arrays(near.is_user, near.a, near.b, near.kind, limit=limit)
    return {
        actor: (near.actors[person], near.actors[group])
        for actor, person, group, settled in zip(near.actors, whole.person, whole.verified, near.settled, strict=True)
        if settled
    }
