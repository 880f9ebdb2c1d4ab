"""Sequences are in time, ties are shuffled by a seed, and no split lets a model learn what it is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from tests.predictions.companies import planted

from kundskab.predictions.objects.sequences import Sequences, in_time, refit, sequences, settling, strict

ANN, BO, CY = 0, 1, 2


@pytest.fixture
def three() -> Sequences:
    """Ann has four events, Bo two, Cy three; times are days."""
    people = [CY, ANN, ANN, BO, CY, ANN, BO, CY, ANN]
    objects = [9, 1, 2, 5, 8, 3, 6, 7, 4]
    times = [1, 1, 2, 3, 2, 3, 9, 9, 4]
    return sequences(people, objects, times, catalogue=10)


def test_events_stand_in_time(three: Sequences) -> None:
    assert three.objects.tolist() == [1, 2, 3, 4, 5, 6, 9, 8, 7]
    assert three.starts.tolist() == [0, 4, 6, 9]
    assert three.ages.tolist() == [3, 2, 1, 0, 1, 0, 2, 1, 0]


def test_strict_learns_neither_the_last_nor_the_second_last(three: Sequences) -> None:
    split = strict(three)

    assert split.train.objects.tolist() == [1, 2, 9]
    assert split.history.objects.tolist() == [1, 2, 3, 9, 8]
    assert split.target.tolist() == [4, 7]
    assert split.asked_at.tolist() == [4, 9]


def test_refit_learns_all_but_the_last(three: Sequences) -> None:
    split = refit(three)

    assert split.train.objects.tolist() == split.history.objects.tolist() == [1, 2, 3, 9, 8]
    assert split.target.tolist() == [4, 7]


def test_settings_are_chosen_on_the_second_last(three: Sequences) -> None:
    split = settling(three)

    assert split.train.objects.tolist() == split.history.objects.tolist() == [1, 2, 9]
    assert split.target.tolist() == [3, 8]


def test_a_split_in_time_asks_for_the_first_event_after_it(three: Sequences) -> None:
    split = in_time(three, 3)

    assert split.train.objects.tolist() == [1, 2, 9, 8]
    assert split.history.objects.tolist() == [1, 2, 9, 8]
    assert split.target.tolist() == [3, 7]
    assert split.asked_at.tolist() == [3, 9]


def test_ties_are_shuffled_by_the_seed_and_by_nothing_else() -> None:
    people, objects, times = np.zeros(50, int), np.arange(50), np.zeros(50)

    once, again, other, kept = (
        sequences(people, objects, times, catalogue=50, seed=seed).objects.tolist() for seed in (1, 1, 2, None)
    )

    assert once == again != other
    assert kept == list(range(50)) != once
    assert sorted(once) == kept


def test_a_tie_is_never_shuffled_across_times_or_people() -> None:
    events = sequences([0, 0, 1, 1, 1], [4, 3, 2, 1, 0], [1, 2, 1, 1, 2], catalogue=5, seed=3)

    assert events.objects[:2].tolist() == [4, 3]
    assert sorted(events.objects[2:4].tolist()) == [1, 2]
    assert events.objects[4] == 0


def test_people_can_be_taken_out_in_any_order(three: Sequences) -> None:
    assert three.of(np.array([CY, ANN])).objects.tolist() == [9, 8, 7, 1, 2, 3, 4]
    assert three.of(np.array([False, True, False])).objects.tolist() == [5, 6]
    assert three.of(np.array([], int)).people == 0


@pytest.mark.parametrize(
    ("people", "objects", "times"),
    [([0], [0, 1], [1]), ([0], [10], [1]), ([0], [-1], [1]), ([-1], [0], [1]), ([0], [0], [np.nan])],
)
def test_rows_that_make_no_sequence_are_refused(people: list[int], objects: list[int], times: list[float]) -> None:
    with pytest.raises(ValueError, match=r"row per event|count from 0|missing"):
        sequences(people, objects, times, catalogue=10)


def test_no_events_are_no_people() -> None:
    nobody = sequences([], [], [], catalogue=3)

    assert nobody.people == 0
    assert strict(nobody).target.tolist() == []


def test_asking_for_an_event_that_somebody_lacks_is_refused(three: Sequences) -> None:
    with pytest.raises(ValueError, match="fewer than 3"):
        three.from_last(2)


@pytest.mark.parametrize("splitting", [strict, settling, refit])
def test_nothing_held_out_reaches_the_events_learnt_from(splitting) -> None:
    events = planted(people=50)
    # Events marked by their own time: what is trained on must all lie before what is asked for.
    split = splitting(events)

    latest = np.maximum.reduceat(split.train.times, split.train.starts[:-1])

    assert (latest < split.asked_at).all()
