"""Gamma-Gamma: what an occasion is worth, a person's own mean drawn towards everybody's where we have seen few.

Each person's values follow a gamma law whose scale differs from person to person by another gamma law.
Source: Fader & Hardie 2013, "The gamma-gamma model of monetary value" (brucehardie.com/notes/025).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import gammaln

Floats = npt.NDArray[np.float64]

PRIOR_DEVIATION = 2.0  # of each parameter's logarithm, values counted in units of the mean value
_REACH = 7.0


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """shape: of one person's values, > 0.  spread_shape, > 1, and spread_scale (money): of people's scales."""

    shape: float
    spread_shape: float
    spread_scale: float

    def expected(self, occasions: Floats, mean_value: Floats) -> Floats:
        """Expected value of each person's next occasion, in money; all shapes (people,)."""
        above = self.shape * (self.spread_scale + occasions * np.maximum(mean_value, 0))
        return above / (self.shape * occasions + self.spread_shape - 1)

    def draw(self, occasions: Floats, mean_value: Floats, coming: Floats, *, rng: np.random.Generator) -> Floats:
        """Possible sums of the values of each one's `coming` occasions, shape (futures, people); 0 where none."""
        seen = self.spread_scale + occasions * np.maximum(mean_value, 0)
        scale = seen / np.maximum(rng.gamma(self.shape * occasions + self.spread_shape, size=coming.shape), 1e-12)
        return rng.gamma(self.shape * coming) * scale


def fit(occasions: Floats, mean_value: Floats) -> GammaGamma:
    """The most probable model under the declared prior, from people whose mean value is above 0; it always exists.

    occasions: shape (people,), how many each mean rests on.  mean_value: shape (people,), money.
    """
    worth = (mean_value > 0) & (occasions > 0)
    if not worth.any():
        return GammaGamma(1.0, 2.0, 0.0)
    x, unit = occasions[worth], float(mean_value[worth].mean())
    m = mean_value[worth] / unit

    def loss(logs: Floats) -> float:  # the factor 1/m is the same for all parameters and left out
        p, q, scale = np.exp(logs) + np.array([0, 1, 0])
        each = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(scale) + p * x * np.log(m * x)
        value = float((each - (p * x + q) * np.log(scale + x * m)).sum())
        return float((logs**2).sum()) / (2 * PRIOR_DEVIATION**2) - value

    best = minimize(loss, np.zeros(3), method="L-BFGS-B", bounds=[(-_REACH, _REACH)] * 3)
    p, q, scale = np.exp(best.x)
    return GammaGamma(float(p), float(q) + 1, float(scale) * unit)
