"""The trees of returning: read by ourselves they say what LightGBM says, whatever its trees look like."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from kundskab.predictions import hazard
from kundskab.predictions.hazard import Rows, Trees, fit_trees


@pytest.mark.parametrize("differ", [True, False])
def test_trees_say_what_lightgbm_says_to_the_last_digit(monkeypatch: pytest.MonkeyPatch, *, differ: bool) -> None:
    monkeypatch.setattr(hazard, "ROUNDS", 10)
    rng = np.random.default_rng(0)
    signs = rng.normal(size=(600, 31)).round(1) * differ
    came = (rng.random(600) < 0.3 + 0.4 * (signs[:, 3] > signs[:, 5])).astype(np.float64)

    trees = fit_trees(Rows(signs, came))
    theirs = lightgbm.Booster(model_str=trees.text).predict(signs, raw_score=True, num_threads=1)

    assert np.array_equal(trees.odds(signs), theirs)
    assert len(np.unique(theirs)) > 1 or not differ
    assert len(Trees(trees.text).odds(signs[:0])) == 0
