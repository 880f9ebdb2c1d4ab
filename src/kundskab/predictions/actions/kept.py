"""A kept model: everything that foretelling needs as plain bytes (npz with JSON and text inside), never a pickle."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from kundskab.predictions.actions.boosted import from_text
from kundskab.predictions.actions.learning import Foresight
from kundskab.predictions.actions.linear import Linear
from kundskab.predictions.actions.markov import FADING, ORDERS, Markov
from kundskab.predictions.actions.mixing import Mixing
from kundskab.predictions.actions.model import Model
from kundskab.predictions.actions.timing import Timing

_VERSION = 2
_PARTS = ("at_rest", "in_visit")
_MADE_OF = ("keys", "counts")
_MARKOVS = ("all", *(f"fading{n}" for n in range(len(FADING))))


def to_bytes(model: Model) -> bytes:
    """The model as it is kept."""
    arrays: dict[str, Any] = {"rates": model.timing.rates, "ends": model.timing.ends}
    told: dict[str, Any] = {"version": _VERSION, "names": model.names, "usual": model.timing.usual}
    for part in _PARTS:
        foresight: Foresight = getattr(model, part)
        told[part] = {
            "clock": foresight.clock,
            "weights": dict(foresight.mixing.weights),
            "power": foresight.mixing.power,
            "trees": foresight.boosted.text if foresight.boosted else None,
        }
        arrays |= {f"{part}_weights": foresight.linear.weights, f"{part}_shift": foresight.linear.shift}
        for name, markov in zip(_MARKOVS, (foresight.markov, *foresight.lately), strict=True):
            for order in range(len(ORDERS)):
                arrays[f"{part}_{name}_keys{order}"] = markov.keys[order]
                arrays[f"{part}_{name}_counts{order}"] = markov.counts[order]
    body = io.BytesIO()
    np.savez_compressed(body, told=np.frombuffer(json.dumps(told).encode(), np.uint8), **arrays)
    return body.getvalue()


def from_bytes(body: bytes) -> Model | None:
    """The model again; None where it was kept by a version that wrote it otherwise."""
    with np.load(io.BytesIO(body), allow_pickle=False) as kept:
        told = json.loads(kept["told"].tobytes())
        if told.get("version") != _VERSION:
            return None
        at_rest, in_visit = (_foresight(part, told, kept) for part in _PARTS)
        return Model(at_rest, in_visit, Timing(kept["rates"], kept["ends"], told["usual"]))


def _foresight(part: str, told: Mapping[str, Any], kept: Mapping[str, Any]) -> Foresight:
    own = told[part]
    markov, *lately = (
        Markov(*(tuple(kept[f"{part}_{name}_{what}{order}"] for order in range(len(ORDERS))) for what in _MADE_OF))
        for name in _MARKOVS
    )
    return Foresight(
        names=tuple(told["names"]),
        markov=markov,
        lately=tuple(lately),
        linear=Linear(kept[f"{part}_weights"], kept[f"{part}_shift"]),
        boosted=from_text(own["trees"]) if own["trees"] else None,
        mixing=Mixing(own["weights"], own["power"]),
        clock=own["clock"],
    )
