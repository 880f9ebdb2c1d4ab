"""Learning patterns from counts: latent Dirichlet allocation, whole batches of people at a time.

Two ways to take a person's memberships within the fit, chosen by held-out events: the *variational* one (Hoffman, Blei
& Bach 2010) where people are many, and the *maximum* one (MAP, equal to Kullback-Leibler factorisation with a prior)
where they are few and behaviours many. After one pass with a falling learning rate, each batch's part of the counts is
exchanged for its new one (incremental EM, Neal & Hinton 1998), which leaves no noise of the rate behind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.special import digamma

from kundskab.segments.completion import perplexity
from kundskab.segments.patterns import CONCENTRATION, SMOOTHING, Floats, Patterns
from kundskab.segments.start import grouped_profiles

STARTS = 4
START_PEOPLE = 8_000
_HELD_OUT = 0.1  # of the people that starts are tried on
_START_PASSES = 4
_BATCH = 4_096
_RATE_DELAY, _RATE_POWER = 8.0, 0.7
_TINY = 1e-30


@dataclass(frozen=True, slots=True)
class Way:
    """How memberships are taken within the fit, and for how long.  steps: per batch and pass."""

    variational: bool
    passes: int
    steps: int
    batch: int = _BATCH


VARIATIONAL = Way(variational=True, passes=8, steps=6)
MAXIMUM = Way(variational=False, passes=40, steps=3, batch=512)


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
    scored = [(way, _tried(first, way, tried, judged, rng)) for way in (VARIATIONAL, MAXIMUM)]
    way, best = min(scored, key=lambda one: one[1].perplexity)
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
    parts = max(1, round(people / way.batch))
    groups = [counts[ids] for ids in np.array_split(rng.permutation(people), parts)]
    memberships: list[Floats | None] = [None] * parts
    learnt: list[Floats] = [np.zeros_like(patterns.counts)] * parts
    held = np.zeros_like(patterns.counts) if prior is None else prior
    now = patterns.scaled_to(total).counts
    for turn in range(way.passes):
        if turn == 1:
            now = np.sum(learnt, axis=0, dtype=np.float32)
        for part, group in enumerate(groups):
            seen = replace(patterns, counts=now + held)
            new, memberships[part] = _part(seen, group, memberships[part], way)
            if turn == 0:
                rate = np.float32((part + 1 + _RATE_DELAY) ** -_RATE_POWER) if parts > 1 else np.float32(1)
                now = (1 - rate) * now + rate * new * np.float32(total / float(group.sum()))
            else:
                now = np.maximum(now - learnt[part] + new, 0)
            learnt[part] = new
    return replace(patterns, counts=(now + held).astype(np.float32))


def _part(patterns: Patterns, group: sparse.csr_array, begun: Floats | None, way: Way) -> tuple[Floats, Floats]:
    """The counts per segment and behaviour that this group brings, and its memberships to go on from."""
    profiles = patterns.likely_profiles() if way.variational else patterns.profiles()
    by_behaviour = np.ascontiguousarray(profiles.T)
    at_cells = by_behaviour[group.indices]
    per_person = np.diff(group.indptr)
    prior, ones = np.float32(patterns.concentration), np.ones(patterns.size, np.float32)
    ratio = sparse.csr_array((np.empty_like(group.data), group.indices, group.indptr), shape=group.shape)
    theirs = begun if begun is not None else np.full((group.shape[0], patterns.size), prior + 1, np.float32)
    for step in range(way.steps):
        weight = np.exp(digamma(theirs)).astype(np.float32) if way.variational else theirs
        each = np.repeat(weight, per_person, axis=0)
        expected = np.multiply(each, at_cells, out=each) @ ones  # quicker than einsum over so few segments
        np.divide(group.data, np.maximum(expected, _TINY), out=ratio.data)
        if step < way.steps - 1:
            theirs = weight * (ratio @ by_behaviour) + prior
            if not way.variational:
                theirs /= theirs.sum(axis=1, keepdims=True)
    brought: Floats = profiles * (ratio.T @ weight).T
    return brought, theirs


@dataclass(frozen=True, slots=True)
class _Tried:
    """A start after a few passes, and how well it foretells people it did not see."""

    patterns: Patterns
    perplexity: float


def _tried(
    begun: Patterns, way: Way, tried: sparse.csr_array, judged: sparse.csr_array, rng: np.random.Generator
) -> _Tried:
    batch = tried.shape[0] if way.variational else way.batch  # few people: the variational way wants all of them
    patterns = improve(begun, tried, way=replace(way, passes=_START_PASSES, steps=3, batch=batch), rng=rng)
    return _Tried(patterns, perplexity(patterns, judged))


def _with_events(counts: sparse.csr_array) -> sparse.csr_array:
    counts = sparse.csr_array(counts, dtype=np.float32)
    some = np.diff(counts.indptr) > 0
    return counts if some.all() else counts[some]
