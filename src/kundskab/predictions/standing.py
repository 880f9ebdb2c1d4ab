"""How a model stood in a contest on what is over; the same for every kind of prediction."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """One model in the contest.

    low, high: the 95 % interval of its log-loss less the plain guess's, paired by person; below 0 is better.
    """

    model: str
    log_loss: float
    low: float
    high: float
    ece: float
    n: int
    chosen: bool
    is_baseline: bool
    words: str
