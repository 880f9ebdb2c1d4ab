"""Calibration: honest dice show no gap beyond chance, crooked ones do, and the mends mend."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.predictions.calibration import (
    ece,
    ece_with_doubt,
    log_loss,
    resampled,
    temperature,
    tempered,
)

RNG = np.random.default_rng


def test_honest_dice_show_the_gap_that_chance_alone_makes() -> None:
    rng = RNG(1)
    gaps = []
    for _ in range(40):
        chance = rng.random(800)
        gaps.append(ece_with_doubt(chance, rng.random(800) < chance, rng=rng))

    assert np.mean([gap.value for gap in gaps]) == pytest.approx(np.mean([gap.by_chance for gap in gaps]), rel=0.1)
    assert all(gap.low <= gap.value <= gap.high for gap in gaps)


def test_a_forecaster_who_is_too_sure_is_seen_through() -> None:
    rng = RNG(2)
    chance = rng.random(4_000)
    came = rng.random(4_000) < chance
    sure = chance**3 / (chance**3 + (1 - chance) ** 3)

    assert ece(chance, came) < 0.03
    assert ece(sure, came) > 0.1


def test_temperature_undoes_what_made_chances_too_sharp() -> None:
    rng = RNG(3)
    chances = rng.dirichlet(np.ones(4), 5_000)
    came = (chances.cumsum(axis=1) < rng.random(5_000)[:, None]).sum(axis=1)
    sharp = tempered(chances, 2.0)

    power = temperature(sharp, came)

    assert power == pytest.approx(0.5, abs=0.04)
    assert log_loss(tempered(sharp, power), came).mean() < log_loss(sharp, came).mean()


def test_equal_forecasts_lie_in_one_bin_whatever_their_order() -> None:
    came = np.array([1, 0] * 50)

    assert ece(np.full(100, 0.5), came) == 0
    assert ece(np.full(100, 0.5), np.sort(came)) == 0


def test_the_interval_of_a_mean_is_wider_where_few_people_speak_often() -> None:
    values = np.repeat(RNG(4).normal(size=50), 20)
    whose = np.repeat(np.arange(50), 20)

    by_person = resampled(values, whose, rng=RNG(5))
    by_event = resampled(values, np.arange(1_000), rng=RNG(5))

    assert by_person[1] - by_person[0] > 3 * (by_event[1] - by_event[0])


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="3 forecasts and 2 outcomes"):
        log_loss(np.full(3, 0.5), np.array([0, 1]))
