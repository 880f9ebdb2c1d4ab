"""A person's purchases in a row: occasions are days, repeats come after the first, and the future is not looked at."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.predictions.purchases import NotPurchases, came, occasions, summarise

ANN_BO_CY = ["ann", "bo", "ann", "ann", "ann", "cy"]
DAYS = [0, 7, 14, 14, 35, 40]
VALUES = [10.0, 5.0, 20.0, 10.0, 60.0, 7.0]


def test_two_purchases_of_a_day_are_one_occasion() -> None:
    bought = occasions(ANN_BO_CY, DAYS, VALUES)

    assert bought.day.tolist() == [0, 14, 35, 7, 40]
    assert bought.value.tolist() == [10, 30, 60, 5, 7]


def test_each_person_has_a_row_that_knows_nothing_of_later_days() -> None:
    people = summarise(occasions(ANN_BO_CY, DAYS, VALUES), until=21)

    assert people.persons.tolist() == ["ann", "bo"]
    assert people.repeats.tolist() == [1, 0]
    assert people.recency.tolist() == [2, 0]
    assert people.age.tolist() == [3, 2]
    assert people.first_value.tolist() == [10, 5]
    assert people.mean_value.tolist() == [20, 5]
    assert people.last_month.tolist() == [1, 0]


def test_what_came_is_counted_for_the_persons_asked_for() -> None:
    bought = occasions(ANN_BO_CY, DAYS, VALUES)

    count, value = came(bought, np.array(["ann", "bo", "dee"]), after=14, until=40)

    assert count.tolist() == [1, 0, 0]
    assert value.tolist() == [60, 0, 0]


def test_days_may_be_dates() -> None:
    bought = occasions(["ann", "ann"], np.array(["2026-01-01T09", "2026-01-08T23"], "datetime64[h]"), [1, 1])

    assert np.diff(bought.day).tolist() == [7]


@pytest.mark.parametrize(
    ("person", "day", "value", "said"),
    [
        (["ann"], [1, 2], [1.0], "shapes"),
        (["ann"], [1], [np.nan], "no value"),
        (["ann"], [np.nan], [1.0], "no day"),
        (["ann"], np.array(["NaT"], "datetime64[D]"), [1.0], "no day"),
    ],
)
def test_what_cannot_be_purchases_is_refused_in_a_sentence(person, day, value, said) -> None:
    with pytest.raises(NotPurchases, match=said):
        occasions(person, day, value)


def test_nobody_is_nobody() -> None:
    assert len(summarise(occasions([], [], []), until=0)) == 0
