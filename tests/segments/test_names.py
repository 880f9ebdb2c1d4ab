"""Proposed names: plain words of what tells a segment from everybody, none twice, none of them sensitive."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.segments.names import LONGEST, is_sensitive, proposed
from kundskab.segments.patterns import Patterns


def named(behaviours: tuple[str, ...], *counts: tuple[float, ...]) -> list[str]:
    patterns = Patterns(np.array(counts, np.float32))
    return [name for name, _ in proposed(patterns, behaviours, [f"s{n + 1}" for n in range(len(counts))])]


def test_it_says_what_is_most_distinctive() -> None:
    names = named(("visited", "returned · boots", "ordered · tents"), (500, 90, 5), (500, 2, 90))

    assert names == ["mostly returns boots", "mostly buys tents"]


def test_it_puts_two_together_that_share_a_word() -> None:
    words = ("viewed · boots", "ordered · boots", "ordered · skis", "ordered · gloves")

    assert named(words, (90, 80, 1, 1), (1, 1, 90, 80)) == [
        "mostly looks at and buys boots",
        "mostly buys skis and gloves",
    ]


def test_no_two_are_called_the_same() -> None:
    names = named(("a", "b", "c"), (90, 5, 1), (91, 1, 5), (1, 50, 50))

    assert len(set(names)) == 3


@pytest.mark.parametrize(
    "behaviour",
    ["ordered · medicine", "viewed · halal meat", "joined_trade union", "read · LGBT+ pages", "booked · kyrkan"],
)
def test_a_sensitive_trait_names_nobody(behaviour: str) -> None:
    patterns = Patterns(np.array([[90, 30, 1], [1, 1, 90]], np.float32))

    [(name, told), _] = proposed(patterns, (behaviour, "visited", "shared"), ["s1", "s2"])

    assert is_sensitive(behaviour)
    assert name == "mostly visited"
    assert behaviour not in told


@pytest.mark.parametrize("behaviour", ["ordered · party hats", "watched · horse race", "viewed · running shoes"])
def test_plain_words_are_not_taken_for_sensitive(behaviour: str) -> None:
    assert not is_sensitive(behaviour)


def test_where_nothing_may_be_said_the_name_says_so() -> None:
    assert named(("medicine", "visited"), (90, 50), (1, 50))[0] == "a pattern of its own, s1"


def test_a_long_name_is_shortened() -> None:
    [name, _] = named(("x" * 90, "y"), (90, 1), (1, 90))

    assert len(name) == LONGEST
