"""Intervals proven by simulation: of many made worlds, about 95 in 100 intervals hold the truth.

With 4,000 worlds the share itself is known to about 0.7 points, so 93-97 is a test that can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from kundskab.metrics.readings import bootstrap, compound, mean, poisson, ratio, signed, wilson

WORLDS = 4000


def held(truth: float, intervals: Iterable[tuple[float, float]]) -> float:
    """The share of intervals that hold the truth."""
    return float(np.mean([_holds(truth, interval) for interval in intervals]))


def _holds(truth: float, interval: tuple[float, float]) -> bool:
    return bool(interval[0] <= truth <= interval[1])


@pytest.mark.parametrize(("p", "n"), [(0.03, 300), (0.1, 50), (0.3, 25), (0.5, 400), (0.9, 120)])
def test_shares(p: float, n: int) -> None:
    rng = np.random.default_rng(11)
    # A single p meets the lattice of counts well or badly by luck; what holds 95 in 100 times is p and its neighbours.
    truths = rng.uniform(p * 0.7, min(p * 1.3, 0.99), WORLDS)

    covered = np.mean([_holds(truth, wilson(int(rng.binomial(n, truth)), n)) for truth in truths])

    assert 0.93 <= covered <= 0.97


@pytest.mark.parametrize("rate", [0.5, 3.0, 40.0, 900.0])
def test_counts_of_persons_never_promise_too_much(rate: float) -> None:
    rng = np.random.default_rng(12)

    covered = held(rate, (poisson(int(k)) for k in rng.poisson(rate, WORLDS)))

    # Exact means at least: small counts are coarse, so their intervals hold more often than promised.
    assert covered >= 0.945
    assert covered <= 0.97 or rate < 40


@pytest.mark.parametrize("people", [15, 60, 400])
def test_events_that_hang_together_in_persons(people: int) -> None:
    rng = np.random.default_rng(13)

    def worlds() -> Iterable[tuple[float, float]]:
        for came in rng.poisson(people, WORLDS):
            each = rng.geometric(0.3, came)
            yield compound(float(each.sum()), float((each**2).sum()), float(each.max(initial=0)))

    assert 0.93 <= held(people / 0.3, worlds()) <= 0.985


def test_counting_events_as_if_they_were_people_would_promise_too_much() -> None:
    rng = np.random.default_rng(13)

    naive = (poisson(int(rng.geometric(0.3, came).sum())) for came in rng.poisson(60, WORLDS))

    assert held(60 / 0.3, naive) < 0.8


def test_sums_with_refunds() -> None:
    rng = np.random.default_rng(14)

    def worlds() -> Iterable[tuple[float, float]]:
        for came in rng.poisson(200, WORLDS):
            amounts = rng.normal(5, 30, came)
            yield signed(float(amounts.sum()), float((amounts**2).sum()))

    assert 0.93 <= held(1000, worlds()) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(
    "draw",
    [lambda rng: rng.normal(3, 2, 8), lambda rng: rng.poisson(3, 60), lambda rng: rng.gamma(1.5, 2, 150)],
    ids=["few and normal", "counts", "skew"],
)
def test_means(draw: Callable[[np.random.Generator], np.ndarray]) -> None:
    rng = np.random.default_rng(15)

    assert 0.93 <= held(3, (_ends(mean(draw(rng), "days")) for _ in range(WORLDS))) <= 0.97


@pytest.mark.slow
def test_ratios_of_things_that_hang_together_in_persons() -> None:
    rng = np.random.default_rng(16)

    def worlds() -> Iterable[tuple[float, float]]:
        for _ in range(WORLDS):
            habit = rng.beta(2, 6, 200)
            visits = rng.poisson(4, 200) + 1
            yield _ends(ratio(rng.binomial(visits, habit), visits, "share"))

    assert 0.93 <= held(0.25, worlds()) <= 0.97


@pytest.mark.slow
def test_medians_by_drawing_persons_again() -> None:
    rng = np.random.default_rng(17)

    intervals = (
        _ends(bootstrap(rng.exponential(10, 101), np.median, "days", rng=rng, rounds=300)) for _ in range(1000)
    )

    assert 0.92 <= held(10 * np.log(2), intervals) <= 0.975  # 1,000 worlds: known to 1.4 points


def _ends(reading: object) -> tuple[float, float]:
    return reading.low, reading.high  # type: ignore[attr-defined]
