"""A linear model of many classes: each sign adds to or takes from the log-odds of each action.

It learns from counts, gaps, clock and the last actions in seconds, scores a million people in seconds, and each of its
weights can be read. On some histories it was better than boosted trees and a recurrent net
(docs/predictions-actions.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from kundskab.predictions.actions.histories import Floats, Ints
from kundskab.predictions.actions.signs import Signs, Small, design

RIDGE = 10.0  # in units of one moment
STEPS = 120


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """weights: shape (columns of `signs.design`, actions).  shift: shape (actions,)."""

    weights: Small
    shift: Small

    def chances(self, known: Signs) -> Small:
        """Shape (moments, actions); rows sum to 1."""
        line = design(known) @ self.weights + self.shift
        return softmax(line)


def fit_linear(
    known: Signs, target: Ints, *, ridge: float = RIDGE, steps: int = STEPS, begin: Linear | None = None
) -> Linear:
    """By L-BFGS from the shares of all actions; always ends, whatever the data.

    begin: a model of fewer of these moments, to go on from.
    """
    columns = design(known)
    across = sparse.csr_array(columns.T)
    n, actions = len(target), known.actions
    width, rows = columns.shape[1], np.arange(n)
    start = np.zeros((width + 1, actions))
    start[-1] = np.log(np.bincount(target, minlength=actions) + 0.5) - np.log(n + actions / 2)
    if begin is not None:
        start = np.vstack([begin.weights, begin.shift]).astype(np.float64)

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(width + 1, actions).astype(np.float32)
        line = columns @ weights[:-1] + weights[-1]
        line -= line.max(axis=1, keepdims=True)
        given = line[rows, target].sum(dtype=np.float64)
        np.exp(line, out=line)
        total = line.sum(axis=1, keepdims=True)
        given -= np.log(total).sum(dtype=np.float64)
        line /= total
        line[rows, target] -= 1
        slope = np.vstack([across @ line + np.float32(ridge) * weights[:-1], line.sum(axis=0)])
        value = -given + ridge / 2 * float((weights[:-1].astype(np.float64) ** 2).sum())
        return value / max(n, 1), slope.astype(np.float64).ravel() / max(n, 1)

    best = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps}).x
    weights = best.reshape(width + 1, actions).astype(np.float32)
    return Linear(weights[:-1], weights[-1])


def softmax(line: Small) -> Small:
    """Log-odds to chances, row by row."""
    raised: Small = np.exp(line - line.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
