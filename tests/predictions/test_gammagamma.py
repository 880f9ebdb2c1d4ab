"""The value of an occasion: planted laws are found, few occasions are drawn to the mean, and it always fits."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.predictions import gammagamma


def test_the_planted_law_is_recovered() -> None:
    rng = np.random.default_rng(1)
    occasions = rng.integers(1, 8, 8_000).astype(float)
    scale = rng.gamma(4, 1 / 90, 8_000)

    found = gammagamma.fit(occasions, rng.gamma(6 * occasions) / scale / occasions)

    assert found.shape == pytest.approx(6, rel=0.1)
    assert found.spread_shape == pytest.approx(4, rel=0.1)
    assert found.spread_scale == pytest.approx(90, rel=0.1)


def test_one_dear_occasion_says_less_than_ten() -> None:
    model = gammagamma.GammaGamma(6, 4, 90)  # everybody's mean is 6 * 90 / 3 = 180

    none, one, ten = model.expected(np.array([0.0, 1.0, 10.0]), np.array([0.0, 500.0, 500.0]))

    assert none == pytest.approx(180)
    assert 180 < one < ten < 500


def test_drawn_futures_have_the_expected_mean() -> None:
    model, few, dear = gammagamma.GammaGamma(6, 4, 90), np.full(100_000, 2.0), np.full(100_000, 300.0)

    drawn = model.draw(few, dear, few, rng=np.random.default_rng(2))

    assert drawn.mean() == pytest.approx(2 * model.expected(few, dear)[0], rel=0.01)


@pytest.mark.parametrize(
    ("occasions", "means"),
    [([], []), ([1.0], [0.0]), ([1.0], [-4.0]), ([3.0], [20.0]), ([5.0] * 50, [9.0] * 50), ([1.0, 1e6], [1e-6, 1e9])],
)
def test_it_fits_whatever_the_data(occasions: list[float], means: list[float]) -> None:
    x, m = np.array(occasions), np.array(means)

    found = gammagamma.fit(x, m)

    assert np.isfinite([found.shape, found.spread_shape, found.spread_scale]).all()
    assert (found.expected(x, m) >= 0).all()
