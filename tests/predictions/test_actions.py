"""The next action: a planted source is found to its entropy, honest in its chances, and nothing is found in noise."""

from __future__ import annotations

import numpy as np
import pytest
from tests.predictions.walks import NAMES, source, walking

from kundskab.predictions.actions.contest import right_after
from kundskab.predictions.actions.histories import END, OTHER, after_each_event, at_time, histories
from kundskab.predictions.actions.learning import BASELINE, Settings, held_out, learn
from kundskab.predictions.actions.mixing import ANYTHING, Mixing, learn_mixing, of_late
from kundskab.predictions.actions.signs import signs
from kundskab.predictions.calibration import ece, log_loss

PLAIN = Settings(boosted=False)


def mixed_by(events, moments, folds, settings) -> Mixing:
    """Learnt on parts that the models had not seen; the plain guess where there is one part only."""
    held = held_out(events, moments, folds, settings, forward=False)
    return learn_mixing(held.chances, held.target) if held else Mixing({BASELINE: 1.0})


def learnt(events, boosted: bool = False):
    """From the first two thirds of people; the others' moments are handed back to be foretold."""
    moments = after_each_event(events)
    known, asked = (moments.of(side) for side in (moments.owner % 3 > 0, moments.owner % 3 == 0))
    settings = Settings(boosted=boosted, rounds=20, threads=1)
    return learn(events, known, settings, mixed_by(events, known, known.owner % 2, settings)), asked


@pytest.mark.slow
def test_a_planted_source_is_found_to_its_entropy_and_chances_are_honest() -> None:
    rule = source()
    events = walking(900, 12, seed=1, rule=rule)

    foresight, asked = learnt(events)
    later = asked.of(asked.known >= 2)
    end = events.starts[later.owner] + later.known
    truth = rule[events.actions[end - 2], events.actions[end - 1]]
    best = log_loss(truth, later.target).mean()
    found = foresight.foretell(events, later)

    assert log_loss(found, later.target).mean() < best + 0.03
    assert (
        log_loss(found, later.target).mean()
        < log_loss(np.tile(events.shares(), (len(later), 1)), later.target).mean() - 0.2
    )
    assert ece(found, later.target) < 0.03
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
def test_in_noise_nothing_beats_the_shares_of_all() -> None:
    foresight, asked = learnt(walking(600, 10, seed=3))

    found = foresight.foretell(walking(600, 10, seed=3), asked)
    plain = foresight.all_chances(signs(walking(600, 10, seed=3), asked))[BASELINE]

    assert log_loss(found, asked.target).mean() == pytest.approx(log_loss(plain, asked.target).mean(), abs=0.01)


def test_actions_of_one_time_keep_the_order_given_and_rare_ones_are_one() -> None:
    events = histories(["bo", "ann", "ann", "ann"], ["x", "b", "a", "c"], [5, 1, 1, 0], most=3)

    assert events.persons.to_pylist() == ["ann", "bo"]
    assert events.names == ("a", "b", OTHER)
    assert [events.names[i] for i in events.actions] == [OTHER, "b", "a", OTHER]


def test_a_history_that_is_over_ends_with_nothing_more() -> None:
    events = histories(["ann", "ann", "bo"], ["a", "b", "a"], [0, 1, 7]).with_end()

    assert [events.names[i] for i in events.actions] == ["a", "b", END, "a", END]
    assert events.lengths.tolist() == [3, 2]


def test_the_signs_of_a_moment_know_nothing_of_what_came_after() -> None:
    events = histories(["ann"] * 4, ["a", "b", "a", "c"], [0, 10, 20, 9_000])
    moment = at_time(events, 25.0)

    known = signs(events, moment)

    assert moment.target.tolist() == [2]
    assert moment.waited.tolist() == [8_975]
    assert known.lags.tolist() == [[0, 1, 0]]
    assert known.counts.tolist() == [[2, 1, 0]]
    assert known.quiet[0] == pytest.approx(np.log1p(5))


def test_what_came_after_the_last_look_is_no_target() -> None:
    events = histories(["ann", "ann", "bo"], ["a", "b", "a"], [0, 100, 50])

    moments = at_time(events, 60.0, until=90.0)

    assert moments.target.tolist() == [-1, -1]
    assert moments.waited.tolist() == [30, 30]


def test_a_mixture_leans_on_the_model_that_knew_and_rules_nothing_out() -> None:
    target = np.array([0, 1, 0, 1] * 50)
    knew = np.where(np.arange(3) == target[:, None], 0.9, 0.05).astype(np.float32)
    guessed = np.full((200, 3), 1 / 3, np.float32)

    mixing = learn_mixing({"knew": knew, "guessed": guessed}, target)

    assert mixing.weights["knew"] > 0.9
    assert ANYTHING in mixing.weights
    assert mixing.mixed({"knew": knew, "guessed": guessed}).min() > 0


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_it_learns_whatever_there_is(rows: int) -> None:
    events = histories(["ann", "bo", "cy"][:rows], ["a", "b", "a"][:rows], np.arange(rows))
    moments = after_each_event(events)
    if not rows:
        assert len(moments) == 0
        return

    foresight = learn(events, moments, PLAIN, mixed_by(events, moments, moments.owner, PLAIN))

    assert np.isfinite(foresight.foretell(events, moments)).all()


@pytest.mark.slow
def test_boosted_trees_compete_where_they_are_asked_to() -> None:
    foresight, asked = learnt(walking(200, 8, seed=5, rule=source()), boosted=True)

    assert foresight.boosted is not None or "boosted trees" not in foresight.mixing.weights
    assert foresight.names == NAMES
    assert len(asked)


@pytest.mark.slow
def test_what_people_do_lately_counts_where_it_has_changed() -> None:
    """After a basket people went home, for years; for some weeks now they buy."""
    rng = np.random.default_rng(4)
    when = np.sort(rng.random(600) * 1000)
    follows = np.where(when < 850, "home", "order")
    people = np.repeat(np.arange(600), 2)
    acts = np.column_stack([np.full(600, "basket"), follows]).ravel()
    events = histories(people, acts, (when[:, None] + [0, 0.1]).ravel() * 86_400)
    basket = after_each_event(events).of(np.arange(1, 1_200, 2))

    found = right_after(
        events, as_of=1_001 * 86_400.0, horizon=30 * 86_400.0, settings=PLAIN, rng=np.random.default_rng(1)
    )

    assert found is not None
    told = found.foresight.foretell(events, basket.of(np.array([599])))[0]
    assert told[events.names.index("order")] > 0.8


def test_how_sure_to_be_is_learnt_from_the_newest_moments() -> None:
    rng = np.random.default_rng(5)
    chance = np.full((4_000, 2), [0.8, 0.2], np.float32)
    came = np.concatenate([rng.random(3_000) < 0.6, rng.random(1_000) < 0.2]).astype(int)  # 1: the other came

    always, now = learn_mixing({"one": chance}, came), of_late({"one": chance}, came)

    assert always.mixed({"one": chance})[0, 0] < 0.6
    assert now.mixed({"one": chance})[0, 0] > 0.65
