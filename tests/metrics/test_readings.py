"""Readings: what they say, what they hide, what they refuse."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pytest

from kundskab.metrics.readings import (
    Reading,
    bootstrap,
    compound,
    in_words,
    mean,
    poisson,
    ratio,
    share,
    signed,
    too_small,
    wilson,
)


def test_a_share_is_said_as_a_natural_frequency() -> None:
    reading = Reading(value=0.31, low=0.27, high=0.35, n=1204, unit="share")

    assert in_words(reading, "such customers") == "of 100 such customers about 31; between 27 and 35"


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        (0.004, 0.002, 0.007, "of 1,000 people about 4; between 2 and 7"),
        (0.0004, 0.0001, 0.0009, "of 10,000 people about 4; between 1 and 9"),
        (0.997, 0.99, 0.999, "of 1,000 people about 997; between 990 and 999"),
        (0.0, 0.0, 0.04, "of 100 people about 0; between 0 and 4"),
    ],
)
def test_rare_things_are_said_of_more_people(value: float, low: float, high: float, said: str) -> None:
    assert in_words(Reading(value, low, high, 500, "share")) == said


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (Reading(1204, 1140, 1270, 300, "events"), "about 1,204 events; between 1,140 and 1,270"),
        (Reading(2.25, 1.75, 2.75, 40, "days"), "about 2.2 days; between 1.8 and 2.8"),
        (Reading(12.5, nan, nan, 1, "SEK"), "about 12 SEK"),
        (Reading(nan, nan, nan, 0, "days"), "too early to say"),
        (Reading.withheld("days"), "hidden, so that nobody can be told apart: fewer than 5 people"),
    ],
)
def test_other_numbers_are_said_with_their_unit(reading: Reading, said: str) -> None:
    assert in_words(reading) == said


def test_a_hidden_reading_holds_nothing() -> None:
    hidden = Reading.withheld("persons", group="lapland")

    assert all(isnan(number) for number in (hidden.value, hidden.low, hidden.high))
    assert (hidden.n, hidden.is_sure) == (0, False)


@pytest.mark.parametrize(
    ("persons", "hidden"),
    [
        ({"a": 6, "b": 9}, set()),
        ({"a": 3, "b": 6, "c": 40}, {"a", "b"}),  # 49 - 46 would tell of the three
        ({"a": 2, "b": 2, "c": 6, "d": 40}, {"a", "b", "c"}),  # and 50 - 46 of the four
        ({"a": 4, "b": 4, "c": 40}, {"a", "b"}),
        ({"a": 0, "b": 6}, set()),  # nobody is in an empty group
        ({"a": 3}, {"a"}),
        ({"a": 3, "b": 0, "c": 5}, {"a", "c"}),
        ({}, set()),
    ],
)
def test_small_groups_are_hidden_and_what_would_give_them_away(persons: dict[str, int], hidden: set[str]) -> None:
    assert too_small(persons) == hidden


def test_wilson_agrees_with_a_worked_example() -> None:
    low, high = wilson(15, 148)  # 10.1 %: Newcombe 1998, Statistics in Medicine 17, 857-872, table I

    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)


def test_an_exact_count_agrees_with_the_tables() -> None:
    assert [round(end, 3) for end in poisson(0)] == [0.0, 3.689]
    assert [round(end, 3) for end in poisson(10)] == [4.795, 18.39]


def test_ten_events_of_one_person_tell_less_than_one_of_each_of_ten() -> None:
    of_ten, of_one = compound(10, 10, 1), compound(10, 100, 10)

    assert of_one[0] < of_ten[0] < of_ten[1] < of_one[1]


def test_one_person_or_nobody_gives_no_interval() -> None:
    assert not mean([3.0], "days").is_sure
    assert not ratio([3.0], [4.0], "share").is_sure
    assert not bootstrap([3.0], np.median, "days", rng=np.random.default_rng(1)).is_sure
    assert isnan(mean([], "days").value)
    assert isnan(share(0, 0).value)
    assert isnan(ratio([1, 2], [0, 0], "share").value)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(7, 3)
    with pytest.raises(ValueError, match="signed"):
        compound(-1, 1, 1)
    with pytest.raises(ValueError, match="shape"):
        ratio([1.0], [1.0, 2.0], "share")


def test_refunds_may_outweigh_sales() -> None:
    low, high = signed(-20.0, 400.0)

    assert low < -20 < high
