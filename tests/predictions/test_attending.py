"""The optional attention: who alternates is foretold by what came long before, not by the last object."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from kundskab.predictions.objects import attending, kept
from kundskab.predictions.objects.attending import Shape, competes, fit_attending, has_torch, of_arrays
from kundskab.predictions.objects.blend import Blend, fit_models
from kundskab.predictions.objects.chances import Odds
from kundskab.predictions.objects.evaluate import evaluate
from kundskab.predictions.objects.kept import Kept, NeedsTorch, of_bytes
from kundskab.predictions.objects.markov import fit_markov
from kundskab.predictions.objects.popular import popular
from kundskab.predictions.objects.sequences import Sequences, sequences, strict
from kundskab.predictions.objects.transitions import Settings

CATALOGUE = 12
SMALL = Shape(length=12, width=32, heads=2, layers=1, dropout=0.0, rate=5e-3, epochs=30)

if not has_torch():
    warnings.warn("THE ATTENTION MODEL WAS NOT TESTED: torch is not installed", stacklevel=1)
needs_torch = pytest.mark.skipif(not has_torch(), reason="torch is not installed")


def three_back(people: int, *, length: int = 9) -> Sequences:
    """Everybody repeats what they did three steps before; what came last alone says nothing."""
    rng = np.random.default_rng(0)
    objects = np.tile(rng.permuted(np.tile(np.arange(CATALOGUE), (people, 1)), axis=1)[:, :3], length // 3)
    who, place = np.repeat(np.arange(people), length), np.tile(np.arange(length), people)
    return sequences(who, objects.ravel(), place, catalogue=CATALOGUE, seed=None)


@needs_torch
@pytest.mark.slow
def test_it_finds_what_came_three_steps_before_and_markov_does_not() -> None:
    split = strict(three_back(600))

    found = evaluate(fit_attending(split.train, SMALL), split, only_new=False)

    assert found.ndcg > 0.95
    assert evaluate(fit_markov(split.train), split, only_new=False).ndcg < 0.7


@needs_torch
@pytest.mark.slow
def test_what_is_kept_says_the_same_and_is_no_program() -> None:
    events = three_back(100)
    model = fit_attending(events, Shape(length=8, width=8, epochs=1))

    again = of_arrays(model.arrays, model.told())

    asked_at = np.full(events.people, np.inf)
    assert np.allclose(again.scores(events, asked_at), model.scores(events, asked_at), atol=1e-6)


@needs_torch
@pytest.mark.slow
def test_nobody_is_foretold_from_nothing() -> None:
    events = three_back(60)
    model = fit_attending(events, Shape(length=8, width=8, epochs=1))

    said = model.scores(events.without_last(9), np.full(events.people, np.inf))

    assert said.sum() == 0


@needs_torch
@pytest.mark.slow
def test_it_competes_in_the_blend_and_is_kept_with_it() -> None:
    events = three_back(80)
    models = fit_models(events, Settings())
    weights = dict.fromkeys(models, 0.0) | {"transitions": 1.0, "attention": 1.0}
    names = np.array([f"{number:02}" for number in range(CATALOGUE)])
    whole = Kept(
        names, Blend(models, weights), popular(events).shares, Odds(), True, np.full(CATALOGUE, -1),
        np.array(["none"]),
    )  # fmt: skip

    again = of_bytes(replace(whole, blend=kept.small(whole.blend)).to_bytes())

    said, before = (each.foretell(["03", "04", "05", "03", "04"]) for each in (again, whole))
    assert said.objects == before.objects
    assert np.allclose(said.chances, before.chances, atol=1e-4)


def test_where_torch_is_missing_a_kept_attention_says_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    events = three_back(30)
    model = attending.Attending({"weights": np.zeros((2, 2), np.float32)}, Shape(), CATALOGUE)
    told = Kept(
        np.array(["a"] * CATALOGUE), Blend({"attention": model}, {"attention": 1.0}), popular(events).shares, Odds(),
        True, np.full(CATALOGUE, -1), np.array(["none"]),
    ).to_bytes()  # fmt: skip
    monkeypatch.setattr(kept, "has_torch", lambda: False)

    with pytest.raises(NeedsTorch, match=r"Install kundskab\[attention\]"):
        of_bytes(told)


def test_without_torch_or_with_short_histories_it_does_not_compete(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not competes(three_back(50, length=3))

    monkeypatch.setattr(attending, "has_torch", lambda: False)

    assert not competes(three_back(50))
    assert "attention" not in fit_models(three_back(50), Settings())
