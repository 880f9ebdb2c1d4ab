"""The contest of models, the kept model, and one person's next action told from her own events."""

from __future__ import annotations

import numpy as np
import pytest
from tests.predictions.walks import DAY, NAMES, walking

from kundskab.predictions.actions.contest import contest
from kundskab.predictions.actions.foretell import foretell, if_she_did, if_silent, what_would_change
from kundskab.predictions.actions.histories import OTHER, at_time, histories
from kundskab.predictions.actions.kept import from_bytes, to_bytes
from kundskab.predictions.actions.learning import BASELINE, MIXTURE, Settings

PLAIN = Settings(boosted=False)
CIRCLE = np.zeros((5, 5, 5)) + 0.05
for last in range(5):
    CIRCLE[:, last, (last + 1) % 5] = 0.8


def known(events, day: float = 25, horizon: float = 8):
    return contest(events, as_of=day * DAY, horizon=horizon * DAY, settings=PLAIN, rng=np.random.default_rng(0))


@pytest.fixture(scope="module")
def circle():
    """People who go round: browse, cart, order, return, visit."""
    found = known(walking(150, 40, seed=2, rule=CIRCLE, pause=0.8 * DAY))
    assert found is not None
    return found


@pytest.mark.slow
def test_where_people_go_round_the_mixture_wins_and_the_plain_guess_stands_beside_it(circle) -> None:
    by_name = {one.model: one for one in circle.standings}

    assert by_name[MIXTURE].chosen
    assert by_name[BASELINE].is_baseline
    assert by_name[MIXTURE].high < 0
    assert sum(one.chosen for one in circle.standings) == 1


@pytest.mark.slow
def test_in_noise_the_plain_guess_is_used_and_the_words_say_so() -> None:
    found = known(walking(150, 40, seed=4, pause=0.8 * DAY))

    assert found is not None
    plain = next(one for one in found.standings if one.is_baseline)
    assert plain.chosen
    assert "nothing is surely better" in plain.words
    assert dict(found.model.at_rest.mixing.weights) == {BASELINE: 1.0}


def test_too_little_is_no_contest() -> None:
    assert known(histories(["ann"] * 5, ["a"] * 5, np.arange(5) * DAY)) is None
    assert known(histories([], [], [])) is None


@pytest.mark.slow
def test_a_kept_model_foretells_the_same(circle) -> None:
    model = from_bytes(to_bytes(circle.model))
    own = [("browse", 0.0), ("cart", 5 * DAY)]

    assert model is not None
    assert foretell(model, own, 6 * DAY) == foretell(circle.model, own, 6 * DAY)


@pytest.mark.slow
def test_one_person_is_told_from_her_own_events_with_a_reason(circle) -> None:
    model = circle.model

    told = foretell(model, [("browse", 0.0), ("cart", DAY), ("return", 9 * DAY)], 1.5 * DAY)

    assert max(told.actions, key=lambda name: told.actions[name]) == "order"  # what comes later is not looked at
    assert sum(told.actions.values()) == pytest.approx(1, abs=1e-5)
    assert told.low_days <= told.median_days <= told.high_days
    assert told.reason.startswith("of 100 who last did “cart”, ")
    assert "next did “order”" in told.reason


def test_an_event_more_changes_what_comes_and_silence_is_looked_through(circle) -> None:
    model, own = circle.model, [("browse", 0.0), ("cart", DAY)]

    after = if_she_did(model, own, 1.5 * DAY, "order")
    later = if_silent(model, own, 1.5 * DAY, days=30)

    assert max(after.actions, key=lambda name: after.actions[name]) == "return"
    assert later == foretell(model, own, 31.5 * DAY)
    changes = what_would_change(model, own, 1.5 * DAY)
    acts = [one for one in changes if one.act]
    assert acts[0].what == "order"
    assert acts[0].instead == pytest.approx(foretell(model, own, 1.5 * DAY).actions["order"])
    assert acts[0].share == pytest.approx(if_she_did(model, own, 1.5 * DAY, acts[0].act).actions["order"])
    assert all(one.shows for one in changes)


def test_right_after_an_act_what_comes_right_after_acts_is_told(circle) -> None:
    own = [("browse", 0.0), ("cart", DAY)]

    now, later = foretell(circle.model, own, DAY + 60), foretell(circle.model, own, DAY + 7_200)

    assert now.actions != later.actions
    assert max(now.actions, key=lambda name: now.actions[name]) == "order"
    assert {one.model for one in circle.in_visit} == {one.model for one in circle.standings}


def test_who_is_unknown_or_did_something_unheard_of_is_told_like_anybody(circle) -> None:
    model = circle.model

    for own in ([], [("juggled", 0.0)]):
        told = foretell(model, own, DAY)
        assert set(told.actions) == set(NAMES)
        assert np.isfinite([told.within, told.median_days, *told.actions.values()]).all()
    assert OTHER not in NAMES


def test_the_stream_says_what_the_whole_company_was_told(circle) -> None:
    events = walking(150, 40, seed=2, rule=CIRCLE, pause=0.8 * DAY)
    moments = at_time(events, 25 * DAY)
    everybody = circle.model.chances(events, moments)
    ann = events.of(moments.owner[:1])
    own = [(events.names[a], t) for a, t in zip(ann.actions, ann.times, strict=True)]

    told = foretell(circle.model, own, 25 * DAY)

    assert list(told.actions.values()) == pytest.approx(everybody[0].tolist(), abs=1e-5)
