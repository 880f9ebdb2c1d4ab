"""A kept model: everything that foretelling needs as plain bytes (npz with JSON and text inside), never a pickle."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from kundskab.predictions.actions.boosted import from_text
from kundskab.predictions.actions.learning import Foresight
from kundskab.predictions.actions.linear import Linear
from kundskab.predictions.actions.markov import ORDERS, Markov
from kundskab.predictions.actions.mixing import Mixing
from kundskab.predictions.actions.timing import Timing

_VERSION = 1


def to_bytes(foresight: Foresight, timing: Timing) -> bytes:
    """The model as it is kept."""
    told = {
        "version": _VERSION,
        "names": foresight.names,
        "clock": foresight.clock,
        "weights": dict(foresight.mixing.weights),
        "power": foresight.mixing.power,
        "trees": foresight.boosted.text if foresight.boosted else None,
        "usual": timing.usual,
    }
    arrays: dict[str, Any] = {"weights": foresight.linear.weights, "shift": foresight.linear.shift}
    for order in range(len(ORDERS)):
        arrays[f"keys{order}"] = foresight.markov.keys[order]
        arrays[f"counts{order}"] = foresight.markov.counts[order]
    body = io.BytesIO()
    text = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez_compressed(body, told=text, rates=timing.rates, ends=timing.ends, **arrays)
    return body.getvalue()


def from_bytes(body: bytes) -> tuple[Foresight, Timing] | None:
    """The model again; None where it was kept by a version that wrote it otherwise."""
    with np.load(io.BytesIO(body), allow_pickle=False) as kept:
        told = json.loads(kept["told"].tobytes())
        if told.get("version") != _VERSION:
            return None
        markov = Markov(
            tuple(kept[f"keys{order}"] for order in range(len(ORDERS))),
            tuple(kept[f"counts{order}"] for order in range(len(ORDERS))),
        )
        foresight = Foresight(
            names=tuple(told["names"]),
            markov=markov,
            linear=Linear(kept["weights"], kept["shift"]),
            boosted=from_text(told["trees"]) if told["trees"] else None,
            mixing=Mixing(told["weights"], told["power"]),
            clock=told["clock"],
        )
        return foresight, Timing(kept["rates"], kept["ends"], told["usual"])
