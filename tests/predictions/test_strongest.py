"""What is kept of each row."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from kundskab.predictions.objects.strongest import largest, strongest, strongest_of_dense


def test_the_largest_of_each_row_is_that_of_the_full_row() -> None:
    rng = np.random.default_rng(0)
    full = rng.random((40, 30)) * (rng.random((40, 30)) < 0.1)
    full[[0, 17, 39]] = 0  # rows of nothing, at both ends too

    assert np.allclose(largest(sparse.csr_array(full)), full.max(axis=1))
    assert largest(sparse.csr_array((3, 4))).tolist() == [0, 0, 0]


def test_a_sparse_row_and_a_full_one_keep_the_same() -> None:
    full = np.random.default_rng(1).random((5, 20)).astype(np.float32)

    assert np.array_equal(strongest(sparse.csr_array(full), 4).toarray(), strongest_of_dense(full, 4).toarray())
