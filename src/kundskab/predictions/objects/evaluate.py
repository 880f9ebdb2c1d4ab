"""How well a model ranks the object that came, among all objects of the catalogue.

There is no way to hand in candidates: a model scores the whole catalogue or is refused. A hundred sampled negatives
make the same model look three times better (HR@10 0.82 instead of 0.25 on MovieLens), so nobody can use them here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kundskab.predictions.objects.sequences import Floats, Ints, Sequences, Split, Times

_BATCH_CELLS = 8_000_000  # scores held at once: 32 MB


class Scorer(Protocol):
    """Says how likely each object of the catalogue is next; more is likelier, the scale is the model's own."""

    def scores(self, history: Sequences, asked_at: Times) -> Floats:
        """Shape (people, catalogue), finite. asked_at: shape (people,), seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Ranking:
    """The mean of what the top ten were worth over n people.

    ndcg, hr: in [0, 1].  ndcg_error: standard error.  repeats: people left out because their target was not new.
    """

    ndcg: float
    hr: float
    ndcg_error: float
    n: int
    repeats: int


def evaluate(model: Scorer, split: Split, *, only_new: bool = True) -> Ranking:
    """NDCG@10 and HR@10 over the full catalogue.

    only_new: what a person turned to before is not offered, and people who turned to such an object are left out.
    Raises ValueError when nobody is left to ask, or when the scores are not one finite number per person and object.
    Source: Järvelin & Kekäläinen 2002, ACM TOIS 20(4), 422-446; Krichene & Rendle 2020 on sampled metrics.
    """
    return worth_of(ranks(model, split, only_new=only_new))


def worth_of(places: npt.NDArray[np.float64]) -> Ranking:
    """The reading of these places, as `ranks` gives them."""
    asked = places[~np.isnan(places)]
    if len(asked) == 0:
        raise ValueError("nobody turned to an object that can be ranked")
    gain = np.where(asked < 10, 1 / np.log2(asked + 2), 0.0)
    return Ranking(
        ndcg=float(gain.mean()),
        hr=float((asked < 10).mean()),
        ndcg_error=float(gain.std() / len(gain) ** 0.5),
        n=len(asked),
        repeats=len(places) - len(asked),
    )


def ranks(model: Scorer, split: Split, *, only_new: bool = True) -> npt.NDArray[np.float64]:
    """How many objects stand before each person's target (0 is first, ties count half); NaN where it was not new."""
    history = split.history
    people = max(1, _BATCH_CELLS // history.catalogue)
    found = [np.empty(0)]
    for begin in range(0, history.people, people):
        group = np.arange(begin, min(begin + people, history.people))
        theirs = history.of(group)
        scores = whole(model, theirs, split.asked_at[group])
        found.append(places_of(without_known(scores, theirs) if only_new else scores, split.target[group]))
    return np.concatenate(found)


def whole(model: Scorer, history: Sequences, asked_at: Times) -> Floats:
    """The model's scores, checked to be a finite number for each person and each object of the catalogue."""
    scores = model.scores(history, asked_at)
    if scores.shape != (history.people, history.catalogue):
        raise ValueError(
            f"scores of shape {scores.shape} do not rank the whole catalogue of {history.catalogue} for "
            f"{history.people} people; sampled candidates are not ranked here"
        )
    if not np.isfinite(scores).all():
        raise ValueError("a score is not a finite number")
    return scores


def without_known(scores: Floats, history: Sequences) -> Floats:
    """The scores with minus infinity at what each person turned to before."""
    offered = np.array(scores)
    offered[history.owners, history.objects] = -np.inf
    return offered


def places_of(offered: Floats, target: Ints) -> npt.NDArray[np.float64]:
    """How many objects stand before each target, ties counting half; NaN where the target is not on offer."""
    theirs = offered[np.arange(len(target)), target]
    before, level = (offered > theirs[:, None]).sum(axis=1), (offered == theirs[:, None]).sum(axis=1)
    return np.where(np.isneginf(theirs), np.nan, before + (level - 1) / 2)
