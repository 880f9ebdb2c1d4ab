"""Turns numpy arrays into Arrow columns without a Python loop: identifiers, money, words from a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from kundskab.synthetic.rhythms import Array, Ints

MONEY = pa.decimal128(18, 4)
TIME = pa.timestamp("us", tz="UTC")
UNIT = 10_000  # money is counted in whole ten-thousandths, so that sums are exact
NOTHING = np.iinfo(np.int64).min  # no value
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


def words(vocabulary: Sequence[str], codes: Array) -> pa.Array:
    """The word of each code; a negative code is null."""
    missing = codes < 0
    indices = pa.array(np.where(missing, 0, codes), mask=missing)
    return pa.array(list(vocabulary), pa.string()).take(indices)


def times(at: Ints) -> pa.Array:
    return pa.array(at, pa.int64()).cast(TIME)


def money(units: Ints) -> pa.Array:
    """decimal(18,4) from whole ten-thousandths; NOTHING is null."""
    missing = units == NOTHING
    # a decimal128 is two little-endian words; the upper one repeats the sign
    halves = np.empty((len(units), 2), np.int64)
    halves[:, 0] = np.where(missing, 0, units)
    halves[:, 1] = halves[:, 0] >> 63
    return pa.Array.from_buffers(MONEY, len(units), [_validity(missing), pa.py_buffer(halves)])


def hexadecimal(numbers: Ints, salt: int, *, missing: Array | None = None) -> pa.Array:
    """Sixteen signs that look random and differ for different numbers: a mixing of 64 bits that can be undone."""
    mixed = _mix(numbers.astype(np.uint64) ^ np.uint64(salt & (2**64 - 1)))
    shifts = np.arange(60, -4, -4, dtype=np.uint64)
    signs = _HEX[((mixed[:, None] >> shifts) & np.uint64(15)).astype(np.intp)]
    return _fixed(signs, missing)


def numbered(prefix: str, numbers: Ints, width: int, *, missing: Array | None = None) -> pa.Array:
    """prefix and the number with leading zeros, `width` digits."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    digits = (np.maximum(numbers, 0)[:, None] // powers % 10 + ord("0")).astype(np.uint8)
    start = np.frombuffer(prefix.encode(), np.uint8)
    signs = np.concatenate([np.broadcast_to(start, (len(numbers), len(start))), digits], axis=1)
    return _fixed(signs, missing)


def _fixed(signs: Array, missing: Array | None) -> pa.Array:
    """A string column from a matrix of bytes, one row per string; rows marked missing are null."""
    count, width = signs.shape
    if count * width >= 2**31:
        raise ValueError("a text column of 2 GiB or more; ask for smaller chunks")
    offsets = np.arange(count + 1, dtype=np.int32) * width
    nulls = _validity(missing) if missing is not None else None
    return pa.Array.from_buffers(
        pa.string(), count, [nulls, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(signs))]
    )


def _validity(missing: Array) -> Any:
    return pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None


def _mix(x: Array) -> Array:
    # splitmix64's finaliser: a bijection, so two numbers never give the same sixteen signs
    with np.errstate(over="ignore"):
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Array = x ^ (x >> np.uint64(31))
    return mixed
