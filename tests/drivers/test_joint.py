"""Candidates that matter are found beside others that only go along with them; where nothing matters nothing is."""

from __future__ import annotations

import numpy as np
import pytest
from tests.drivers.worlds import signals

from kundskab.drivers.joint import false_share, joint, near_copies

NOTHING_OBVIOUS = np.zeros((3000, 0))


@pytest.mark.slow
def test_a_strong_signal_is_found_and_its_shadow_is_not() -> None:
    rng = np.random.default_rng(3)
    matters = rng.normal(size=(2000, 1))
    shadow = matters + 0.8 * rng.normal(size=(2000, 1))
    x = np.hstack([matters, shadow, rng.normal(size=(2000, 6))])
    y = (rng.random(2000) < 1 / (1 + np.exp(-0.8 * matters[:, 0]))).astype(float)

    found = joint(x, np.zeros((2000, 0)), y, is_share=True, rng=rng).found

    assert found.tolist() == [True] + [False] * 7


@pytest.mark.slow
def test_what_the_obvious_says_is_not_found_again() -> None:
    rng = np.random.default_rng(4)
    recency = rng.normal(size=(2000, 1))
    x = np.hstack([recency + 0.5 * rng.normal(size=(2000, 1)), rng.normal(size=(2000, 4))])
    y = recency[:, 0] + rng.normal(size=2000)

    alone = joint(x, np.zeros((2000, 0)), y, is_share=False, rng=rng).found
    beyond = joint(x, recency, y, is_share=False, rng=rng).found

    assert alone[0]
    assert not beyond.any()


@pytest.mark.slow
def test_of_near_copies_that_share_the_chance_the_likeliest_is_found() -> None:
    rng = np.random.default_rng(8)
    matters = rng.normal(size=(1500, 1))
    x = np.hstack([matters + 0.35 * rng.normal(size=(1500, 6)), rng.normal(size=(1500, 3))])
    y = (rng.random(1500) < 1 / (1 + np.exp(-0.3 * matters[:, 0]))).astype(float)
    families = near_copies(x)

    told = joint(x, np.zeros((1500, 0)), y, is_share=True, families=families, rng=rng)

    assert families[:6].tolist() == [families[0]] * 6
    assert len(set(families.tolist())) == 4
    assert told.together[0] > 0.9
    assert told.found[:6].any()
    assert not told.found[6:].any()


@pytest.mark.slow
def test_few_people_and_many_candidates_find_nothing_rather_than_everything() -> None:
    rng = np.random.default_rng(5)
    x, base = rng.normal(size=(150, 60)), rng.normal(size=(150, 20))

    found = joint(x, base, (rng.random(150) < 0.2).astype(float), is_share=True, rng=rng)

    assert not found.found.any()


@pytest.mark.parametrize("happened", [np.zeros(50), np.ones(50)])
def test_an_outcome_that_is_the_same_for_all_says_nothing(happened: np.ndarray) -> None:
    rng = np.random.default_rng(6)

    found = joint(rng.normal(size=(50, 3)), np.zeros((50, 0)), happened, is_share=True, rng=rng)

    assert not found.found.any()
    assert found.p.tolist() == [1, 1, 1]


def test_the_share_of_false_ones_is_the_mean_over_all_that_are_surer() -> None:
    assert np.allclose(false_share(np.array([0.5, 1.0, 0.9])), [0.2, 0.0, 0.05])


@pytest.mark.slow
def test_of_what_is_found_among_200_correlated_signals_few_are_false_and_half_of_the_true_are_found() -> None:
    """Four worlds (bench/understand/drivers.py has twenty and more): the standard error of each share is some 0.04."""
    false, power = [], []
    for seed in range(100, 104):
        x, y, true = signals(seed)
        found = joint(x, NOTHING_OBVIOUS, y, is_share=True, rng=np.random.default_rng(seed)).found
        false.append((found & ~true).sum() / max(1, found.sum()))
        power.append(found[true].mean())

    assert np.mean(false) < 0.22
    assert np.mean(power) > 0.42


@pytest.mark.slow
def test_shuffled_outcomes_find_nothing() -> None:
    found = 0
    for seed in range(4):
        x, y, _ = signals(seed)
        y = np.random.default_rng(seed).permutation(y)
        found += int(joint(x, NOTHING_OBVIOUS, y, is_share=True, rng=np.random.default_rng(seed)).found.sum())

    assert found <= 1
