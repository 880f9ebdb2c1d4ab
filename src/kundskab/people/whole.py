"""Resolving a whole workspace at once, on integer arrays: the same answer as `resolve`, a hundred times as quick.

Actors are numbers in the order of their tokens, so that the smallest number is the smallest token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kundskab.people.resolve import LIMIT

CLAIMED_CODE, VERIFIED_CODE, MANUAL_CODE = 0, 1, 2
CODES = {"claimed": CLAIMED_CODE, "verified": VERIFIED_CODE, "manual": MANUAL_CODE}
Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Whole:
    """One row per actor: the number of the person's token, that of the verified group's, and whether it is shared."""

    person: Ints
    verified: Ints
    shared: Bools


def resolve_arrays(is_user: Bools, a: Ints, b: Ints, kind: Ints, *, limit: int = LIMIT) -> Whole:
    """The persons among n actors, by the rules of `resolve`.

    is_user: shape (n,), whether the actor is a user id.  a, b, kind: shape (m,), a standing link each: two
    actor numbers in [0, n), in any order, and one of CODES. Suggested links are left out by the caller.
    """
    n = len(is_user)
    by_hand = kind == MANUAL_CODE
    itself = np.arange(n)
    hands = _roots(n, a[by_hand], b[by_hand]) if by_hand.any() else itself
    shared, kept, roots = _kept(is_user, a, b, kind, hands, limit)
    proven = kept & (kind == VERIFIED_CODE)
    if by_hand.any():
        those, near = _near_hands(roots, a, b, by_hand)  # elsewhere a human's links make no difference
        number = _numbers(n, those)
        proven[near] &= _kept(
            is_user[those], number[a[near]], number[b[near]], kind[near], np.arange(len(those)), limit
        )[1]
    return Whole(_named(roots, is_user), _named(_roots(n, a[proven], b[proven]), is_user), shared)


def _near_hands(roots: Ints, a: Ints, b: Ints, by_hand: Bools) -> tuple[Ints, Ints]:
    """The actors from which any path of links leads to one that a human made, and their links; roots: the persons."""
    root_a, root_b = roots[a], roots[b]
    between = root_a != root_b  # the paths within a person are known
    count, label = _labels(len(roots), root_a[between], root_b[between])
    touched = np.zeros(count, bool)
    touched[label[root_a[by_hand]]] = True
    near = touched[label][roots]
    return np.flatnonzero(near), np.flatnonzero(near[a])


def _kept(is_user: Bools, a: Ints, b: Ints, kind: Ints, hands: Ints, limit: int) -> tuple[Bools, Bools, Ints]:
    """(which actors are shared devices, which links are automatic ones that join, the smallest actor of each person).

    hands: the smallest of all that a human joined with each actor; they count as one.
    """
    n = len(is_user)
    human = np.zeros(n, bool)
    human[hands[is_user]] = True
    stands = (kind != MANUAL_CODE) & (a != b)
    cut_a, cut_b = _cut(n, a, b, kind, stands, limit)
    hand_a, hand_b = hands[a], hands[b]
    human_a, human_b = human[hand_a], human[hand_b]

    seen = stands & (human_a ^ human_b) & ~(human_a & cut_a) & ~(human_b & cut_b)
    device = np.where(human_a, hand_b, hand_a)[seen]
    shared = _with_several(n, device, np.where(human_a, hand_a, hand_b)[seen])
    kept = stands & ~cut_a & ~cut_b & ~shared[hand_a] & ~shared[hand_b] & ~(human_a & human_b)
    kept, roots = _cut_between(n, hand_a, hand_b, human, human_a | human_b, kept)
    return shared[hands], kept, roots[hands]


def _cut(n: int, a: Ints, b: Ints, kind: Ints, stands: Bools, limit: int) -> tuple[Bools, Bools]:
    """Which links join nobody at their end a, and at their end b, because that end is a crowd."""
    # Doubles of a pair count twice here, so this finds everyone who may be a crowd; few are looked at closely.
    degree = np.bincount(a[stands], minlength=n) + np.bincount(b[stands], minlength=n)
    many = degree > limit
    none = np.zeros(len(a), bool)
    if not many.any():
        return none, none
    near = stands & (many[a] | many[b])
    claimed = _others(n, a[near], b[near]) > limit
    near &= kind == VERIFIED_CODE
    verified = _others(n, a[near], b[near]) > limit
    believed = kind == VERIFIED_CODE
    return np.where(believed, verified[a], claimed[a]), np.where(believed, verified[b], claimed[b])


def _others(n: int, a: Ints, b: Ints) -> Ints:
    """With how many different others each actor is linked."""
    pairs = np.unique(np.minimum(a, b).astype(np.int64) * n + np.maximum(a, b))
    return np.bincount(pairs // n, minlength=n) + np.bincount(pairs % n, minlength=n)


def _with_several(n: int, device: Ints, human: Ints) -> Bools:
    """The devices that were seen with two humans or more: the first and the last of them differ."""
    least, most = np.full(n, n), np.full(n, -1)
    np.minimum.at(least, device, human)
    np.maximum.at(most, device, human)
    return least < most


def _cut_between(
    n: int, hand_a: Ints, hand_b: Ints, human: Bools, with_human: Bools, kept: Bools
) -> tuple[Bools, Ints]:
    """Drop the device-to-device links of each component that would hold two humans; what stays, and its components."""
    component = _roots(n, hand_a[kept], hand_b[kept])
    parted = np.bincount(component[human], minlength=n)[component] > 1
    if not parted.any():
        return kept, component
    kept = kept & (with_human | ~parted[hand_a])
    # Only the few that were parted are looked at again, under numbers of their own in the same order.
    those = np.flatnonzero(parted)
    number = _numbers(n, those)
    inside = kept & parted[hand_a]
    component[those] = those[_roots(len(those), number[hand_a[inside]], number[hand_b[inside]])]
    return kept, component


def _numbers(n: int, those: Ints) -> Ints:
    """A number for each of a few of n actors, in the same order; of the others it says nothing."""
    number = np.empty(n, np.int64)
    number[those] = np.arange(len(those))
    return number


def _roots(n: int, a: Ints, b: Ints) -> Ints:
    """The smallest actor of each actor's component."""
    count, label = _labels(n, a, b)
    smallest = np.empty(count, np.int64)
    smallest[label[::-1]] = np.arange(n - 1, -1, -1)  # the last one written stays: the smallest
    roots: Ints = smallest[label]
    return roots


def _labels(n: int, a: Ints, b: Ints) -> tuple[int, Ints]:
    """(how many components, the number of each actor's), in no order that means anything."""
    graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(n, n))
    count, label = connected_components(graph, directed=False)
    return count, label


def _named(roots: Ints, is_user: Bools) -> Ints:
    """The components under the name of their user id, the smallest of several."""
    name = np.arange(len(roots))
    users = np.flatnonzero(is_user)[::-1]
    name[roots[users]] = users
    return name[roots]
