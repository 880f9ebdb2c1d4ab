"""The strongest candidates put into a better order by small trees, which see each model's opinion beside the others'.

A blend has one weight for everybody; trees learn that the last object says more to a short history, that a rare object
needs better evidence, and which models to trust when they disagree. They learn on events that no model learnt from.
"""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm
import numpy as np
from scipy import sparse

from kundskab.predictions.objects.blend import Blend, Drawing, one_scale
from kundskab.predictions.objects.chances import Candidates, candidates
from kundskab.predictions.objects.markov import Markov
from kundskab.predictions.objects.sequences import Floats, Ints, Sequences, Times
from kundskab.predictions.objects.strongest import largest

ROUNDS = 120
FEWEST = 1_000  # people to learn from
_RULES = {
    "objective": "lambdarank", "lambdarank_truncation_level": 15, "learning_rate": 0.1, "num_leaves": 7,
    "min_data_in_leaf": 200, "feature_fraction": 0.7, "bagging_fraction": 0.7, "bagging_freq": 1, "seed": 0,
    "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """trees: by LambdaRank (Burges 2010, MSR-TR-2010-82)."""

    trees: lightgbm.Booster

    def ordered(self, found: Candidates, about: Floats) -> Candidates:
        """The same candidates in their new order. about: shape (people, width, features), as `features` gives it."""
        if not len(found.objects):
            return found
        flat = about.reshape(-1, about.shape[2])
        told = np.asarray(self.trees.predict(flat, num_threads=1), np.float64).reshape(found.objects.shape)
        told = np.where(found.there, told, -np.inf)
        order = np.argsort(-told, axis=1, kind="stable")
        told = np.take_along_axis(told, order, 1)
        scores = np.exp(np.maximum(told - told[:, :1], -30)) * np.isfinite(told)
        return Candidates(np.take_along_axis(found.objects, order, 1), scores.astype(np.float32))


def fit_refined(found: Candidates, about: Floats, target: Ints) -> Refined | None:
    """Trees that put what came before what did not; None where too few people got what was a candidate."""
    hit = found.objects == target[:, None]
    some = np.flatnonzero(hit.any(axis=1))
    if len(some) < FEWEST / 10 or len(target) < FEWEST:
        return None
    data = lightgbm.Dataset(
        about[some].reshape(-1, about.shape[2]), hit[some].ravel().astype(int), group=np.full(len(some), hit.shape[1])
    )
    return Refined(lightgbm.train(_RULES, data, ROUNDS))


def features(blend: Blend, history: Sequences, found: Candidates, shares: Floats) -> Floats:
    """Shape (people, width, features): what each model says of each candidate, of the last two objects, of fame."""
    asked_at: Times = np.full(history.people, np.inf)
    columns = np.maximum(found.objects, 0)
    shape, people = columns.shape, np.arange(history.people)
    ends = history.starts[1:]
    last = np.where(history.lengths > 0, _taken(history.objects, ends - 1), -1)
    before = np.where(history.lengths > 1, _taken(history.objects, ends - 2), -1)
    fame = np.log(np.maximum(shares, 1e-12)).astype(np.float32)
    said = [found.scores, np.broadcast_to(np.arange(shape[1], dtype=np.float32), shape), fame[columns]]
    said += [_wide(np.where(last >= 0, fame[last], 0), shape), _wide(history.lengths, shape)]
    for name in ("transitions", "alike", "near", "markov"):
        model: Drawing | None = blend.models.get(name)
        if model is None:
            continue
        drawn = model.some(history, asked_at)
        said.append(at(one_scale(drawn), people, columns))
        if name == "transitions":
            said.append(_wide(largest(drawn), shape))
        between = model.after if isinstance(model, Markov) else getattr(model, "between")  # noqa: B009
        said.append(at(between, last, columns))
        if name != "markov":
            said.append(at(between, before, columns))
    attention = blend.models.get("attention")
    if attention is not None:
        said.append(at(one_scale(attention.some(history, asked_at)), people, columns))
    return np.stack([np.asarray(one, np.float32) for one in said], axis=2)


def refined(
    trees: Refined | None, blend: Blend, history: Sequences, scores: sparse.csr_array, shares: Floats, width: int
) -> Candidates:
    """The candidates of these scores, in the trees' order where there are trees."""
    found = candidates(scores, width)
    return found if trees is None else trees.ordered(found, features(blend, history, found, shares))


def at(matrix: sparse.csr_array, rows: Ints, columns: Ints) -> Floats:
    """matrix[rows[i], columns[i, j]]; 0 for row or column -1."""
    out = np.zeros(columns.shape, np.float32)
    some, which = np.unique(np.maximum(rows, 0), return_inverse=True)
    if not len(some):
        return out
    part, size = sparse.csr_array(matrix[some]), matrix.shape[1]
    if not part.nnz:
        return out
    part.sort_indices()
    keys = np.repeat(np.arange(len(some)), np.diff(part.indptr)) * size + part.indices
    asked = which.ravel()[:, None] * size + columns
    place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    hit = (keys[place] == asked) & (columns >= 0) & (rows >= 0)[:, None]
    out[hit] = part.data[place[hit]]
    return out


def _taken(objects: Ints, places: Ints) -> Ints:
    return objects[np.maximum(places, 0)] if len(objects) else np.zeros(len(places), np.int64)


def _wide(values: Floats | Ints, shape: tuple[int, ...]) -> Floats:
    return np.broadcast_to(np.asarray(values, np.float32)[:, None], shape)
