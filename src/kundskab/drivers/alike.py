"""Of 100 who did it, and of 100 otherwise alike who did not: the outcome of each, with doubt.

Alike is whose outcome was as likely by all that is obvious (prognostic score; Hansen 2008, Biometrika 95, 481-488):
people are put into narrow strata of that score, and in each those who did are held beside those who did not, weighed
by how many did. Whoever has no match is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from kundskab.drivers import joint

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

LEVEL = 0.95
_FEWEST, _MOST = 25, 200  # strata
_EACH = 150  # units in a stratum, where there are enough


@dataclass(frozen=True, slots=True)
class Beside:
    """Means of those who did and of those alike: shares 0-1, or amounts. effect: their difference."""

    with_share: float
    with_low: float
    with_high: float
    without_share: float
    without_low: float
    without_high: float
    effect: float
    low: float
    high: float
    n_with: int
    n_without: int


def strata(base: Floats, y: Floats, *, is_share: bool) -> npt.NDArray[np.int64]:
    """In which stratum of the obvious each is, (n,)."""
    turned = joint.design(base, len(y))
    slopes = joint.logistic(turned, y) if is_share else np.linalg.lstsq(turned, y, rcond=None)[0]
    score = turned @ slopes
    rank = np.argsort(np.argsort(score, kind="stable"), kind="stable")
    strata = int(np.clip(len(y) // _EACH, _FEWEST, _MOST))
    return np.asarray(rank * strata // max(len(y), 1), dtype=np.int64)


def beside(did: Truths, y: Floats, of: npt.NDArray[np.int64], groups: npt.NDArray[np.int64] | None = None) -> Beside:
    """Hold those who did beside those alike.  y: 0 or 1, or amounts.  groups: whose rows hang together."""
    size = int(of.max()) + 1 if len(of) else 0
    n1 = np.bincount(of[did], minlength=size).astype(np.float64)
    n0 = np.bincount(of[~did], minlength=size).astype(np.float64)
    usable = (n1 > 0) & (n0 > 1)
    weight = np.where(usable, n1, 0.0) / max(float(n1[usable].sum()), 1.0)
    mean1, var1 = _moments(y[did], of[did], size, n1)
    mean0, var0 = _moments(y[~did], of[~did], size, n0)
    share1, share0 = float(weight @ mean1), float(weight @ mean0)
    swell = _swell(did, groups)
    se1 = np.sqrt(float((weight**2 * var1 / np.maximum(n1, 1)).sum()) * swell)
    se0 = np.sqrt(float((weight**2 * var0 / np.maximum(n0, 1)).sum()) * swell)
    z = float(special.ndtri((1 + LEVEL) / 2))
    both = float(np.hypot(se1, se0))
    is_share = bool(np.isin(y, (0.0, 1.0)).all())

    def ends(value: float, se: float) -> tuple[float, float]:
        low, high = value - z * se, value + z * se
        return (max(low, 0.0), min(high, 1.0)) if is_share else (max(low, 0.0), high)

    effect = share1 - share0
    return Beside(share1, *ends(share1, float(se1)), share0, *ends(share0, float(se0)), effect, effect - z * both,
                  effect + z * both, int(n1[usable].sum()), int(n0[usable].sum()))  # fmt: skip


def _moments(y: Floats, of: npt.NDArray[np.int64], size: int, n: Floats) -> tuple[Floats, Floats]:
    """Mean and variance within strata; the variance leans on the whole where a stratum is small."""
    mean = np.bincount(of, y, minlength=size) / np.maximum(n, 1)
    square = np.bincount(of, (y - mean[of]) ** 2, minlength=size)
    overall = max(float(y.var()), 1e-9) if len(y) else 1.0
    return mean, (square + 2 * overall) / (np.maximum(n - 1, 0) + 2)


def _swell(did: Truths, groups: npt.NDArray[np.int64] | None) -> float:
    """Rows of one person count as fewer: by how many on average come from the same."""
    if groups is None or not did.any():
        return 1.0
    return float(did.sum() / max(len(np.unique(groups[did])), 1))
