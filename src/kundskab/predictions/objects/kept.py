"""What was learnt of the next object, small enough to be kept and quick enough to be asked while somebody waits."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from scipy import sparse

from kundskab.predictions.objects.alike import Alike
from kundskab.predictions.objects.attending import Attending, has_torch, of_arrays
from kundskab.predictions.objects.blend import Blend, one_scale
from kundskab.predictions.objects.chances import Candidates, Odds, candidates
from kundskab.predictions.objects.markov import Markov
from kundskab.predictions.objects.near import Near
from kundskab.predictions.objects.popular import Popular
from kundskab.predictions.objects.refine import Refined, at, refined
from kundskab.predictions.objects.sequences import Floats, Ints, Sequences, Times
from kundskab.predictions.objects.sequences import Sequences as Histories
from kundskab.predictions.objects.strongest import largest, most, strongest
from kundskab.predictions.objects.transitions import Transitions
from kundskab.predictions.objects.words import AGAIN, BESIDE, LATELY, OFTEN, SAME
from kundskab.types import KundskabError

BATCH_CELLS = 20_000_000  # of scores held at once while many are asked
NEEDS = 3  # categories a person


class NeedsTorch(KundskabError):
    """What was kept can only be asked where torch is installed."""


@dataclass(frozen=True, slots=True, eq=False)
class Foreseen:
    """One person's next objects, the likeliest first, each with its chance and why; and the likeliest categories."""

    objects: list[str]
    chances: list[float]
    reasons: list[str]
    needs: list[tuple[str, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """names: shape (catalogue,).  categories: shape (catalogue,), numbers of category_names, -1 for none.

    again: people turn to the same object again, so what they had is offered too.
    actions: that count as turning to an object; None: all that have one.
    """

    names: npt.NDArray[np.str_]
    blend: Blend
    shares: Floats
    odds: Odds
    again: bool
    categories: Ints
    category_names: npt.NDArray[np.str_]
    trees: Refined | None = None
    actions: tuple[str, ...] | None = None

    def candidates(self, history: Histories, width: int) -> tuple[Candidates, Times]:
        """Each person's candidates with their chances."""
        scores = offered(self.blend, history, again=self.again)
        found = refined(self.trees, self.blend, history, scores, self.shares, width)
        chance = self.odds.chances(found, strength(self.blend, history))
        return found, chance

    def batches(self, history: Histories) -> list[Ints]:
        """People in groups that fit into memory."""
        wide = max(1, min(history.catalogue, 20 * most(history.catalogue)))
        step = max(1, BATCH_CELLS // wide)
        return [np.arange(begin, min(begin + step, history.people)) for begin in range(0, history.people, step)]

    def because(self, history: Histories, objects: Ints) -> tuple[Ints, npt.NDArray[np.int8]]:
        """Which of each person's own objects speaks most for each candidate, and in what way (0 follows, 1 alike,
        2 near, 3 popular); both of the shape of `objects`.
        """
        people, width = objects.shape
        best = np.zeros((people, width), np.float32)
        own, way = np.full((people, width), -1, np.int64), np.full((people, width), 3, np.int8)
        ages, owners = history.ages, history.owners
        for kind, name in enumerate(("transitions", "alike", "near")):
            model = self.blend.models.get(name)
            if not isinstance(model, Transitions | Alike | Near) or not self.blend.weights.get(name):
                continue
            highest = largest(model.some(history, np.full(people, np.inf)))
            scale = np.float32(self.blend.weights[name]) / np.maximum(highest, np.float32(1e-12))
            for age in range(min(int(history.lengths.max(initial=0)), 8)):
                these = np.flatnonzero(ages == age)
                rows = owners[these]
                drawn = at(model.between, history.objects[these], objects[rows])
                told = drawn * scale[rows][:, None] * np.float32(np.exp(-age / model.fading))
                better = told > best[rows]
                best[rows] = np.where(better, told, best[rows])
                own[rows] = np.where(better, history.objects[these][:, None], own[rows])
                way[rows] = np.where(better, kind, way[rows])
        return own, way

    def foretell(self, own: Sequence[str], k: int = 10) -> Foreseen:
        """The next objects of somebody who turned to these, the oldest first; objects never seen say nothing."""
        known = self._places(own)
        history = Histories(known, np.zeros(len(known)), np.array([0, len(known)]), len(self.names))
        found, chance = self.candidates(history, max(k, 50))
        objects = found.objects[:, :k]
        whose, way = self.because(history, objects)
        there = objects[0] >= 0
        kinds, shares = (row[0] for row in self.needs(found, chance, NEEDS))
        return Foreseen(
            [str(self.names[o]) for o in objects[0][there]],
            [float(c) for c in chance[0, :k][there]],
            [
                self.word(w, o, bool(own == o))
                for w, o, own in zip(way[0][there], whose[0][there], objects[0][there], strict=True)
            ],
            [(str(self.category_names[kind]), float(c)) for kind, c in zip(kinds, shares, strict=True) if kind >= 0],
        )

    def knows(self, own: Sequence[str]) -> bool:
        """Whether any of these objects is in the catalogue that was learnt from."""
        return bool(len(self._places(own)))

    def _places(self, own: Sequence[str]) -> Ints:
        """The numbers of these objects, in their order, unknown ones left out."""
        asked = np.asarray(own, np.str_) if len(own) else np.empty(0, np.str_)
        place = np.minimum(np.searchsorted(self.names, asked), max(len(self.names) - 1, 0))
        hit = self.names[place] == asked if len(self.names) else np.zeros(len(asked), np.bool_)
        known: Ints = place[hit].astype(np.int64)
        return known

    def word(self, way: int, because: int, is_itself: bool = False) -> str:
        """A reason in words.  is_itself: it is the very object that is told."""
        if is_itself:
            return AGAIN
        return LATELY if way == 3 else (OFTEN, SAME, BESIDE)[way].format(self.names[because])

    def needs(self, found: Candidates, chance: Times, width: int) -> tuple[Ints, Times]:
        """The likeliest categories: the chances of their objects together. Shape (people, width); -1 and 0 for none."""
        kinds = np.where(found.there, self.categories[found.objects], -1)
        rows, columns = np.nonzero(kinds >= 0)
        shape = (len(kinds), max(len(self.category_names), 1))
        summed = sparse.csr_array((chance[rows, columns], (rows, kinds[rows, columns])), shape=shape)
        summed.sum_duplicates()
        top = candidates(summed, width)
        return top.objects, top.scores.astype(np.float64)

    def to_bytes(self) -> bytes:
        """Arrays only (npz); `of_bytes` reads them again."""
        models = self.blend.models
        arrays: dict[str, Any] = {"names": self.names, "shares": self.shares, "categories": self.categories}
        arrays["category_names"] = self.category_names
        about: dict[str, Any] = {
            "odds": asdict(self.odds),
            "again": self.again,
            "actions": self.actions,
            "weights": {name: float(w) for name, w in self.blend.weights.items() if name in models},
        }
        for name, model in models.items():
            if isinstance(model, Popular):
                arrays[f"{name}.shares"] = model.shares
                continue
            if isinstance(model, Attending):
                arrays |= {f"{name}.{part}": values for part, values in model.arrays.items()}
                about[name] = model.told()
                continue
            assert isinstance(model, Transitions | Alike | Near | Markov)
            matrix = model.after if isinstance(model, Markov) else model.between
            arrays |= {f"{name}.data": matrix.data, f"{name}.indices": matrix.indices.astype(np.int32)}
            arrays[f"{name}.indptr"] = matrix.indptr.astype(np.int64)
            about[name] = {
                "fading": getattr(model, "fading", None),
                "steps": getattr(model, "steps", None),
                "strength": getattr(model, "strength", None),
            }
        if self.trees is not None:
            arrays["trees"] = np.frombuffer(self.trees.trees.model_to_string().encode(), np.uint8)
        arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
        out = io.BytesIO()
        np.savez_compressed(out, **arrays)
        return out.getvalue()


def of_bytes(body: bytes) -> Kept:
    """What `to_bytes` wrote. Nothing in it can be run.

    Raises KeyError for what an older version wrote, which did not say which actions count.
    Raises NeedsTorch when an attention was learnt and torch is not installed here.
    """
    with np.load(io.BytesIO(body), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(arrays["about"].tobytes())
    size = len(arrays["names"])
    models: dict[str, Any] = {}
    for name in about["weights"]:
        if name == "attention":
            if not has_torch():
                raise NeedsTorch(
                    "The next object was learnt with torch, which is not installed here. Install kundskab[attention], "
                    "or run `kundskab refresh --force` to learn without it."
                )
            own = {part.removeprefix("attention."): arrays[part] for part in arrays if part.startswith("attention.")}
            models[name] = of_arrays(own, about[name])
            continue
        if f"{name}.shares" in arrays:
            models[name] = Popular(arrays[f"{name}.shares"])
            continue
        parts = (arrays[f"{name}.data"], arrays[f"{name}.indices"], arrays[f"{name}.indptr"])
        matrix = sparse.csr_array(parts, shape=(size, size))
        told = about[name]
        if name == "transitions":
            models[name] = Transitions(matrix, told["fading"], told["steps"])
        elif name == "alike":
            models[name] = Alike(matrix, told["fading"])
        elif name == "near":
            models[name] = Near(matrix, told["fading"])
        else:
            models[name] = Markov(matrix, arrays["shares"], told["strength"])
    actions, trees = about["actions"], None
    if "trees" in arrays:
        trees = Refined(lightgbm.Booster(model_str=arrays["trees"].tobytes().decode()))
    return Kept(
        arrays["names"], Blend(models, about["weights"]), arrays["shares"], Odds(**about["odds"]), about["again"],
        arrays["categories"], arrays["category_names"], trees, None if actions is None else tuple(actions),
    )  # fmt: skip


def small(blend: Blend, *, whole: bool = False) -> Blend:
    """The same blend with what it needs to be kept: models that count, the strongest steps, what is popular now.

    whole: also models of no weight, since trees listen to them too.
    """
    models: dict[str, Any] = {}
    for name, model in blend.models.items():
        if not whole and not blend.weights.get(name):
            continue
        if isinstance(model, Markov):
            models[name] = Markov(strongest(model.after, most(model.after.shape[0])), model.shares, model.strength)
        else:
            models[name] = model.now() if hasattr(model, "now") else model
    return Blend(models, {name: blend.weights.get(name, 0.0) for name in models})


def offered(blend: Blend, history: Sequences, *, again: bool) -> sparse.csr_array:
    """The scores of what may be offered: all, or only what is new to each person."""
    asked_at = np.full(history.people, np.inf)
    scores = blend.some(history, asked_at)
    if again or not len(history.objects):
        return one_scale(scores)
    cells = (np.ones(len(history.objects), np.float32), (history.owners, history.objects))
    had = sparse.csr_array(cells, shape=scores.shape)
    had.data[:] = 1
    new = sparse.csr_array(scores - scores.multiply(had.sign()))
    new.eliminate_zeros()
    return one_scale(new)


def strength(blend: Blend, history: Sequences) -> Times:
    """How strongly each history speaks: the largest raw score of its transitions; 0 where it says nothing."""
    model = blend.models.get("transitions")
    if model is None or not history.people:
        return np.zeros(history.people)
    return largest(model.some(history, np.full(history.people, np.inf))).astype(np.float64)
