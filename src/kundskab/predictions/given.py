"""What people are given today beside what is expected of them: attention, mailings, discounts, service.

A group that gets less than others of whom as much is expected is undervalued in what we do, not only in what we think.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundskab.predictions.drawn import ratios
from kundskab.predictions.purchases import Floats
from kundskab.predictions.undervalued import FEWEST, Codes, usual_of


@dataclass(frozen=True, slots=True)
class Given:
    """One group and one measure.  given, usual: means per person, of the group and of their equals.  low, high: 95 %
    of their ratio."""

    group: str
    measure: str
    persons: int
    given: float
    usual: float
    ratio: float
    low: float
    high: float


def given(
    measure: str, belongs: dict[str, Codes], amount: Floats, expected: Floats, *, rng: np.random.Generator,
    degrees: dict[str, Floats] | None = None,
) -> list[Given]:  # fmt: skip
    """Of each group (codes) what they get, against what others of the same expected worth get.

    amount, expected: one value per person, by code; nan where there is none, and who has one is not looked at (who
    never asked did not wait).  degrees: to which degree (0-1) each belongs; 1 where not given.
    Groups of fewer than 20 are left out, and all where nobody gets anything.
    """
    here = ~np.isnan(amount) & ~np.isnan(expected)
    usual = np.zeros(len(amount))
    if here.sum() < 2 * FEWEST or not amount[here].any():
        return []
    usual[here] = usual_of(expected[here], amount[here])
    found = []
    for name, codes in belongs.items():
        known = here[codes]
        degree = degrees[name][known] if degrees and name in degrees else np.ones(int(known.sum()))
        codes, persons = codes[known], float(degree.sum())
        total = float(usual[codes] @ degree)
        if persons < FEWEST or total <= 0:
            continue
        low, high = np.quantile(ratios(amount[codes] * degree, usual[codes] * degree, rng), [0.025, 0.975])
        got = float(amount[codes] @ degree)
        found.append(
            Given(name, measure, round(persons), got / persons, total / persons, got / total, float(low), float(high))
        )
    return found
