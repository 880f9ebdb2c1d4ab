"""Streams between two stages: what is hidden of a row or a column cannot be had by subtraction."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.metrics.paths import _shown


def test_small_legs_and_what_would_give_them_away_are_hidden() -> None:
    shown = _shown(np.array([[40, 3, 9], [20, 30, 8], [7, 6, 0]]))

    assert not shown[0, 1]
    assert shown.sum() < 7  # a row with a 3 hides another of its own, and so do the columns


@pytest.mark.parametrize("seed", range(20))
def test_no_margin_tells_of_fewer_than_five(seed: int) -> None:
    table = np.random.default_rng(seed).poisson(6, (5, 6)).astype(np.int64)

    shown = _shown(table)

    assert (table[shown] >= 5).all()
    for axis in (0, 1):
        hidden = np.where(shown, 0, table).sum(axis=axis)
        none_left = ~shown.any(axis=axis)
        assert ((hidden == 0) | (hidden >= 5) | none_left).all()


def test_a_table_without_small_legs_is_told_whole() -> None:
    assert _shown(np.array([[5, 0], [9, 12]])).tolist() == [[True, False], [True, True]]
