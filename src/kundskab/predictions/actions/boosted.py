"""Boosted trees by LightGBM: one of the models that compete; it finds what only several signs together tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kundskab.predictions.actions.histories import Ints
from kundskab.predictions.actions.signs import Signs, Small

ROUNDS = 120
_SETTINGS: dict[str, Any] = {
    "objective": "multiclass",
    "learning_rate": 0.08,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.6,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "verbose": -1,
    "seed": 0,
    "deterministic": True,
    "force_row_wise": True,
}


@dataclass(frozen=True, slots=True, eq=False)
class Boosted:
    """text: the trees as LightGBM writes them, so that they can be kept as text and never as a pickle."""

    text: str
    model: Any

    def chances(self, known: Signs) -> Small:
        """Shape (moments, actions); rows sum to 1."""
        return np.asarray(self.model.predict(_table(known), num_threads=_THREADS), np.float32)


_THREADS = 1  # on a busy machine a second one waits for the first most of the time


def fit_boosted(known: Signs, target: Ints, *, rounds: int = ROUNDS, threads: int = _THREADS) -> Boosted:
    """Trees over the last actions, gaps, clock and counts."""
    import lightgbm

    settings = _SETTINGS | {"num_class": known.actions, "num_threads": threads}
    data = lightgbm.Dataset(_table(known), target, categorical_feature=[0, 1, 2])
    model = lightgbm.train(settings, data, rounds)
    return Boosted(model.model_to_string(), model)


def from_text(text: str) -> Boosted:
    """The trees as they were kept."""
    import lightgbm

    return Boosted(text, lightgbm.Booster(model_str=text))


def _table(known: Signs) -> Small:
    plain = np.column_stack(
        [known.lags, known.place, known.gap, known.gap_before, known.elapsed, known.quiet, known.hour, known.weekday]
    )
    return np.hstack([plain.astype(np.float32), known.counts, known.fresh])
