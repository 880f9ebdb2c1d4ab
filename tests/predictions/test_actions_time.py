"""When the next action comes: intervals hold as many people as they promise, and silence lowers the hope."""

from __future__ import annotations

import numpy as np
import pytest

from kundskab.predictions.actions.histories import Histories, Moments, at_time, histories, together
from kundskab.predictions.actions.timing import DAY, fit_timing


def comers(people: int, seed: int, days: float = 300) -> Histories:
    """Everybody comes by chance at a pace of their own; a third of them stops for good one day."""
    rng = np.random.default_rng(seed)
    pace = rng.gamma(1.5, 1 / 15, people)  # a day
    ends = np.where(rng.random(people) < 1 / 3, rng.uniform(30, days, people), days)
    many = rng.poisson(pace * ends) + 1
    person = np.repeat(np.arange(people), many)
    return histories(person, np.full(len(person), "come"), rng.random(len(person)) * ends[person] * DAY)


def cuts(events: Histories, days: tuple[int, ...], until: float) -> Moments:
    return together([at_time(events, day * DAY, until * DAY) for day in days])


@pytest.mark.parametrize("seed", range(2))
def test_of_those_who_come_again_the_promised_share_comes_within_its_times(seed: int) -> None:
    events = comers(2_500, seed)
    timing = fit_timing(events, cuts(events, (100, 120, 140, 160), 200.0))
    asked = at_time(events, 200 * DAY, 300 * DAY)

    low, median, high = timing.quantiles(events, asked, (0.1, 0.5, 0.9)).T
    waited = np.where(asked.target >= 0, asked.waited, np.inf)

    # A time beyond what was looked at can be told apart from neither "later" nor "never".
    for end, share in ((low, 0.1), (median, 0.5)):
        seen = end < 60 * DAY
        assert (waited[seen] <= end[seen]).mean() == pytest.approx(share, abs=0.04)
    seen = high < 100 * DAY
    assert ((low <= waited) & (waited <= high))[seen].mean() == pytest.approx(0.8, abs=0.04)


def test_the_chance_within_a_horizon_is_honest_at_every_height() -> None:
    events = comers(4_000, seed=5)
    timing = fit_timing(events, cuts(events, (100, 120, 140, 160), 200.0))
    asked = at_time(events, 200 * DAY, 300 * DAY)

    chance = timing.within(events, asked, 30 * DAY)
    came = (asked.target >= 0) & (asked.waited <= 30 * DAY)

    for fifth in np.array_split(np.argsort(chance), 5):
        assert chance[fifth].mean() == pytest.approx(came[fifth].mean(), abs=0.06)


def test_longer_silence_means_less_hope_for_those_who_used_to_come_often() -> None:
    events = comers(2_500, seed=6)
    timing = fit_timing(events, cuts(events, (100, 120, 140, 160), 200.0))
    ann = histories(["ann"] * 10, ["come"] * 10, np.arange(10) * 5 * DAY)

    hopes = [timing.within(ann, at_time(ann, (45 + silent) * DAY), 30 * DAY)[0] for silent in (1, 20, 60, 150)]

    assert hopes == sorted(hopes, reverse=True)
    assert hopes[0] > 0.8
    assert hopes[-1] < 0.3


def test_chance_and_times_tell_one_story() -> None:
    events = comers(500, seed=7)
    timing = fit_timing(events, cuts(events, (100, 150), 200.0))
    asked = at_time(events, 200 * DAY)

    median = timing.quantiles(events, asked, (0.5,))[:, 0]
    for row in range(0, len(asked), 97):
        one = asked.of(np.array([row]))
        if median[row] < 3_000 * DAY:
            assert timing.within(events, one, median[row])[0] == pytest.approx(0.5, abs=1e-3)


def test_nobody_and_one_person_are_no_trouble() -> None:
    nobody = histories([], [], [])
    ann = histories(["ann"], ["come"], [0.0])

    assert fit_timing(nobody, at_time(nobody, 0.0)).within(nobody, at_time(nobody, 0.0), DAY).shape == (0,)
    assert np.isfinite(fit_timing(ann, at_time(ann, DAY)).quantiles(ann, at_time(ann, DAY), (0.1, 0.9))).all()
