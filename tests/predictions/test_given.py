"""What people are given today, beside others of the same expected worth."""

from __future__ import annotations

import numpy as np

from kundskab.predictions.given import given

N = 1_000


def test_who_gets_half_of_what_their_equals_get_is_told_with_doubt() -> None:
    rng = np.random.default_rng(1)
    expected = rng.gamma(2, 1, N)
    left_out = np.arange(N) < 100
    met = rng.poisson(4 * expected * np.where(left_out, 0.5, 1.0)).astype(float)

    [told] = given("meetings", {"menders": np.flatnonzero(left_out)}, met, expected, rng=rng)

    assert told.low < told.ratio < told.high < 0.75
    assert told.persons == 100


def test_who_gets_less_because_less_is_expected_gets_what_equals_get() -> None:
    rng = np.random.default_rng(2)
    expected = rng.gamma(2, 1, N)
    poor = np.flatnonzero(expected < 1)

    [told] = given("mailings", {"poor": poor}, rng.poisson(4 * expected).astype(float), expected, rng=rng)

    assert told.low < 1 < told.high


def test_who_never_asked_did_not_wait() -> None:
    rng = np.random.default_rng(3)
    waited = np.where(np.arange(N) % 4 == 0, 10.0, np.nan)
    waited[:200] *= 2

    [told] = given("waiting", {"early": np.arange(200), "few": np.arange(8)}, waited, np.ones(N), rng=rng)

    assert (told.group, told.persons) == ("early", 50)
    assert told.given == 20.0
    assert told.low > 1.5


def test_what_nobody_gets_is_not_told() -> None:
    nothing = given("discounts", {"all": np.arange(N)}, np.zeros(N), np.ones(N), rng=np.random.default_rng(4))

    assert nothing == []
