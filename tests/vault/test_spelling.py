"""One spelling per identifier, and it is settled: spelling it again changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundskab.vault.normal import normalise, normalise_many

pytestmark = pytest.mark.slow

KINDS = st.sampled_from(["user_id", "anonymous_id", "email", "phone", "group_id"])


@given(KINDS, st.text())
def test_a_spelling_is_settled(kind: str, value: str) -> None:
    once = normalise(kind, value)

    assert normalise(kind, once) == once


@given(KINDS, st.lists(st.text(max_size=8), max_size=5))
def test_many_are_spelled_as_one_by_one(kind: str, values: list[str]) -> None:
    assert normalise_many(kind, values) == [normalise(kind, value) for value in values]


@given(st.text(st.characters(codec="ascii")))
def test_a_plain_id_stays_exactly_as_it_is(value: str) -> None:
    assert normalise("user_id", value) == value
