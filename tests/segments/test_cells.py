"""The products that fits and memberships are made of, against their plain formulas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.special import digamma

from kundskab.segments import cells
from kundskab.segments.cells import Cells, parts
from kundskab.segments.completion import at_cells, fold_in
from kundskab.segments.patterns import likely


@pytest.fixture
def counts() -> sparse.csr_array:
    """Sixty people, every fifth of whom did nothing."""
    dense = np.random.default_rng(1).poisson(0.4, (60, 25)).astype(np.float32)
    dense[4::5] = 0
    return sparse.csr_array(dense)


@pytest.fixture
def profiles() -> np.ndarray:
    return np.random.default_rng(2).dirichlet(np.full(25, 0.3), 4).astype(np.float32)


def shares_of(people: int) -> np.ndarray:
    return np.random.default_rng(3).dirichlet(np.full(4, 0.3), people).astype(np.float32)


def test_a_cell_is_expected_by_the_sum_over_segments(counts: sparse.csr_array, profiles: np.ndarray) -> None:
    shares = shares_of(60)

    found = Cells(counts, profiles).expected(shares)

    assert found == pytest.approx((shares @ profiles)[counts.nonzero()], rel=1e-5)


def test_the_ratio_is_what_was_counted_over_what_was_expected(counts: sparse.csr_array, profiles: np.ndarray) -> None:
    shares = shares_of(60)

    found = Cells(counts, profiles).ratio(shares).toarray()

    assert found == pytest.approx(counts.toarray() / (shares @ profiles), rel=1e-4)


@pytest.mark.parametrize("size", [1, 7, 40, 10_000])
def test_parts_hold_everybody_once_and_in_order(
    counts: sparse.csr_array, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(cells, "_PART", size)

    found = list(parts(counts))

    assert np.concatenate([np.arange(60)[people] for people, _ in found]).tolist() == list(range(60))
    assert (sparse.vstack([some for _, some in found]) != counts).nnz == 0


@pytest.mark.parametrize("people", [0, 3])
def test_those_who_did_nothing_are_a_part_too(people: int) -> None:
    nothing = sparse.csr_array((people, 25), dtype=np.float32)

    assert sum(some.shape[0] for _, some in parts(nothing)) == people


def test_in_parts_or_at_once_is_the_same(
    counts: sparse.csr_array, profiles: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fold_in(profiles, counts, concentration=0.1), at_cells(shares_of(60), profiles, counts)
    monkeypatch.setattr(cells, "_PART", 20)

    inparts = fold_in(profiles, counts, concentration=0.1), at_cells(shares_of(60), profiles, counts)

    assert inparts[0] == pytest.approx(whole[0], abs=1e-6)
    assert inparts[1] == pytest.approx(whole[1], rel=1e-6)


def test_likely_is_exp_of_digamma() -> None:
    raised = np.geomspace(0.02, 1e6, 500).astype(np.float32)

    assert likely(raised) == pytest.approx(np.exp(digamma(raised.astype(np.float64))), rel=3e-4)
