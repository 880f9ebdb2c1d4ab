"""Who comes back: chances come true, models compete honestly, and where nobody differs it says so."""

from __future__ import annotations

import numpy as np
import pytest
from tests.predictions.buyers import PAST, invented
from tests.predictions.test_bgnbd import HOSTILE

from kundskab.predictions import returns
from kundskab.predictions.kept import Kept, from_bytes, to_bytes
from kundskab.predictions.purchases import Occasions, came, occasions, summarise
from kundskab.predictions.returns import BASE, MODELS, Returns

DAYS = 28


@pytest.fixture(scope="module")
def bought() -> Occasions:
    return invented(500, seed=5)


@pytest.fixture(scope="module")
def learnt(bought: Occasions) -> Returns:
    return returns.learn(bought, until=PAST, days=DAYS, rng=np.random.default_rng(0))


@pytest.mark.slow
def test_chances_come_true_in_every_third(bought: Occasions, learnt: Returns) -> None:
    people = summarise(bought, PAST)
    real = came(bought, people.persons, PAST, PAST + DAYS)[0] > 0

    chance = learnt.chance(people)

    for third in np.array_split(np.argsort(chance), 3):
        error = 4 * np.sqrt(max(chance[third].mean(), 0.01) / len(third))
        assert abs(chance[third].mean() - real[third].mean()) < error


@pytest.mark.slow
def test_the_best_of_the_tries_is_told_and_beats_the_base_rate(learnt: Returns) -> None:
    losses = {entry.model: entry.log_loss for entry in learnt.contest}

    assert list(losses) == list(MODELS)
    assert [entry.chosen for entry in learnt.contest].count(True) == 1
    assert losses[learnt.chosen] <= min(losses.values()) + 1e-4
    assert next(entry for entry in learnt.contest if entry.chosen).high < 0


@pytest.mark.slow
def test_the_interval_of_a_chance_holds_it_and_is_wider_at_a_higher_level(bought: Occasions, learnt: Returns) -> None:
    people = summarise(bought, PAST)

    chance, (low, high), (lower, higher) = (
        learnt.chance(people), learnt.range(people), learnt.range(people, level=0.99)
    )  # fmt: skip

    assert ((low <= chance) & (chance <= high)).all()
    assert ((lower < low) & (high < higher)).all()


@pytest.mark.slow
def test_where_nobody_differs_everybody_has_the_same_chance_and_that_is_said() -> None:
    rng = np.random.default_rng(3)
    alike = occasions(rng.integers(0, 400, 4_800), rng.integers(0, PAST + 1, 4_800), np.ones(4_800))

    learnt = returns.learn(alike, until=PAST, days=DAYS, rng=rng)

    assert learnt.chosen == BASE
    assert np.ptp(learnt.chance(summarise(alike, PAST))) == 0


@pytest.mark.slow
def test_what_comes_after_is_not_looked_at(bought: Occasions, learnt: Returns) -> None:
    known = bought.between(-1, PAST)

    again = returns.learn(known, until=PAST, days=DAYS, rng=np.random.default_rng(0))

    people = summarise(known, PAST)
    np.testing.assert_array_equal(again.chance(people), learnt.chance(people))


def test_what_is_kept_tells_the_same(bought: Occasions, learnt: Returns) -> None:
    one = summarise(bought, PAST).of(np.array([7]))

    kept = from_bytes(to_bytes(Kept(learnt, None, True, {}, 1.0, 1.0))).returns

    np.testing.assert_allclose(kept.chance(one), learnt.chance(one))
    assert kept.contest == learnt.contest


@pytest.mark.parametrize("case", HOSTILE)
def test_nothing_breaks_it(case: str) -> None:
    bought = occasions(*(list(column) for column in HOSTILE[case]))
    until = int(bought.day.max(initial=0))

    learnt = returns.learn(bought, until=until, days=DAYS, rng=np.random.default_rng(0))

    chance = learnt.chance(summarise(bought, until))
    assert ((chance > 0) & (chance < 1)).all()
