"""Several models together, each with a weight chosen on events that none of them learnt from and no test asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kundskab.predictions.objects.alike import fit_alike
from kundskab.predictions.objects.evaluate import Scorer, places_of, whole, without_known, worth_of
from kundskab.predictions.objects.markov import fit_markov
from kundskab.predictions.objects.popular import popular_lately
from kundskab.predictions.objects.sequences import Floats, Sequences, Split, Times, settling
from kundskab.predictions.objects.transitions import Settings, fit_transitions

STEPS = (0.0, 0.05, 0.15, 0.3, 0.6, 1.0)
ASKED = 3_000  # people on whom weights are chosen
_CELLS = 40_000_000  # of scores held per model while choosing: 160 MB


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """Models with their weights. Scores are put on one scale per person: the best object of each model has 1."""

    models: Mapping[str, Scorer]
    weights: Mapping[str, float]

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """Shape (people, catalogue)."""
        found = np.zeros((history.people, history.catalogue), np.float32)
        for name, model in self.models.items():
            if self.weights[name]:
                found += np.float32(self.weights[name]) * _one_scale(model.scores(history, asked_at))
        return found


def fit_models(train: Sequences, settings: Settings) -> dict[str, Scorer]:
    """The models of these sequences, the strongest first."""
    return {
        "transitions": fit_transitions(train, settings),
        "alike": fit_alike(train),
        "markov": fit_markov(train),
        "popular lately": popular_lately(train),
    }


def choose_weights(models: Mapping[str, Scorer], asked: Split, *, seed: int = 0) -> dict[str, float]:
    """The weights with the best NDCG@10 on these questions, the first model's being 1.

    One model after the other, twice round; a weight above 0 must earn its place. `asked` is what `settling` gives, and
    the models have learnt from its train: then no weight has seen the event that a test asks for.
    """
    fewer = min(ASKED, max(1, _CELLS // asked.history.catalogue))
    some = np.sort(np.random.default_rng(seed).permutation(asked.history.people)[:fewer])
    history, target, asked_at = asked.history.of(some), asked.target[some], asked.asked_at[some]
    first, *others = models
    scores = {name: _one_scale(whole(model, history, asked_at)) for name, model in models.items()}
    known = without_known(scores.pop(first), history)
    weights = dict.fromkeys(models, 0.0) | {first: 1.0}
    best = worth_of(places_of(known, target)).ndcg
    for name in others * 2:
        without = known - np.float32(weights[name]) * scores[name]
        for weight in STEPS:
            tried = without + np.float32(weight) * scores[name]
            worth = worth_of(places_of(tried, target)).ndcg
            if worth > best:
                best, known, weights = worth, tried, weights | {name: weight}
    return weights


def fit_blend(events: Sequences, settings: Settings) -> Blend:
    """The blend as learnt from all but the last two events of each person, its weights chosen on the second-last."""
    asked = settling(events)
    models = fit_models(asked.train, settings)
    return Blend(models, choose_weights(models, asked))


def _one_scale(scores: Floats) -> Floats:
    return np.asarray(scores / np.maximum(scores.max(axis=1, keepdims=True), np.float32(1e-12)), np.float32)
