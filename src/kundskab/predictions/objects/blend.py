"""Several models together, each with a weight chosen on events that none of them learnt from and no test asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import sparse

from kundskab.predictions.objects.alike import fit_alike
from kundskab.predictions.objects.attending import competes, fit_attending
from kundskab.predictions.objects.evaluate import places_of, without_known, worth_of
from kundskab.predictions.objects.markov import fit_markov
from kundskab.predictions.objects.near import fit_near
from kundskab.predictions.objects.popular import popular_lately
from kundskab.predictions.objects.sequences import Floats, Sequences, Split, Times, settling
from kundskab.predictions.objects.strongest import largest
from kundskab.predictions.objects.transitions import Settings, fit_transitions

STEPS = (0.0, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.6, 1.0)
ASKED = 2_000  # people on whom weights are chosen
_CELLS = 40_000_000  # of scores held while choosing: 160 MB, four times over


class Drawing(Protocol):
    """Says which objects a history draws after it, and how strongly; what it does not name has 0."""

    def some(self, history: Sequences, asked_at: Times) -> sparse.csr_array:
        """Shape (people, catalogue), nothing below 0."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """Models with their weights. Scores are put on one scale per person: the best object of each model has 1."""

    models: Mapping[str, Drawing]
    weights: Mapping[str, float]

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """Shape (people, catalogue)."""
        return np.asarray(self.some(history, asked_at).toarray(), np.float32)

    def some(self, history: Sequences, asked_at: Times) -> sparse.csr_array:
        """The same without the zeros."""
        found = sparse.csr_array((history.people, history.catalogue), dtype=np.float32)
        for name, model in self.models.items():
            if self.weights[name]:
                found = found + one_scale(model.some(history, asked_at)) * np.float32(self.weights[name])
        return sparse.csr_array(found)


def fit_models(train: Sequences, settings: Settings, *, attention: bool = True) -> dict[str, Drawing]:
    """The models of these sequences, the strongest first.

    attention: whether the optional one may compete, where `attending.competes` says that it is worth learning.
    """
    models: dict[str, Drawing] = {
        "transitions": fit_transitions(train, settings),
        "alike": fit_alike(train),
        "near": fit_near(train),
        "markov": fit_markov(train),
        "popular lately": popular_lately(train),
    }
    if attention and competes(train):
        models["attention"] = fit_attending(train)
    return models


def choose_weights(
    models: Mapping[str, Drawing], asked: Split, *, seed: int = 0, only_new: bool = True
) -> dict[str, float]:
    """The weights with the best NDCG@10 + HR@10 on these questions, the first model's being 1.

    One model after the other, twice round; a weight above 0 must earn its place. `asked` is what `settling` gives, and
    the models have learnt from its train: then no weight has seen the event that a test asks for.
    """
    fewer = min(ASKED, max(1, _CELLS // max(asked.history.catalogue, 1)))
    some = np.sort(np.random.default_rng(seed).permutation(asked.history.people)[:fewer])
    history, target, asked_at = asked.history.of(some), asked.target[some], asked.asked_at[some]
    first, *others = models
    scores = {name: one_scale(model.some(history, asked_at)) for name, model in models.items()}
    known = scores.pop(first).toarray()
    if only_new:
        known = without_known(known, history)
    weights = dict.fromkeys(models, 0.0) | {first: 1.0}
    best = _worth(places_of(known, target))
    for name in others * 2:
        whole = scores[name].toarray()  # one at a time: most of it are zeros
        without = known - np.float32(weights[name]) * whole
        for weight in STEPS:
            tried = without + np.float32(weight) * whole
            worth = _worth(places_of(tried, target))
            if worth > best + 1e-6:
                best, known, weights = worth, tried, weights | {name: weight}
    return weights


def fit_blend(events: Sequences, settings: Settings) -> Blend:
    """The blend as learnt from all but the last two events of each person, its weights chosen on the second-last."""
    asked = settling(events)
    models = fit_models(asked.train, settings)
    return Blend(models, choose_weights(models, asked))


def one_scale(scores: sparse.csr_array) -> sparse.csr_array:
    """Each row divided by its largest."""
    highest = largest(scores)
    factor = np.where(highest > 0, 1 / np.maximum(highest, 1e-12), 0).astype(np.float32)
    return sparse.csr_array(sparse.diags_array(factor) @ scores)


def _worth(places: Times) -> float:
    if np.isnan(places).all():
        return 0.0  # nobody turned to anything new, so no weight is better than another
    found = worth_of(places)
    return found.ndcg + found.hr
