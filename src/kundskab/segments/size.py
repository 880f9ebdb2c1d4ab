"""How many segments there are: the fewest that foretell held-out events nearly as well as any number, and that come
out alike when they are learnt from other people. The user is not asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from kundskab.segments.completion import perplexity
from kundskab.segments.fit import fit
from kundskab.segments.patterns import Floats, Patterns

SIZES = (1, 2, 3, 4, 6, 9, 13, 18, 25)  # tried upwards; then those between, around the best
WITHIN = 0.005  # of the best perplexity; less is not worth another segment to keep in mind
LEARN_FROM, JUDGE_BY = 6_000, 2_000  # people
FEWEST = 50  # people; fewer make one segment
ALIKE = 0.6  # of what segments hold must be found again from other people
CONCENTRATIONS = (0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)
_PATIENCE = 2  # sizes without a better one, and no more are tried
_STARTS, _STARTS_CLOSE, _STARTS_AGAIN = 2, 4, 4


@dataclass(frozen=True, slots=True)
class Tried:
    """One number of segments.  perplexity: of people not learnt from.  alike: 0 to 1; nan where it was not asked."""

    size: int
    perplexity: float
    alike: float = float("nan")


@dataclass(frozen=True, slots=True)
class Choice:
    """size, patterns of so many segments to begin from, and every number that was tried, so that a page can say why."""

    size: int
    patterns: Patterns | None = None
    tried: tuple[Tried, ...] = ()


def chosen_size(counts: sparse.csr_array, *, rng: np.random.Generator, sizes: tuple[int, ...] = SIZES) -> Choice:
    """How many segments these people make. counts: shape (people, behaviours).

    1 means that there is nothing to tell people apart by: nobody's events say anything of their other events.
    """
    some = counts[np.flatnonzero(np.asarray((counts > 0).sum(axis=1)).ravel() >= 2)]
    if some.shape[0] < FEWEST:
        return Choice(1)
    learnt, again, judged = _parted(some, rng)
    found: dict[int, tuple[float, Patterns]] = {}

    def look(size: int, starts: int) -> None:
        patterns = fit(learnt, size, rng=rng, starts=starts)
        found[size] = perplexity(patterns, judged), patterns

    best = 1
    for size in sizes:
        if size > max(1, learnt.shape[0] // 10):
            break
        look(size, _STARTS)
        best = min(found, key=lambda one: found[one][0])
        if sum(one > best for one in found) >= _PATIENCE:
            break
    while (between := _between(sorted(found), best)) is not None:
        look(between, _STARTS_CLOSE)
        best = min(found, key=lambda one: found[one][0])
    return _settled(found, again, rng)


def _parted(
    some: sparse.csr_array, rng: np.random.Generator
) -> tuple[sparse.csr_array, sparse.csr_array, sparse.csr_array]:
    """People to learn from, others to learn from again, and others to judge by."""
    order = rng.permutation(some.shape[0])
    held = min(JUDGE_BY, some.shape[0] // 4)
    others = order[held:]
    first, second = others[:LEARN_FROM], others[LEARN_FROM : 2 * LEARN_FROM]
    if len(second) < len(first) // 2:  # few people: two thirds of them each
        first, second = (others[rng.permutation(len(others))[: -(-2 * len(others) // 3)]] for _ in range(2))
    return some[first], some[second], some[order[:held]]


def _between(tried: list[int], best: int) -> int | None:
    """The next size to try: half-way to the neighbour of the best that is further away; None when both are near."""
    if best <= 2:  # two or none is decided already
        return None
    place = tried.index(best)
    gaps = [(best - tried[place - 1], tried[place - 1])]
    if place + 1 < len(tried):
        gaps.append((tried[place + 1] - best, tried[place + 1]))
    gap, neighbour = max(gaps)
    return (best + neighbour) // 2 if gap > 1 else None


def together(patterns: Patterns, one: int, other: int) -> Patterns:
    """Segment `other` put into segment `one`."""
    counts = patterns.counts.copy()
    counts[one] += counts[other]
    return replace(patterns, counts=np.delete(counts, other, axis=0))


def _settled(found: dict[int, tuple[float, Patterns]], again: sparse.csr_array, rng: np.random.Generator) -> Choice:
    """The smallest size that foretells nearly as well as the best and comes out alike from other people."""
    tried = {size: Tried(size, score) for size, (score, _) in sorted(found.items())}
    best = min(one.perplexity for one in tried.values())
    size = min(size for size, one in tried.items() if one.perplexity <= best * (1 + WITHIN))
    looks = 0
    while size > 1:
        alike = agreement(found[size][1], fit(again, size, rng=rng, starts=_STARTS_AGAIN))
        tried[size] = replace(tried[size], alike=alike)
        looks += 1
        if alike >= ALIKE or looks == 3:  # after three, the last is taken, and the page tells how unlike it comes out
            break
        size = max(other for other in tried if other < size)
    return Choice(size, found[size][1], tuple(tried.values()))


def agreement(one: Patterns, other: Patterns) -> float:
    """How much of two learnings is the same, 0 to 1: the overlap of matched profiles, weighted by their events."""
    overlap = 1 - _variation(one.profiles(), other.profiles())
    rows, columns = linear_sum_assignment(-overlap)
    weight = one.counts.sum(axis=1) / max(float(one.counts.sum()), 1e-9)
    return float((overlap[rows, columns] * weight[rows]).sum())


def distances(one: Floats, other: Floats) -> npt.NDArray[np.float64]:
    """Hellinger distance of each profile to each other one, 0 to 1: shape (len(one), len(other))."""
    kept: npt.NDArray[np.float64] = np.sqrt(
        np.maximum(0, 1 - np.sqrt(one.astype(float)) @ np.sqrt(other.astype(float)).T)
    )
    return kept


def concentration(patterns: Patterns, counts: sparse.csr_array) -> Patterns:
    """The same patterns with the smallest concentration of memberships that foretells nearly as well as the best.

    Too large a one foretells as well and pulls everybody to the middle, so that intervals miss what people are.
    """
    tried = [replace(patterns, concentration=each) for each in CONCENTRATIONS]
    losses = [perplexity(each, counts) for each in tried]
    return next(each for each, loss in zip(tried, losses, strict=True) if loss <= min(losses) * (1 + WITHIN))


def _variation(one: Floats, other: Floats) -> npt.NDArray[np.float64]:
    return np.array([0.5 * np.abs(row - other).sum(axis=1) for row in one.astype(float)])
