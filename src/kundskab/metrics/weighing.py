"""Readings of persons who belong to a group to a degree: each counts by a weight from 0 to 1.

With weights of 1 they are the plain readings. A share of weighted persons takes Wilson's interval at the effective
number of persons (Kish 1965, Survey Sampling, §8.2): ten halves tell less than five wholes would, never more.
The weights themselves are taken as known; their own doubt is not added.
"""

from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np
import numpy.typing as npt

from kundskab.metrics.readings import Reading, compound, poisson, ratio, share, signed, wilson

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


def size(weight: Numbers) -> int:
    """How many whole persons a group amounts to."""
    return int(weight.sum() + 1e-9)


def share_of(hit: Truths, weight: Numbers, *, snapshot: int, group: str | None) -> Reading:
    """The share of these persons of whom something is true."""
    if (weight == 1).all():
        return share(int(hit.sum()), len(hit), snapshot=snapshot, group=group)
    whole = float(weight.sum())
    if not whole:
        return share(0, 0, snapshot=snapshot, group=group)
    value = float(weight[hit].sum()) / whole
    effective = whole * whole / float((weight * weight).sum())
    return Reading(value, *wilson(value * effective, effective), size(weight), "share", snapshot, group)


def persons(weight: Numbers, *, snapshot: int, group: str | None) -> Reading:
    """How many there are, and would be had chance sent more or fewer."""
    if (weight == 1).all():
        return Reading(float(len(weight)), *poisson(len(weight)), len(weight), "persons", snapshot, group)
    ends = compound(float(weight.sum()), float((weight * weight).sum()), float(weight.max(initial=0)))
    return Reading(float(weight.sum()), *ends, size(weight), "persons", snapshot, group)


def total(amount: Numbers, weight: Numbers, unit: str, *, snapshot: int, group: str | None) -> Reading:
    """The sum of the persons' amounts."""
    parts = amount * weight
    whole, squares = float(parts.sum()), float((parts * parts).sum())
    ends = signed(whole, squares) if (parts < 0).any() else compound(whole, squares, float(parts.max(initial=0)))
    return Reading(whole, *ends, size(weight), unit, snapshot, group)


def per(above: Numbers, below: Numbers, weight: Numbers, unit: str, *, snapshot: int, group: str | None) -> Reading:
    """The sum of amounts over the sum of others, one pair per person."""
    found = ratio(above * weight, below * weight, unit, snapshot=snapshot, group=group)
    if not len(weight):
        return replace(found, low=nan, high=nan)
    return replace(found, n=size(weight))
