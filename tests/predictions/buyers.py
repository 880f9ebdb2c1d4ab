"""Invented buyers who obey the model, drawn one purchase after the other and not by its formulas."""

from __future__ import annotations

import numpy as np

from kundskab.predictions.purchases import Occasions, occasions

PACE, LEAVE = (0.6, 6.0), (0.8, 2.5)
PAST, HORIZON = 280, 91  # days


def invented(people: int, seed: int) -> Occasions:
    """First occasions on days 0-83, values about 30."""
    rng = np.random.default_rng(seed)
    weekly, leaves = rng.gamma(PACE[0], 1 / PACE[1], people), rng.beta(*LEAVE, people)
    scale = rng.gamma(4, 1 / 90, people)
    at = rng.integers(0, 84, people).astype(float)
    here, rows = np.ones(people, bool), []
    while here.any():
        who = np.flatnonzero(here)
        rows.append((who, np.floor(at[who]), rng.gamma(4, 1, len(who)) / scale[who] / 4))
        at += rng.exponential(7 / np.maximum(weekly, 1e-9), people)
        left = (rng.random(people) < leaves) & (len(rows) > 1)  # nobody leaves right after the first
        here &= ~left & (at <= PAST + HORIZON)
    who, day, value = (np.concatenate(column) for column in zip(*rows, strict=True))
    return occasions(who, day.astype(np.int64), value)
