"""Memberships: their intervals cover what they say, are wide where little was seen, and both ways agree."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import sparse

from kundskab.segments.memberships import Memberships, exactly, swiftly
from kundskab.segments.patterns import Patterns

SIZE, BEHAVIOURS, SPREAD = 8, 120, 0.12


def people(events: int, n: int, seed: int = 5) -> tuple[Patterns, npt.NDArray[np.float64], sparse.csr_array]:
    """Planted patterns, what people really are, and so many events of each."""
    rng = np.random.default_rng(seed)
    profiles = rng.dirichlet(np.full(BEHAVIOURS, 0.1), SIZE)
    shares = rng.dirichlet(np.full(SIZE, SPREAD), n)
    counts = rng.multinomial(events, shares @ profiles)
    return Patterns((profiles * 1e7).astype(np.float32), concentration=SPREAD), shares, sparse.csr_array(counts * 1.0)


def covered(found: Memberships, shares: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Share of people whose top segment's true share lies in its interval; the same of other segments of weight."""
    inside = (found.low <= shares) & (shares <= found.high)
    top = found.weight.argmax(axis=1)
    others = (found.weight > 0.05) & (found.weight < found.weight.max(axis=1, keepdims=True))
    return float(inside[np.arange(len(top)), top].mean()), float(inside[others].mean())


@pytest.mark.parametrize("events", [3, 10, 30, 100])
def test_the_swift_interval_covers_what_it_says(events: int) -> None:
    patterns, shares, counts = people(events, 1_500)

    top, others = covered(swiftly(patterns, counts), shares)

    # 1,500 people: a standard error of 0.008.
    assert 0.85 <= top <= 0.95
    assert 0.80 <= others <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("events", [3, 10, 30, 100])
def test_the_exact_interval_covers_what_it_says(events: int) -> None:
    patterns, shares, counts = people(events, 600)

    top, others = covered(exactly(patterns, counts, rng=np.random.default_rng(1)), shares)

    assert 0.85 <= top <= 0.95
    assert 0.85 <= others <= 0.95


@pytest.mark.slow
def test_both_ways_agree() -> None:
    patterns, _, counts = people(30, 60)

    swift, exact = swiftly(patterns, counts), exactly(patterns, counts, rng=np.random.default_rng(1))

    assert np.abs(swift.weight - exact.weight).sum(axis=1).mean() < 0.15
    assert swift.weight.sum(axis=1) == pytest.approx(np.ones(60), abs=1e-4)
    for found in (swift, exact):
        assert (found.low <= found.weight + 1e-6).all()
        assert (found.weight <= found.high + 1e-6).all()


def test_of_whom_we_saw_little_it_is_too_early_to_say() -> None:
    _, _, few = people(3, 200)
    patterns, _, many = people(100, 200)

    assert swiftly(patterns, few).sure.mean() < 0.1
    assert swiftly(patterns, many).sure.mean() > 0.9


def test_who_did_nothing_is_nobody_in_particular() -> None:
    patterns, _, _ = people(3, 1)

    found = swiftly(patterns, sparse.csr_array((2, BEHAVIOURS), dtype=np.float32))

    assert found.weight == pytest.approx(np.full((2, SIZE), 1 / SIZE), abs=1e-5)
    assert not found.sure.any()
    assert found.events.tolist() == [0, 0]


def test_nobody_at_all_has_no_memberships() -> None:
    patterns, _, _ = people(3, 1)

    assert swiftly(patterns, sparse.csr_array((0, BEHAVIOURS), dtype=np.float32)).weight.shape == (0, SIZE)


def test_a_faded_event_tells_less_than_a_fresh_one() -> None:
    patterns, _, counts = people(30, 300)

    fresh, faded = swiftly(patterns, counts), swiftly(patterns, counts * 0.3)

    assert (faded.high - faded.low).max(axis=1).mean() > 1.3 * (fresh.high - fresh.low).max(axis=1).mean()
