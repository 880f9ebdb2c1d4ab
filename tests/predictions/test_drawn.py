"""A ratio drawn anew: as wide as the people differ, and the same in bags as one by one."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.predictions import drawn


def test_it_is_as_wide_as_theory_says_in_bags_and_one_by_one():
    rng = np.random.default_rng(7)
    for people in (500, 3 * drawn.BAGS):
        below = rng.gamma(2.0, 1.0, people)
        above = below * rng.lognormal(0.0, 0.8, people)
        ratio = above.sum() / below.sum()
        theory = np.sqrt(((above - ratio * below) ** 2).sum()) / below.sum()

        spread = drawn.ratios(above, below, rng)

        assert spread.shape == (drawn.DRAWS,)
        assert spread.mean() == pytest.approx(ratio, abs=4 * theory / drawn.DRAWS**0.5 + 0.01)
        assert spread.std() == pytest.approx(theory, rel=0.2)


def test_nobody_below_is_no_division_by_nothing():
    assert (drawn.ratios(np.ones(3), np.zeros(3), np.random.default_rng(1)) >= 0).all()


def test_columns_are_summed_over_the_same_people():
    columns = np.random.default_rng(1).random((200, 1)).repeat(2, axis=1)

    sums = drawn.sums(columns, np.random.default_rng(2))

    np.testing.assert_array_equal(sums[:, 0], sums[:, 1])
