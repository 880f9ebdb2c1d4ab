"""Foretelling: what is told of everybody and of one, its reasons in words, and what is kept of it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.predictions.buyers import PAST, invented

from kundskab.predictions import foretelling
from kundskab.predictions.foretelling import Seen, daily, learn, reasons, tell
from kundskab.predictions.kept import Kept, from_bytes, to_bytes
from kundskab.predictions.purchases import occasions, summarise

Learnt = tuple[Seen, Kept, tuple[foretelling.Tried, ...]]


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    bought = invented(300, seed=5)
    seen = daily(bought.person, bought.day, bought.value)
    kept, tried = learn(seen, until=PAST, days=30, rng=np.random.default_rng(0), is_buying=True, units={"": 1.0})
    return seen, kept, tried


@pytest.mark.slow
def test_whoever_comes_does_so_at_least_once_and_intervals_hold_the_forecast(learnt: Learnt) -> None:
    seen, kept, _ = learnt

    told = tell(kept, seen, PAST, rng=np.random.default_rng(1))

    assert (told.events >= told.returns).all()
    assert ((told.returns_low <= told.returns) & (told.returns <= told.returns_high)).all()
    assert (told.events_low <= told.events_high).all()
    assert np.isfinite([told.value, told.value_low, told.value_high, told.events_plain, told.value_plain]).all()


@pytest.mark.slow
def test_one_person_is_told_the_same_from_her_own_occasions_and_what_was_kept(learnt: Learnt) -> None:
    seen, kept, _ = learnt
    everybody = tell(kept, seen, PAST, rng=np.random.default_rng(1))
    own = seen.bought.person == 7

    one = tell(
        from_bytes(to_bytes(kept)),
        daily(seen.bought.person[own], seen.bought.day[own], seen.bought.value[own]),
        PAST,
        rng=np.random.default_rng(1),
    )

    [row] = np.flatnonzero(everybody.people.persons == 7)
    np.testing.assert_allclose([one.returns[0], one.events[0], one.value[0]],
        [everybody.returns[row], everybody.events[row], everybody.value[row]])  # fmt: skip


@pytest.mark.slow
def test_each_kind_is_held_beside_its_plain_guess(learnt: Learnt) -> None:
    _, _, tried = learnt

    for each in tried:
        assert [entry.model == each.baseline for entry in each.entries].count(True) == 1
        assert [entry.chosen for entry in each.entries].count(True) == 1
        assert foretelling.beaten(each)


def test_two_orders_of_one_day_count_as_two_events() -> None:
    person, day = np.array([1, 1, 2]), np.array([5, 5, 5])

    seen = daily(person, day, np.array([10.0, 5.0, 1.0]))

    assert seen.bought.value.tolist() == [15, 1]
    assert seen.many.tolist() == [2, 1]


def test_reasons_are_said_in_words() -> None:
    bought = occasions(
        ["ann"] * 4 + ["bo"] + ["cy"] * 2,
        np.array([0, 35, 70, 105, 123, 0, 126]),
        np.ones(7),
    )
    people = summarise(bought, 126)

    assert reasons(people, is_buying=True) == [
        "bought 4 times, every 5 weeks or so; last 3 weeks ago",
        "bought once, 3 days ago",
        "bought twice, every 4 months or so; last today",
    ]
    assert reasons(people, is_buying=False)[0] == "came on 4 days, every 5 weeks or so; last 3 weeks ago"


@pytest.mark.slow
def test_a_year_that_brought_twice_as_much_raises_the_forecast_and_only_in_part() -> None:
    rng = np.random.default_rng(2)
    day = rng.integers(0, 700, 12_000)
    day = day[
        (rng.random(len(day)) < 0.4) | ((day % 364) > 250)
    ]  # from day 250 of each year they come 2.5 times as often
    bought = daily(rng.integers(0, 300, len(day)), day, np.ones(len(day))).bought

    up, flat = (foretelling._season(bought, until, 60, rng) for until in (250 + 364, 120 + 364))

    assert 1.2 < up < 2.0
    assert 0.8 < flat < 1.2
