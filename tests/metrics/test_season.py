"""Season told apart from change: of 100 ordinary periods about 5 are told as differing, and a real change is seen."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest

from kundskab.metrics.season import FEWEST_BEFORE, season

LENGTH = {"day": 7, "week": 52.1775, "month": 12}


def world(
    rng: np.random.Generator, step: str, n: int, *, level: float, swing: float, change: float = 0.0
) -> list[float]:
    """Counts with a season and more rest than Poisson; the last one changed by a factor of e to the power of change."""
    mean = level * np.exp(swing * np.sin(2 * np.pi * np.arange(n) / LENGTH[step]))
    mean[-1] *= np.exp(change)
    return [float(count) for count in rng.poisson(mean * rng.gamma(100, 1 / 100, n))]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "n", "level", "swing"),
    [
        ("week", 30, 120, 0.0),
        ("week", 130, 120, 0.4),
        ("week", 130, 8, 0.4),
        ("month", 40, 500, 0.4),
        ("day", 60, 40, 0.5),
    ],
)
def test_of_100_ordinary_periods_at_most_about_5_differ(step: str, n: int, level: float, swing: float) -> None:
    rng = np.random.default_rng(41)
    worlds = 300

    told = [season(world(rng, step, n, level=level, swing=swing), step) for _ in range(worlds)]

    alarms = np.mean([found.differs for found in told if found])
    assert all(told)
    assert alarms <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / worlds)


def test_a_real_change_is_seen() -> None:
    rng = np.random.default_rng(5)

    seen = [season(world(rng, "week", 40, level=120, swing=0.0, change=0.7), "week") for _ in range(40)]

    assert np.mean([bool(found and found.differs) for found in seen]) > 0.9


def test_what_comes_every_weekday_is_no_change() -> None:
    week = [100.0, 100, 100, 100, 100, 20, 20]
    values = [value + n % 3 for n, value in enumerate(week * 9)]  # ends on a quiet Sunday

    found = season(values, "day")

    assert found is not None
    assert found.kinds == ("weekday",)
    assert not found.differs
    assert abs(found.step_by_season) < 10  # Saturday was as quiet
    assert (saturday := season(values[:-1], "day")) is not None
    assert saturday.step_by_season < -40


def test_hidden_periods_are_not_known_and_too_few_say_nothing() -> None:
    assert season([20.0] * FEWEST_BEFORE, "week") is None
    assert season([20.0] * 60 + [nan], "week") is None
    assert season([nan] * 40 + [20.0], "week") is None


def test_amounts_below_nothing_are_read_too() -> None:
    rng = np.random.default_rng(9)

    assert season(list(rng.normal(0, 10, 60)), "week") is not None


def test_one_wild_period_does_not_pull_the_level() -> None:
    values = [100.0 + n % 5 for n in range(60)]
    values[-2] = 9000.0

    found = season(values, "week")

    assert found is not None
    assert 80 < found.expected < 140
