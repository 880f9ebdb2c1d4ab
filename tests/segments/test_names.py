"""Proposed names: plain words of what tells a segment from everybody, none twice, none of them sensitive."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.segments.names import LONGEST, called, is_sensitive, proposed, said, said_together
from kundskab.segments.patterns import Patterns


def named(behaviours: tuple[str, ...], *counts: tuple[float, ...]) -> list[str]:
    patterns = Patterns(np.array(counts, np.float32))
    return [name for name, _ in proposed(patterns, behaviours, [f"s{n + 1}" for n in range(len(counts))])]


def test_it_says_what_is_most_distinctive() -> None:
    names = named(("visited", "returned · boots", "ordered · tents"), (500, 90, 5), (500, 2, 90))

    assert names == ["Returns boots", "Buys tents"]


def test_it_puts_two_together_that_share_a_word() -> None:
    words = ("viewed · boots", "ordered · boots", "ordered · skis", "ordered · gloves")

    assert named(words, (90, 80, 1, 1), (1, 1, 90, 80)) == [
        "Looks at and buys boots",
        "Buys skis and gloves",
    ]


def test_what_has_a_place_in_the_sentence_stands_there() -> None:
    words = ("Product Viewed · boots", "Product Added · boots", "Form Viewed · returns", "Form Submitted · returns")

    assert named(words, (90, 80, 1, 1), (1, 1, 90, 80)) == [
        "Looks at boots and puts some in the basket",
        "Opens the returns form and sends it",
    ]


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("Product Added · boots", "puts boots in the basket"),
        ("product_added", "puts things in the basket"),
        ("Page Viewed", "reads pages"),
        ("Encounter · shop floor", "meets us (shop floor)"),
        ("Waxed · {skis}", "waxed: {skis}"),
        ("Order Completed · children", "buys things for children"),
        ("Product Added · Running", "puts things for Running in the basket"),
        ("Page Viewed · running", "reads running"),
        ("listened · Ebba Grön", "listens to Ebba Grön"),
        ("Visited", "comes by"),
        ("8", "does “8”"),
    ],
)
def test_a_behaviour_is_said_in_plain_words_where_it_has_some(behaviour: str, words: str) -> None:
    assert said(behaviour) == words


def test_nobody_is_said_to_buy_children() -> None:
    words = (
        "Product Viewed · children",
        "Product Added · children",
        "Order Completed · women",
        "Order Completed · men",
    )

    assert named(words, (90, 80, 1, 1), (1, 1, 90, 80)) == [
        "Looks at things for children and puts some in the basket",
        "Buys things for women and things for men",
    ]


def test_several_are_said_together() -> None:
    behaviours = ["Product Viewed · tents", "Product Viewed · skis", "Form Viewed · returns", "Form Viewed · account"]

    assert said_together(behaviours) == "looks at tents and skis; opens the returns form; opens the account form"


def test_an_object_is_called_by_its_name() -> None:
    names = {"p6": "opening hours"}

    assert called("page viewed · p6", names.get) == "page viewed · opening hours"
    assert called("page viewed · p7", names.get) == "page viewed · p7"
    assert called("page viewed", names.get) == "page viewed"


def test_no_two_are_called_the_same() -> None:
    names = named(("a", "b", "c"), (90, 5, 1), (91, 1, 5), (1, 50, 50))

    assert len(set(names)) == 3


@pytest.mark.parametrize(
    "behaviour",
    ["ordered · medicine", "viewed · halal meat", "joined_trade union", "read · LGBT+ pages", "booked · kyrkan"],
)
def test_a_sensitive_trait_names_nobody(behaviour: str) -> None:
    patterns = Patterns(np.array([[90, 30, 1], [1, 1, 90]], np.float32))

    [(name, told), _] = proposed(patterns, (behaviour, "wandered", "shared"), ["s1", "s2"])

    assert is_sensitive(behaviour)
    assert name == "Wandered"
    assert behaviour not in told


@pytest.mark.parametrize("behaviour", ["ordered · party hats", "watched · horse race", "viewed · running shoes"])
def test_plain_words_are_not_taken_for_sensitive(behaviour: str) -> None:
    assert not is_sensitive(behaviour)


def test_where_nothing_may_be_said_the_name_says_so() -> None:
    assert named(("medicine", "visited"), (90, 50), (1, 50))[0] == "A pattern of its own, s1"


def test_a_long_name_is_shortened() -> None:
    [name, _] = named(("x" * 90, "y"), (90, 1), (1, 90))

    assert len(name) == LONGEST


def test_acts_are_said_plainly_however_a_shop_of_the_net_calls_them() -> None:
    assert said("view · 355301") == "looks at 355301"
    assert said("addtocart · 355301") == "puts 355301 in the basket"
    assert said("transaction") == "buys things"
