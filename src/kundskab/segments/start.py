"""Where a fit begins: spread-out groups of people, found by k-means on the sphere. The start matters more than the fit.

Counts are square-rooted and each person brought to length 1, so that loud people do not decide. Seeds are drawn by
greedy k-means++ (Arthur & Vassilvitskii 2007): of a few candidates, the one that leaves people closest to a seed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kundskab.segments.patterns import Floats

_CANDIDATES = 4
_ROUNDS = 4
_FLOOR = 0.2  # of a uniform profile, mixed in: a behaviour absent from a group must be able to come


def grouped_profiles(counts: sparse.csr_array, size: int, rng: np.random.Generator) -> Floats:
    """Profiles of `size` groups of people: shape (size, behaviours), rows about 1.

    counts: shape (people, behaviours), every row with at least one event.  Raises ValueError for fewer people than
    groups.
    """
    if counts.shape[0] < size:
        raise ValueError(f"{counts.shape[0]} people cannot start {size} groups")
    directions = _directions(counts)
    group_of = _settled(directions, _seeds(directions, size, rng))
    sums = (_membership(group_of, size) @ counts).toarray()
    shares = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-9)
    profiles: Floats = (shares + _FLOOR / counts.shape[1]).astype(np.float32)
    return profiles


def _directions(counts: sparse.csr_array) -> sparse.csr_array:
    rooted = counts.sqrt().astype(np.float32)
    lengths = np.sqrt(np.asarray(rooted.multiply(rooted).sum(axis=1)).ravel())
    rooted.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(rooted.indptr)).astype(np.float32)
    return rooted


def _seeds(directions: sparse.csr_array, size: int, rng: np.random.Generator) -> Floats:
    first = int(rng.integers(directions.shape[0]))
    chosen = [first]
    nearest = _likeness(directions, [first])[:, 0]
    while len(chosen) < size:
        distance = np.maximum(1.0 - nearest, 1e-6).astype(np.float64)
        tried = rng.choice(directions.shape[0], _CANDIDATES, p=distance / distance.sum())
        likeness = np.maximum(nearest[:, None], _likeness(directions, tried))
        best = int(likeness.sum(axis=0).argmax())
        chosen.append(int(tried[best]))
        nearest = likeness[:, best]
    seeds: Floats = directions[chosen].toarray()
    return seeds


def _likeness(directions: sparse.csr_array, of: npt.ArrayLike) -> Floats:
    likeness: Floats = directions @ np.ascontiguousarray(directions[of].toarray().T)
    return likeness


def _settled(directions: sparse.csr_array, centres: Floats) -> npt.NDArray[np.intp]:
    """The group of each person after some rounds of k-means."""
    for _ in range(_ROUNDS):
        group_of = np.asarray(directions @ centres.T).argmax(axis=1)
        sums = (_membership(group_of, len(centres)) @ directions).toarray()
        centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    settled: npt.NDArray[np.intp] = np.asarray(directions @ centres.T).argmax(axis=1)
    return settled


def _membership(group_of: npt.NDArray[np.intp], size: int) -> sparse.csr_array:
    people = len(group_of)
    ones = np.ones(people, np.float32)
    return sparse.csr_array((ones, (group_of, np.arange(people))), shape=(size, people))
