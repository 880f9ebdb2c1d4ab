"""Patterns are found where they were planted, foretell better than any box, and nothing is made of too few people."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import sparse

import kundskab.segments.fit
from kundskab.segments.completion import fold_in, halves, perplexity
from kundskab.segments.fit import MAXIMUM, VARIATIONAL, Way, fit, improve
from kundskab.segments.patterns import Patterns

SIZE, BEHAVIOURS, PEOPLE = 4, 40, 3_000


@pytest.fixture(scope="module")
def planted() -> npt.NDArray[np.float64]:
    return np.random.default_rng(3).dirichlet(np.full(BEHAVIOURS, 0.1), SIZE)


@pytest.fixture(scope="module")
def counts(planted: npt.NDArray[np.float64]) -> sparse.csr_array:
    """People who are mixtures of the planted patterns, about twenty events each."""
    return drawn(planted, PEOPLE, np.random.default_rng(5))


def drawn(profiles: npt.NDArray[np.float64], people: int, rng: np.random.Generator) -> sparse.csr_array:
    shares = rng.dirichlet(np.full(len(profiles), 0.15), people)
    events = np.maximum(2, rng.gamma(1.5, 14, people).astype(int))
    chances = shares @ profiles
    rows = [rng.multinomial(n, p / p.sum()) for n, p in zip(events, chances, strict=True)]
    return sparse.csr_array(np.stack(rows).astype(np.float32))


def distance(found: npt.NDArray[np.float32], planted: npt.NDArray[np.float64]) -> float:
    """The worst total variation between a planted profile and its found one, under the best naming."""
    between = np.abs(found[:, None, :] - planted[None]).sum(axis=2) / 2
    return min(max(between[i, j] for i, j in enumerate(order)) for order in permutations(range(SIZE)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_planted_patterns_are_found(counts: sparse.csr_array, planted: npt.NDArray[np.float64], seed: int) -> None:
    found = fit(counts, SIZE, rng=np.random.default_rng(seed))

    assert distance(found.profiles(), planted) < 0.08


@pytest.mark.slow
def test_they_foretell_nearly_as_well_as_the_truth(counts: sparse.csr_array, planted: npt.NDArray[np.float64]) -> None:
    others = drawn(planted, 1_000, np.random.default_rng(9))
    truth = Patterns((planted * 1e6).astype(np.float32))
    alike = Patterns(np.asarray(counts.sum(axis=0))[None].astype(np.float32))

    found = perplexity(fit(counts, SIZE, rng=np.random.default_rng(0)), others)

    assert found < 1.02 * perplexity(truth, others)
    assert found < 0.8 * perplexity(alike, others)


def test_the_same_seed_finds_the_same_patterns(counts: sparse.csr_array) -> None:
    once, again = (fit(counts[:400], SIZE, rng=np.random.default_rng(7), starts=2).counts for _ in range(2))

    assert np.array_equal(once, again)


@pytest.mark.slow
def test_counts_of_patterns_add_up_to_the_events(counts: sparse.csr_array) -> None:
    found = fit(counts, SIZE, rng=np.random.default_rng(0), starts=1)

    assert found.counts.sum() == pytest.approx(counts.sum(), rel=1e-3)
    assert (found.counts >= 0).all()


def test_people_without_events_change_nothing(counts: sparse.csr_array) -> None:
    silent = sparse.csr_array((50, BEHAVIOURS), dtype=np.float32)
    with_silent = sparse.csr_array(sparse.vstack([counts[:400], silent]))

    found = fit(with_silent, SIZE, rng=np.random.default_rng(1), starts=1)

    assert np.array_equal(found.counts, fit(counts[:400], SIZE, rng=np.random.default_rng(1), starts=1).counts)


def test_too_few_people_make_no_segments(counts: sparse.csr_array) -> None:
    with pytest.raises(ValueError, match="3 people with events cannot make 4 segments"):
        fit(counts[:3], SIZE, rng=np.random.default_rng(0))


def test_memberships_are_shares_and_follow_the_events(planted: npt.NDArray[np.float64]) -> None:
    pure = sparse.csr_array(np.stack([np.round(profile * 500) for profile in planted]).astype(np.float32))

    shares = fold_in(planted.astype(np.float32), pure, concentration=0.07)

    assert shares.sum(axis=1) == pytest.approx(np.ones(SIZE), abs=1e-5)
    assert np.array_equal(shares.argmax(axis=1), np.arange(SIZE))
    assert shares.max(axis=1).min() > 0.9


def test_halves_hold_every_event_once(counts: sparse.csr_array) -> None:
    told, asked = halves(counts)

    assert abs(counts - told - asked).sum() == 0


def test_nobody_with_two_events_is_nothing_to_foretell() -> None:
    lonely = sparse.csr_array(np.zeros((3, 2), np.float32))

    with pytest.raises(ValueError, match="nobody here has two events"):
        perplexity(Patterns(np.ones((1, 2), np.float32)), lonely)


@pytest.mark.parametrize("way", [VARIATIONAL, MAXIMUM])
def test_the_longer_steps_end_where_the_plain_ones_end(
    counts: sparse.csr_array, planted: npt.NDArray[np.float64], monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    begun = Patterns((planted * 100 + 0.1).astype(np.float32))
    some, many = counts[:300], replace(way, batches=1, passes=60, updates=60)
    quick = improve(begun, some, way=replace(many, passes=20), rng=np.random.default_rng(0))
    monkeypatch.setattr(kundskab.segments.fit, "_STRIDES", (0,))
    monkeypatch.setattr(kundskab.segments.fit, "_beyond", lambda before, after, least: after)

    plain = improve(begun, some, way=many, rng=np.random.default_rng(0))

    assert np.abs(quick.profiles() - plain.profiles()).sum(axis=1).max() < 0.02
