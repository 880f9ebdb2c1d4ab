"""Those who did it beside those alike: natural frequencies that the obvious does not explain."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.drivers import alike


def test_a_difference_that_the_obvious_makes_is_gone_beside_people_alike() -> None:
    rng = np.random.default_rng(1)
    active = rng.normal(size=4000)
    did = rng.random(4000) < 1 / (1 + np.exp(-2 * active))
    came = (rng.random(4000) < 1 / (1 + np.exp(-active))).astype(float)

    told = alike.beside(did, came, alike.strata(active[:, None], came, is_share=True))

    assert came[did].mean() - came[~did].mean() > 0.2
    assert told.low < 0 < told.high


@pytest.mark.slow
def test_intervals_hold_the_truth_in_95_of_100_worlds() -> None:
    rng, held = np.random.default_rng(2), 0
    for _ in range(100):
        active = rng.normal(size=1200)
        did = rng.random(1200) < 1 / (1 + np.exp(-active))
        chance = np.clip(0.4 + 0.1 * active + 0.1 * did, 0.01, 0.99)
        came = (rng.random(1200) < chance).astype(float)
        told = alike.beside(did, came, alike.strata(active[:, None], came, is_share=True))
        held += told.low <= 0.1 <= told.high

    assert held >= 89  # three standard errors below 95


def test_nobody_to_compare_with_is_no_difference() -> None:
    did = np.array([True, True, False])

    told = alike.beside(did, np.array([1.0, 0.0, 1.0]), np.array([0, 0, 1]))

    assert (told.n_with, told.effect) == (0, 0.0)
