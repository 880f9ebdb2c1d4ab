"""Following along: a forecast that was right stays as it is, one that drifts is mended, and nobody looks ahead."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.predictions.actions.following import Following, Outcomes, along_of, followed, nothing_seen
from kundskab.predictions.calibration import ece, log_loss

HONEST = np.array([[0.7, 0.2, 0.1], [0.2, 0.5, 0.3]], np.float32)


def came(chances, rng):
    """What came, by these chances."""
    return (chances.cumsum(axis=1) < rng.random((len(chances), 1))).sum(axis=1).clip(max=chances.shape[1] - 1)


def drifting(many: int, seed: int = 0):
    """Chances that were honest once, what came since the habits of the company turned, and the hours of both."""
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 2, many)
    turned = np.array([[0.3, 0.6, 0.1], [0.2, 0.5, 0.3]], np.float32)
    return HONEST[place], came(turned[place], rng), np.arange(many, dtype=np.float64)


def test_before_anything_came_chances_are_told_as_they_were() -> None:
    assert np.allclose(nothing_seen(3).chances(HONEST), HONEST, atol=1e-6)


def test_chances_sum_to_one_and_keep_what_was_ruled_out_by_nobody() -> None:
    following = Following(nothing_seen(3))
    told, target, _ = drifting(60)
    following.saw(told, target)

    chances = following.chances(HONEST)

    assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)
    assert (chances > 0).all()


def test_kept_and_read_again_it_goes_on_as_if_it_had_not_been() -> None:
    told, target, _ = drifting(120)
    following = Following.begun(Outcomes(told[:80], target[:80], until=5.0))
    again = Following.from_bytes(following.to_bytes())
    assert again is not None

    for each in (following, again):
        each.saw(told[80:], target[80:])

    assert again.until == 5.0
    assert np.array_equal(again.chances(HONEST), following.chances(HONEST))
    kept = along_of(following.to_bytes())
    assert kept is not None
    assert np.array_equal(kept.chances(HONEST), following.chances(HONEST))


def test_outcomes_to_begin_with_are_kept_to_three_digits() -> None:
    told, target, _ = drifting(50)

    again = Outcomes.from_bytes(Outcomes(told, target, until=7.0).to_bytes())

    assert again is not None
    assert np.allclose(again.plain, told, rtol=1e-3)
    assert np.array_equal(again.target, target)
    assert again.until == 7.0


@pytest.mark.slow
def test_habits_that_turn_are_followed_and_honest_ones_are_left_alone() -> None:
    told, target, at = drifting(3_000)
    rng = np.random.default_rng(1)
    right = came(told, rng)

    mended = followed(told, target, at, at, Following(nothing_seen(3)))
    left = followed(told, right, at, at, Following(nothing_seen(3)))

    assert log_loss(mended, target).mean() < log_loss(told, target).mean() - 0.1
    assert ece(mended[500:], target[500:]) < 0.07 < 0.15 < ece(told, target)
    assert log_loss(left, right).mean() < log_loss(told, right).mean() + 0.01


@pytest.mark.slow
def test_nothing_is_told_by_what_came_later() -> None:
    told, target, at = drifting(400)
    changed = target.copy()
    changed[200:] = 0

    once, again = (followed(told, each, at, at, Following(nothing_seen(3))) for each in (target, changed))

    assert np.array_equal(once[:200], again[:200])


@pytest.mark.slow
def test_what_is_known_late_is_learnt_from_late() -> None:
    told, target, at = drifting(600)

    waiting = followed(told, target, at, at + 10_000, Following(nothing_seen(3)))

    assert np.allclose(waiting, told, atol=1e-6)
