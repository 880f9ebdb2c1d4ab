"""Learning patterns from counts: latent Dirichlet allocation, whole batches of people at a time.

Two ways to take a person's memberships within the fit, chosen by held-out events: the *variational* one (Hoffman, Blei
& Bach 2010) where people are many, and the *maximum* one (MAP, equal to Kullback-Leibler factorisation with a prior)
where they are few and behaviours many. After one pass with a falling learning rate, each batch's part of the counts is
exchanged for its new one (incremental EM, Neal & Hinton 1998), which leaves no noise of the rate behind. Memberships
and, between passes, counts go further than a plain step (over-relaxation; Salakhutdinov & Roweis 2003): it ends at the
same place in a third of the passes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from kundskab.segments.cells import Cells
from kundskab.segments.completion import perplexity
from kundskab.segments.patterns import CONCENTRATION, SMOOTHING, Floats, Patterns, likely
from kundskab.segments.start import grouped_profiles

STARTS = 4
START_PEOPLE = 8_000
_HELD_OUT = 0.1  # of the people that starts are tried on
_START_BATCH = 256
_LEAST_BATCH = 256  # people
_RATE_DELAY, _RATE_POWER = 8.0, 0.7
_FIRST_STEPS = 5  # of people whose memberships are not known from a pass before
_STEPS_ANEW = 12
_STRIDES = (7, 0, 1)  # passes in turn: how much further counts go than the pass before took them
_FURTHEST = 10.0  # times as many; the last pass is a plain one


@dataclass(frozen=True, slots=True)
class Way:
    """How memberships are taken within the fit, and for how long.  steps: per batch and pass.

    batch: people at once, at most; fewer where people are few, so that there are `batches` of them.
    updates: of the patterns, one a batch; where people are many, fewer passes bring them, but never fewer than `least`.
    anew: so many passes at the end find memberships from nothing, which leaves places that were taken early and held.
    """

    variational: bool
    passes: int
    steps: int
    batch: int = 4_096
    batches: int = 20
    updates: int = 110
    least: int = 2
    anew: int = 0


VARIATIONAL = Way(variational=True, passes=8, steps=2, least=4, anew=2)
MAXIMUM = Way(variational=False, passes=23, steps=2, batch=256, updates=300)


def fit(
    counts: sparse.csr_array,
    size: int,
    *,
    rng: np.random.Generator,
    concentration: float = CONCENTRATION,
    smoothing: float = SMOOTHING,
    starts: int = STARTS,
) -> Patterns:
    """Patterns of `size` segments. counts: shape (people, behaviours), events >= 0, rows without events are left out.

    Several starts are tried on some people, and the one that best foretells events of others goes on.
    Raises ValueError when fewer people did anything than there are segments.
    """
    counts = _with_events(counts)
    if counts.shape[0] < size:
        raise ValueError(f"{counts.shape[0]} people with events cannot make {size} segments")
    sample = counts[rng.permutation(counts.shape[0])[:START_PEOPLE]]
    held = int(sample.shape[0] * _HELD_OUT) if sample.shape[0] > 10 * size else 0
    judged, tried = (sample[:held], sample[held:]) if held else (sample, sample)
    first = Patterns(grouped_profiles(tried, size, rng), smoothing, concentration)
    begun_as = [(way, _tried(first, way, tried, judged, rng)) for way in (VARIATIONAL, MAXIMUM)]
    # The maximum is there sooner, and only then fits too well: the ways part after a few passes more.
    way, best = min(begun_as, key=lambda one: _tried(one[1].patterns, one[0], tried, judged, rng, passes=3).perplexity)
    for _ in range(starts - 1):
        begun = Patterns(grouped_profiles(tried, size, rng), smoothing, concentration)
        best = min(best, _tried(begun, way, tried, judged, rng), key=lambda one: one.perplexity)
    return improve(best.patterns, counts, way=way, rng=rng)


def improve(
    patterns: Patterns,
    counts: sparse.csr_array,
    *,
    way: Way,
    rng: np.random.Generator,
    prior: Floats | None = None,
) -> Patterns:
    """The patterns after learning from these counts, beginning where they are.

    prior: shape (segments, behaviours), counts from before that hold on; None for none.
    """
    counts = _with_events(counts)
    people, total = counts.shape[0], float(counts.sum())
    number = max(1, round(people / way.batch), min(way.batches, round(people / _LEAST_BATCH)))
    groups = [counts[ids] for ids in np.array_split(rng.permutation(people), number)]
    memberships: list[Floats | None] = [None] * number
    learnt: list[Floats] = [np.zeros_like(patterns.counts)] * number
    held = np.zeros_like(patterns.counts) if prior is None else prior
    now = before = patterns.scaled_to(total).counts
    passes = min(way.passes, max(way.least, -(-way.updates // number)))
    for turn in range(passes):
        if turn == 1:
            now = np.sum(learnt, axis=0, dtype=np.float32)
        elif 1 < turn < passes - 1 and (stride := _STRIDES[turn % len(_STRIDES)]):
            further = _further(before, now, patterns.smoothing, stride)
            now = now * further
            learnt = [each * further for each in learnt]
        before = now
        for part, group in enumerate(groups):
            seen = replace(patterns, counts=now + held)
            is_anew = turn >= max(1, passes - way.anew)
            new, memberships[part] = _part(seen, group, None if is_anew else memberships[part], way, is_anew=is_anew)
            if turn == 0:
                rate = np.float32((part + 1 + _RATE_DELAY) ** -_RATE_POWER) if number > 1 else np.float32(1)
                now = (1 - rate) * now + rate * new * np.float32(total / float(group.sum()))
            else:
                now = np.maximum(now - learnt[part] + new, 0)
            learnt[part] = new
    return replace(patterns, counts=(now + held).astype(np.float32))


def _part(
    patterns: Patterns, group: sparse.csr_array, begun: Floats | None, way: Way, *, is_anew: bool
) -> tuple[Floats, Floats]:
    """The counts per segment and behaviour that this group brings, and its memberships to go on from."""
    profiles = patterns.likely_profiles() if way.variational else patterns.profiles()
    cells, prior = Cells(group, profiles), np.float32(patterns.concentration)
    theirs = begun if begun is not None else np.full((group.shape[0], patterns.size), prior + 1, np.float32)
    steps = way.steps if begun is not None else max(way.steps, _STEPS_ANEW if is_anew else _FIRST_STEPS)
    for _ in range(steps):
        weight = likely(theirs) if way.variational else theirs / theirs.sum(axis=1, keepdims=True)
        ratio = cells.ratio(weight)
        theirs = _beyond(theirs, weight * (ratio @ cells.by_behaviour) + prior, prior)
    brought: Floats = profiles * (ratio.T @ weight).T
    return brought, theirs


def _beyond(before: Floats, after: Floats, least: np.float32) -> Floats:
    """1.75 times as far as this step, in logarithms: below 2 it ends at the same place, in about half the steps."""
    times = after / before
    times *= np.sqrt(times)
    reached: Floats = after * np.sqrt(times)
    return np.maximum(reached, least, out=reached)


def _further(before: Floats, after: Floats, smoothing: float, stride: int) -> Floats:
    """What counts are multiplied by to go `stride` times as far again as the last pass took them, in logarithms."""
    most = np.float32(_FURTHEST ** (1 / stride))
    times: Floats = (after + np.float32(smoothing)) / (before + np.float32(smoothing))
    return np.clip(times, 1 / most, most) ** stride


@dataclass(frozen=True, slots=True)
class _Tried:
    """A start after a few passes, and how well it foretells people it did not see."""

    patterns: Patterns
    perplexity: float


def _tried(
    begun: Patterns,
    way: Way,
    tried: sparse.csr_array,
    judged: sparse.csr_array,
    rng: np.random.Generator,
    *,
    passes: int = 1,
) -> _Tried:
    patterns = improve(begun, tried, way=replace(way, passes=passes, batch=_START_BATCH, anew=0), rng=rng)
    return _Tried(patterns, perplexity(patterns, judged))


def _with_events(counts: sparse.csr_array) -> sparse.csr_array:
    counts = sparse.csr_array(counts, dtype=np.float32)
    some = np.diff(counts.indptr) > 0
    return counts if some.all() else counts[some]
