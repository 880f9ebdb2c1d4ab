"""Planted transitions are found, fashion alone is not taken for more, and hostile sequences break nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from tests.predictions.companies import CATALOGUE, fashion, planted

from kundskab.predictions.objects.alike import fit_alike
from kundskab.predictions.objects.blend import Blend, Drawing, choose_weights, fit_blend, fit_models
from kundskab.predictions.objects.evaluate import evaluate
from kundskab.predictions.objects.markov import fit_markov
from kundskab.predictions.objects.popular import DAY, popular, popular_lately
from kundskab.predictions.objects.sequences import Sequences, refit, sequences, settling, strict
from kundskab.predictions.objects.transitions import Settings, fit_transitions

FITS = (fit_transitions, fit_alike, fit_markov, popular, popular_lately)


def test_planted_transitions_are_found() -> None:
    split = strict(planted())

    found, plain = evaluate(fit_transitions(split.train), split), evaluate(popular(split.train), split)

    assert found.hr > 0.6
    assert found.ndcg > 4 * plain.ndcg


def test_the_planted_object_stands_first() -> None:
    model = fit_transitions(planted(sure=0.9))
    ann = sequences([0], [20], [0.0], catalogue=CATALOGUE)

    assert int(model.scores(ann, np.zeros(1)).argmax()) == 27


def test_objects_solved_alone_still_show_what_follows_them() -> None:
    split = strict(planted())

    found = evaluate(fit_transitions(split.train, Settings(dense=10)), split)

    assert found.hr > 0.5


def test_a_model_without_any_dense_object_works() -> None:
    split = strict(planted())

    assert evaluate(fit_transitions(split.train, Settings(dense=0)), split).hr > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_where_only_fashion_is_nothing_more_is_found(seed: int) -> None:
    events = fashion(people=1_500, seed=seed)
    split = strict(events)

    found, plain = evaluate(fit_blend(events, Settings()), split), evaluate(popular(split.train), split)

    assert found.ndcg < plain.ndcg + 3 * plain.ndcg_error


def test_shuffled_targets_are_foretold_no_better_than_by_fashion() -> None:
    events = planted()
    shuffled = replace(events, objects=np.random.default_rng(4).permutation(events.objects))
    split = strict(shuffled)

    found, plain = evaluate(fit_transitions(split.train), split), evaluate(popular(split.train), split)

    assert found.ndcg < plain.ndcg + 3 * plain.ndcg_error


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("protocol", [strict, settling, refit])
def test_what_is_held_out_changes_no_model(fit, protocol) -> None:
    """The held-out events are exchanged for others: every number of the model must stay."""
    events = planted(people=80)
    hidden = 1 if protocol is refit else 2
    other = events.objects.copy()
    other[events.ages < hidden] = (other[events.ages < hidden] + 31) % CATALOGUE
    asked = strict(events)

    one, two = (fit(protocol(seen).train) for seen in (events, replace(events, objects=other)))

    np.testing.assert_array_equal(*(m.scores(asked.history, asked.asked_at) for m in (one, two)))


def test_the_last_event_chooses_no_weight() -> None:
    events = planted(people=120)
    other = events.objects.copy()
    other[events.ages == 0] = (other[events.ages == 0] + 31) % CATALOGUE

    one, two = (fit_blend(seen, Settings()) for seen in (events, replace(events, objects=other)))

    assert one.weights == two.weights


def test_the_same_events_give_the_same_numbers() -> None:
    split = strict(planted(people=100))

    one, two = (fit_blend(planted(people=100), Settings()) for _ in range(2))

    np.testing.assert_array_equal(*(m.scores(split.history, split.asked_at) for m in (one, two)))


def test_a_weight_must_earn_its_place() -> None:
    split = settling(planted())
    models: dict[str, Drawing] = {"transitions": fit_transitions(split.train), "noise": Noise()}

    assert choose_weights(models, split)["noise"] <= 0.05


def test_scores_are_float32_and_finite() -> None:
    split = strict(planted(people=60))

    for model in fit_models(split.train, Settings()).values():
        scores = model.some(split.history, split.asked_at).toarray()
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()


HOSTILE = {
    "nobody": sequences([], [], [], catalogue=4),
    "one person, one event": sequences([0], [2], [0.0], catalogue=4),
    "one object, again and again": sequences([0] * 5 + [1] * 5, [0] * 10, range(10), catalogue=1),
    "one person with everything": sequences([0] * 40, np.arange(40) % 4, range(40), catalogue=4),
    "a catalogue hardly seen": sequences([0, 0, 0, 1, 1, 1], [1, 2, 1, 2, 1, 2], range(6), catalogue=500),
    "all at the same moment": sequences([0, 0, 0, 1, 1, 1], [0, 1, 2, 2, 1, 0], [5] * 6, catalogue=4),
}


@pytest.mark.parametrize("events", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("fit", FITS)
def test_hostile_sequences_give_finite_scores(fit, events: Sequences) -> None:
    model = fit(events)
    nothing_known = sequences([], [], [], catalogue=events.catalogue)
    ann_without_events = events.without_last(1_000)

    for history in (events, nothing_known, ann_without_events):
        scores = model.scores(history, np.zeros(history.people))
        assert scores.shape == (history.people, events.catalogue)
        assert np.isfinite(scores).all()


def test_an_object_never_seen_stands_behind_those_that_were() -> None:
    events = sequences([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], [1, 2, 3, 1, 2, 3], catalogue=5)
    ann = sequences([0], [0], [0.0], catalogue=5)

    scores = fit_transitions(events, Settings(ridge=1.0)).scores(ann, np.zeros(1))[0]

    assert scores[3] == scores[4] == 0 < scores[1]


def test_a_history_of_unknown_objects_says_nothing() -> None:
    events = sequences([0, 0, 0], [0, 1, 2], [1, 2, 3], catalogue=5)
    ann = sequences([0], [4], [0.0], catalogue=5)

    assert (fit_transitions(events).scores(ann, np.zeros(1)) == 0).all()


def test_popular_lately_forgets_what_was_popular_before() -> None:
    events = sequences([0] * 6, [0, 0, 0, 0, 1, 1], np.array([0, 0, 1, 1, 20, 21]) * DAY, catalogue=3)
    people = sequences([0, 1, 2], [2, 2, 2], [0, 0, 0], catalogue=3)

    scores = popular_lately(events).scores(people, np.array([21.5, 2, 900]) * DAY)

    assert scores.argmax(axis=1).tolist() == [1, 0, 1]


def test_a_blend_of_one_is_that_one() -> None:
    split = strict(planted())
    model = fit_transitions(split.train)

    assert evaluate(Blend({"transitions": model}, {"transitions": 1.0}), split) == evaluate(model, split)


class Noise:
    """Guesses; the same guess for everybody."""

    def some(self, history: Sequences, asked_at: np.ndarray) -> sparse.csr_array:
        guess = np.random.default_rng(history.people).random((history.people, history.catalogue))
        return sparse.csr_array(guess.astype(np.float32))
