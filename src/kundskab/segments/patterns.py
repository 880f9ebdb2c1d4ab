"""Patterns of behaviour: what each segment does, as counts that were learnt. Plain arrays, so any engine may score."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import digamma

Floats = npt.NDArray[np.float32]

SMOOTHING = 0.05  # of a behaviour in a pattern: what nobody of it ever did is unlikely, never impossible
CONCENTRATION = 0.07  # of a person's memberships: small, since most people do few kinds of things


@dataclass(frozen=True, slots=True)
class Patterns:
    """counts: shape (segments, behaviours), expected events of each behaviour that belong to each segment, >= 0."""

    counts: Floats
    smoothing: float = SMOOTHING
    concentration: float = CONCENTRATION

    @property
    def size(self) -> int:
        """How many segments."""
        return int(self.counts.shape[0])

    @property
    def behaviours(self) -> int:
        return int(self.counts.shape[1])

    def profiles(self) -> Floats:
        """Shape (segments, behaviours): the share of each behaviour in each segment; rows sum to 1."""
        raised = self.counts + np.float32(self.smoothing)
        shares: Floats = raised / raised.sum(axis=1, keepdims=True)
        return shares

    def likely_profiles(self) -> Floats:
        """exp of the expected log profile under the Dirichlet that these counts stand for; rows sum to at most 1."""
        raised = self.counts.astype(np.float64) + self.smoothing
        likely: Floats = np.exp(digamma(raised) - digamma(raised.sum(axis=1, keepdims=True))).astype(np.float32)
        return likely

    def scaled_to(self, events: float) -> Patterns:
        """The same profiles as if learnt from so many events."""
        return replace(self, counts=(self.counts * (events / max(float(self.counts.sum()), 1e-9))).astype(np.float32))
