"""Only the strongest of each row are kept: they decide who stands tenth among thousands, and memory is bounded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

KEPT = 200  # per object
CELLS = 6_000_000  # of all objects together: 48 MB


def most(catalogue: int) -> int:
    """How many others are kept for each object: 200, fewer in a large catalogue, at least 20."""
    return int(np.clip(CELLS // max(catalogue, 1), 20, KEPT))


def largest(matrix: sparse.csr_array) -> npt.NDArray[np.float32]:
    """The largest of each row, 0 where there is none above. Unlike scipy's max it need not sort the columns first.

    No cell may stand twice.
    """
    found = np.zeros(matrix.shape[0], np.float32)
    some = np.diff(matrix.indptr) > 0
    if some.any():
        found[some] = np.maximum.reduceat(matrix.data, matrix.indptr[:-1][some])
    return np.maximum(found, 0)


def strongest(matrix: sparse.csr_array, keep: int) -> sparse.csr_array:
    """The `keep` largest of each row that are above 0, as float32."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    place = np.arange(len(rows)) - matrix.indptr[rows]
    kept = np.sort(order[(place < keep) & (matrix.data[order] > 0)])
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows[kept], minlength=matrix.shape[0]))))
    return sparse.csr_array((matrix.data[kept].astype(np.float32), matrix.indices[kept], starts), shape=matrix.shape)


def strongest_of_dense(rows: npt.NDArray[np.float32], keep: int) -> sparse.csr_array:
    """The same for a block of full rows."""
    keep = min(keep, rows.shape[1])
    columns = np.argpartition(rows, rows.shape[1] - keep, axis=1)[:, rows.shape[1] - keep :]
    columns.sort(axis=1)
    values = np.take_along_axis(rows, columns, axis=1)
    above = values > 0
    starts = np.concatenate(([0], np.cumsum(above.sum(axis=1))))
    return sparse.csr_array((values[above].astype(np.float32), columns[above], starts), shape=rows.shape)
