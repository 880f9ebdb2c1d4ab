from __future__ import annotations

from decimal import Decimal

import numpy as np

from kundskab.synthetic.batch import batch, choose, join, spans
from kundskab.synthetic.columns import NOTHING, hexadecimal, money, numbered, words


def test_money_is_exact_above_and_below_zero() -> None:
    units = np.array([12_345, -1, 0, NOTHING, 99_999_999_999_9999], np.int64)

    assert money(units).to_pylist() == [
        Decimal("1.2345"), Decimal("-0.0001"), Decimal("0.0000"), None, Decimal("99999999999.9999"),
    ]  # fmt: skip


def test_sixteen_signs_never_repeat_and_do_not_show_the_order() -> None:
    signs = hexadecimal(np.arange(100_000), salt=2**63 + 5).to_pylist()

    assert len(set(signs)) == 100_000
    assert signs != sorted(signs)
    assert all(len(one) == 16 for one in signs[:100])
    assert hexadecimal(np.arange(3), salt=1).to_pylist() != hexadecimal(np.arange(3), salt=2).to_pylist()


def test_numbers_are_filled_with_zeros_and_may_be_missing() -> None:
    missing = np.array([False, True, False])

    assert numbered("Å-", np.array([7, 8, 12345]), 5, missing=missing).to_pylist() == ["Å-00007", None, "Å-12345"]


def test_a_negative_code_is_no_word() -> None:
    assert words(["a", "b"], np.array([1, -1, 0])).to_pylist() == ["b", None, "a"]
    assert words(["a"], np.array([], np.int64)).to_pylist() == []


def test_spans_count_on_from_each_start() -> None:
    assert spans(np.array([5, 9, 0]), np.array([2, 0, 3])).tolist() == [5, 6, 0, 1, 2]


def test_order_lines_follow_their_order_through_joining_and_choosing() -> None:
    ann = batch(1, at=1, lines_from=0, lines=2, line_object=[10, 11], line_quantity=[1, 1], line_price=[5, 6])
    bo = batch(1, at=2)
    cy = batch(
        2, at=[3, 4], lines_from=[0, 1], lines=[1, 1], line_object=[30, 40], line_quantity=[1, 1], line_price=[7, 8]
    )

    chosen = choose(join([ann, bo, cy]), np.array([3, 1, 0]))

    assert chosen.at.tolist() == [4, 2, 1]
    assert chosen.lines.tolist() == [1, 0, 2]
    assert chosen.line_object.tolist() == [40, 10, 11]
    assert chosen.line_price.tolist() == [8, 5, 6]


def test_nothing_joined_is_an_empty_batch() -> None:
    assert len(join([])) == len(join([batch(0), batch(0)])) == 0
