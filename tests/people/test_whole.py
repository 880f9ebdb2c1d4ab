"""Resolving everybody on arrays gives what resolving link by link gives."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.drawn import drawn
from tests.people.drawing import Drawn, drawn_links, kind_of

from kundskab.people import resolve
from kundskab.people.whole import CODES, Whole, resolve_arrays


@pytest.mark.slow
@given(drawn_links(), st.sampled_from([1, 2, 3, 100]), st.randoms())
@drawn(800)
def test_it_says_what_the_small_form_says(links: list[Drawn], limit: int, random) -> None:  # type: ignore[no-untyped-def]
    kinds = {end: kind_of(end) for link in links for end in (link.a, link.b)}
    actors = sorted(kinds)

    small = resolve(kinds, links, limit=limit)
    whole = _on_arrays(actors, random.sample(links, len(links)), limit)

    assert {actor: actors[p] for actor, p in zip(actors, whole.person, strict=True)} == small.person_of
    assert {actor: actors[p] for actor, p in zip(actors, whole.verified, strict=True)} == small.verified_of
    assert {actor for actor, is_shared in zip(actors, whole.shared, strict=True) if is_shared} == small.shared


def test_nobody_and_no_links_are_no_trouble() -> None:
    assert _on_arrays([], [], 100).person.tolist() == []
    assert _on_arrays(["u1", "d1"], [], 100).person.tolist() == [0, 1]


def _on_arrays(actors: list[str], links: Iterable[Drawn], limit: int) -> Whole:
    number = {actor: place for place, actor in enumerate(actors)}
    rows = [(number[link.a], number[link.b], CODES[link.kind]) for link in links if link.kind != "suggested"]
    a, b, kind = (np.array(column, np.int64) for column in (zip(*rows, strict=True) if rows else ((), (), ())))
    return resolve_arrays(np.array([kind_of(a) == "user_id" for a in actors], bool), a, b, kind, limit=limit)
