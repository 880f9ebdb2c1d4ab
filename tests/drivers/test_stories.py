"""Findings about much the same people are one story; others are not, and neither are those that point elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.drivers.alike import Beside
from kundskab.drivers.stories import stories
from kundskab.drivers.trial import Candidate, Trial

N = 400


def trial(did: np.ndarray, visit: np.ndarray | None = None) -> Trial:
    named = tuple(Candidate(str(at), str(at)) for at in range(did.shape[1]))
    nobody = np.zeros(len(did), dtype=np.int64)
    return Trial(
        outcome="stayed", question="", came="", unit="people", candidates=named, x=did.astype(float), did=did,
        base=np.zeros((len(did), 0)), y=np.zeros(len(did)), amount=None, person=nobody, era=nobody, eras=1, visit=visit,
    )  # fmt: skip


def told(*effects: float) -> list[Beside]:
    return [Beside(0.5, 0.4, 0.6, 0.3, 0.2, 0.4, of, of - 0.1, of + 0.1, 100, 300) for of in effects]


@pytest.fixture
def did() -> np.ndarray:
    rng = np.random.default_rng(1)
    guide, other = rng.random(N) < 0.3, rng.random(N) < 0.3
    return np.column_stack([guide & (rng.random(N) < 0.8), guide, other])


def test_the_surest_leads_what_much_the_same_people_did(did: np.ndarray) -> None:
    assert stories(trial(did), [0, 1, 2], told(0.1, 0.2, 0.15)) == {1: 1, 2: 2, 0: 1}


def test_what_points_the_other_way_is_a_story_of_its_own(did: np.ndarray) -> None:
    assert stories(trial(did), [0, 1], told(-0.1, 0.2)) == {1: 1, 0: 0}


def test_moments_of_the_same_visits_go_together() -> None:
    first = np.tile([True, False], N // 2) & (np.arange(N) < N // 2)
    after = np.r_[False, first[:-1]]  # the moment after: never the same, always the same visit

    both = np.column_stack([first, after])

    assert stories(trial(both), [0, 1], told(0.2, 0.1)) == {0: 0, 1: 1}
    assert stories(trial(both, np.arange(N) // 2), [0, 1], told(0.2, 0.1)) == {0: 0, 1: 0}


def test_nothing_found_is_no_story(did: np.ndarray) -> None:
    assert stories(trial(did), [], told(0, 0, 0)) == {}
