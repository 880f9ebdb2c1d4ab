"""Ranks count the whole catalogue: ties by half, no sampled candidates, nothing a person had before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from kundskab.predictions.objects.evaluate import evaluate, ranks
from kundskab.predictions.objects.sequences import Sequences, Split, sequences


@dataclass
class Fixed:
    """The same scores whatever is asked."""

    table: np.ndarray

    def scores(self, history: Sequences, asked_at: np.ndarray) -> np.ndarray:
        return np.asarray(self.table, np.float32)


def asked(history: list[int], target: int, *, catalogue: int) -> Split:
    ann = sequences([0] * len(history), history, range(len(history)), catalogue=catalogue)
    return Split(ann, ann, np.array([target]), np.array([99.0]))


def test_the_rank_counts_what_stands_before() -> None:
    split = asked([0], 2, catalogue=4)

    assert ranks(Fixed([[0.9, 0.5, 0.4, 0.1]]), split).tolist() == [1]
    assert ranks(Fixed([[0.9, 0.5, 0.4, 0.1]]), split, only_new=False).tolist() == [2]


def test_ties_count_half() -> None:
    assert ranks(Fixed([[0.0, 1.0, 1.0, 1.0]]), asked([0], 1, catalogue=4)).tolist() == [1]


def test_ndcg_is_what_the_formula_says() -> None:
    found = evaluate(Fixed([[0.0, 0.9, 0.8, 0.7]]), asked([0], 3, catalogue=4))

    assert found.ndcg == pytest.approx(1 / np.log2(4))
    assert (found.hr, found.n, found.repeats) == (1, 1, 0)


def test_a_target_seen_before_is_told_apart_and_not_ranked_among_the_new() -> None:
    split = asked([0, 1], 1, catalogue=4)

    assert np.isnan(ranks(Fixed(np.ones((1, 4))), split)).all()
    assert not np.isnan(ranks(Fixed(np.ones((1, 4))), split, only_new=False)).any()
    with pytest.raises(ValueError, match="nobody"):
        evaluate(Fixed(np.ones((1, 4))), split)


@pytest.mark.parametrize("shape", [(1, 3), (2, 4), (4,)])
def test_scores_of_sampled_candidates_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="whole catalogue"):
        evaluate(Fixed(np.ones(shape)), asked([0], 1, catalogue=4))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_scores_that_are_no_numbers_are_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        evaluate(Fixed([[0.1, 0.2, wrong, 0.3]]), asked([0], 1, catalogue=4))
