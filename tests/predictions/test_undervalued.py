"""The undervalued: a planted group is found by what it does, and where people are alike nobody is."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.predictions import undervalued
from kundskab.predictions.purchases import occasions
from kundskab.predictions.undervalued import Doing, Finds, find, groups, moment, ratios, surely

DAYS, UNTIL = 90, 360


def company(
    strength: float, *, people: int = 2_000, seed: int = 1
) -> tuple[Finds, np.ndarray, list[undervalued.Group]]:
    """One in ten mends from a day of their own on, and from 60 days later comes (1 + strength) times as often."""
    rng = np.random.default_rng(seed)
    mends = rng.random(people) < 0.1
    begins = np.where(mends, rng.integers(60, UNTIL - 20, people), 10_000)
    pace = rng.gamma(4, 1 / 4 / 45, people)  # a day
    time = np.arange(UNTIL)
    rate = pace[:, None] * np.where(time[None, :] >= begins[:, None] + 60, 1 + strength, 1.0)
    who, day = np.nonzero(rng.random((people, UNTIL)) < rate)
    bought = occasions(who, day, rng.gamma(3, 1 / 3, len(who)))
    mended = (rng.random((people, UNTIL)) < 0.05) & (time[None, :] >= begins[:, None])
    noise = rng.poisson(1.0, (people, 3))
    since = np.zeros(people, np.int64)

    def at(back: int) -> undervalued.Moment:
        end = UNTIL - back * DAYS
        counts = np.column_stack([mended[:, end - DAYS : end].sum(axis=1), noise])
        return moment(bought, Doing(("mended", "a", "b", "c"), counts), since, end, DAYS)

    moments = (at(2), at(1), at(0))
    reals = tuple(
        undervalued.brought(bought, people, UNTIL - back * DAYS, UNTIL - (back - 1) * DAYS) for back in (2, 1)
    )
    doers = {name: np.flatnonzero(moments[1].signs[:, 15 + n] > 0) for n, name in enumerate(("mended", "a", "b", "c"))}
    active = counts_of(moments[1]).sum(axis=1)
    told = groups("action", doers, moments[1], reals[1], active, rng=rng)
    return find(moments, (reals[0], reals[1]), 4), mends & (begins < UNTIL - 30), surely(told)


def counts_of(at: undervalued.Moment) -> np.ndarray:
    """What everybody did beside buying."""
    return np.expm1(at.signs[:, 15:])


@pytest.mark.slow
def test_a_planted_group_is_found_by_what_it_does() -> None:
    finds, planted, told = company(3.0)

    assert finds.is_believable
    assert finds.found[planted].mean() > 3 * finds.found[~planted].mean()
    assert finds.ratio[planted].mean() > 1.3
    assert [group.name for group in told] == ["mended"]
    assert told[0].low > 1


@pytest.mark.slow
def test_where_nothing_is_planted_no_group_is_told() -> None:
    told = [company(0.0, people=800, seed=seed)[2] for seed in range(8)]

    assert sum(map(len, told)) <= 2  # of 32 asked; at a rate of one in ten


def test_a_group_of_lively_people_is_not_told_for_being_lively() -> None:
    rng = np.random.default_rng(4)
    lively = rng.gamma(2, 1, 1_500)
    active = rng.poisson(20 * lively).astype(float)
    looks = np.flatnonzero(rng.random(1_500) < lively / 5)
    came = rng.poisson(lively).astype(float)
    then = undervalued.Moment(np.zeros(1_500), np.ones(1_500), np.zeros((1_500, 1)), np.ones(1_500, bool))

    [seen] = groups("category", {"tents": looks}, then, came, np.zeros(1_500), rng=rng)
    [matched] = groups("category", {"tents": looks}, then, came, active, rng=rng)

    assert seen.low > 1.1
    assert matched.low < 1 < matched.high


def test_equals_are_people_with_the_same_present_never_parted() -> None:
    present = np.r_[np.zeros(60), np.linspace(1, 2, 40)]
    expected = np.r_[np.ones(30), np.full(30, 3.0), np.full(40, 5.0)]

    ratio, usual = ratios(present, expected)

    np.testing.assert_allclose(usual[:60], 2.0)
    np.testing.assert_allclose(ratio[:60], expected[:60] / 2)
