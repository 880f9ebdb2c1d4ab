"""What is learnt of the next object: planted steps are told, fashion and shuffled steps are not taken for more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from tests.predictions.companies import CATALOGUE, fashion, planted

from kundskab.predictions.objects.chances import candidates, ece, learn_odds, losses
from kundskab.predictions.objects.kept import Kept, of_bytes, offered
from kundskab.predictions.objects.learning import BLEND, REFINED, Learnt, Objects, TooFew, comes_again, learn
from kundskab.predictions.objects.popular import DAY
from kundskab.predictions.objects.refine import Refined, features, fit_refined
from kundskab.predictions.objects.sequences import Sequences, sequences, settling
from kundskab.predictions.objects.strongest import strongest, strongest_of_dense

NAMES = np.array([f"o{number:02d}" for number in range(CATALOGUE)])
OBJECTS = Objects(NAMES, np.arange(CATALOGUE) % 5, np.array(["a", "b", "c", "d", "e"]))


def learnt(events: Sequences, seed: int = 0) -> Learnt:
    return learn(events, OBJECTS, window_days=1, rng=np.random.default_rng(seed))


def chosen(found: Learnt) -> str:
    return next(one.model for one in found.contest if one.chosen)


def shuffled(events: Sequences, seed: int) -> Sequences:
    return replace(events, objects=np.random.default_rng(seed).permutation(events.objects))


@pytest.fixture(scope="module")
def found() -> Learnt:
    return learnt(planted())


def test_planted_steps_win_by_far(found: Learnt) -> None:
    loss = {one.model: one.log_loss for one in found.contest}

    assert chosen(found) == BLEND
    assert loss[BLEND] < loss["popular"] - 1.5


def test_the_planted_next_object_is_told_first_with_its_reason(found: Learnt) -> None:
    ann = found.kept.foretell(["o01", "o20"])

    assert (ann.objects[0], ann.reasons[0]) == ("o27", "often follows o20")
    assert 0.3 < ann.chances[0] < 0.9


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_where_only_fashion_is_the_words_say_so(seed: int) -> None:
    found = learnt(fashion(seed=seed), seed)
    blend = next(one for one in found.contest if one.model == BLEND)

    assert chosen(found) != BLEND
    assert "Nothing beats what is popular" in blend.words
    assert found.kept.word(0, 20, is_itself=True).startswith("they turned to it before")
    assert set(found.kept.foretell(["o07"]).reasons) == {"many turn to it lately"}


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_shuffled_steps_beat_nothing(seed: int) -> None:
    assert chosen(learnt(shuffled(planted(), seed), seed)) != BLEND


def test_the_order_within_a_day_teaches_nothing() -> None:
    """Planted within each day only: where all of a day has one time, that order is nobody's to learn."""
    events = planted(people=300, length=8, sure=1.0)
    one_day = sequences(events.owners, events.objects, np.zeros(len(events.objects)), catalogue=CATALOGUE, seed=3)

    first = learnt(one_day).kept.foretell(["o20"])

    assert first.objects[0] in {"o13", "o27"}  # which of the day's it goes with is all that is left to know
    assert first.chances[0] < 0.6


@pytest.fixture(scope="module")
def many() -> Learnt:
    return learnt(planted(people=6_000))


@pytest.mark.slow
def test_chances_are_honest_where_steps_are_planted(many: Learnt) -> None:
    ours = {one.model: one for one in many.contest if one.model in {BLEND, REFINED}}

    assert len(ours) == 2
    assert all(one.ece < 0.1 for one in ours.values())
    assert ours[REFINED].ranking.ndcg > ours[BLEND].ranking.ndcg - 3 * ours[BLEND].ranking.ndcg_error


@pytest.mark.slow
def test_trees_are_kept_with_the_rest(many: Learnt) -> None:
    kept = replace(many.kept, trees=many.kept.trees or some_trees(many.kept))
    again = of_bytes(kept.to_bytes())

    assert again.trees is not None
    assert again.foretell(["o01", "o20"]).objects == kept.foretell(["o01", "o20"]).objects


def some_trees(kept: Kept) -> Refined:
    split = settling(planted(people=2_000, seed=8))
    few = candidates(offered(kept.blend, split.history, again=False))
    trees = fit_refined(few, features(kept.blend, split.history, few, kept.shares), split.target)
    assert trees is not None
    return trees


def test_chances_of_one_person_are_at_most_one(found: Learnt) -> None:
    _, chance = found.kept.candidates(planted(people=50), 50)

    assert (chance.sum(axis=1) <= 1 + 1e-9).all()
    assert (np.diff(chance, axis=1) <= 1e-9).all()
    assert (chance >= 0).all()


def test_nobody_is_offered_what_she_had_where_nobody_goes_back() -> None:
    events = fashion()
    found = learnt(events)
    few, _ = found.kept.candidates(events, 20)

    for person in range(0, events.people, 50):
        had = events.objects[events.starts[person] : events.starts[person + 1]]
        assert not set(few.objects[person].tolist()) & set(had.tolist())


def test_what_people_go_back_to_is_offered_again() -> None:
    steps = np.tile([3, 4], 4)
    events = sequences(
        np.repeat(np.arange(200), 8), np.tile(steps, 200), np.tile(np.arange(8) * DAY, 200), catalogue=CATALOGUE
    )

    assert comes_again(events)
    assert learnt(events).kept.foretell(["o03", "o04"]).objects[0] == "o03"


def test_what_is_kept_answers_as_before(found: Learnt) -> None:
    again = of_bytes(found.kept.to_bytes())
    history = planted(people=40, seed=9)

    for one, two in zip(found.kept.candidates(history, 20), again.candidates(history, 20), strict=True):
        if isinstance(one, np.ndarray):
            np.testing.assert_allclose(one, two, rtol=1e-5)
        else:
            np.testing.assert_array_equal(one.objects, two.objects)


def test_what_is_kept_is_no_program(found: Learnt) -> None:
    assert b"pickle" not in found.kept.to_bytes()
    with pytest.raises(ValueError, match="pickle"):
        of_bytes(b"\x80\x04cos\nsystem\n")


def test_objects_nobody_ever_turned_to_say_nothing(found: Learnt) -> None:
    unknown = found.kept.foretell(["not in the catalogue"])
    nobody = found.kept.foretell([])

    assert unknown.objects == nobody.objects
    assert all(reason == "many turn to it lately" for reason in nobody.reasons)


def test_the_need_is_the_chances_of_a_category_together(found: Learnt) -> None:
    few, chance = found.kept.candidates(planted(people=30), 50)

    kinds, share = found.kept.needs(few, chance, 5)

    person = 4
    by_hand = np.zeros(5)
    np.add.at(by_hand, few.objects[person][few.there[person]] % 5, chance[person][few.there[person]])
    assert share[person] == pytest.approx(np.sort(by_hand)[::-1], rel=1e-5)
    assert kinds[person, 0] == by_hand.argmax()


@pytest.mark.slow
def test_the_same_events_and_seed_give_the_same(found: Learnt) -> None:
    assert learnt(planted()).kept.to_bytes() == found.kept.to_bytes()


def test_too_few_people_are_told_so() -> None:
    with pytest.raises(TooFew, match="three objects"):
        learnt(planted(people=20))
    with pytest.raises(TooFew):
        learnt(sequences([], [], [], catalogue=CATALOGUE))


def test_only_the_strongest_of_a_row_are_kept() -> None:
    rows = np.array([[3, 1, 2, 0], [0, 0, -1, 0], [5, 4, 6, 7]], np.float32)

    for few in (strongest(sparse.csr_array(rows), 2), strongest_of_dense(rows, 2)):
        assert few.toarray().tolist() == [[3, 0, 2, 0], [0, 0, 0, 0], [0, 0, 6, 7]]


def test_candidates_stand_in_order_and_empty_ones_are_marked() -> None:
    few = candidates(sparse.csr_array(np.array([[0, 2, 3, 2], [0, 0, 0, 0]], np.float32)), 3)

    assert few.objects.tolist() == [[2, 1, 3], [-1, -1, -1]]


def test_odds_find_how_often_the_first_comes() -> None:
    rng = np.random.default_rng(5)
    few = candidates(sparse.csr_array(np.tile(np.array([[1.0, 0.5, 0.25, 0, 0]], np.float32), (3_000, 1))), 3)
    shares = np.full(5, 0.2, np.float32)
    target = rng.choice([0, 1, 2, 3, 4], p=[0.5, 0.2, 0.1, 0.1, 0.1], size=3_000)

    odds = learn_odds(few, np.ones(3_000), target)
    chance = odds.chances(few, np.ones(3_000))

    assert chance[0, 0] == pytest.approx(0.5, abs=0.05)
    assert losses(few, chance, shares, target).mean() < np.log(5)
    assert ece(chance[:, 0], target == 0) < 0.05
