"""What was learnt, as bytes that a refresh keeps: JSON, so that reading it can run nothing.

With it one person's forecast is made anew from her own purchases in milliseconds, without a refit.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import orjson

from kundskab.predictions.bgnbd import BgNbd
from kundskab.predictions.gammagamma import GammaGamma
from kundskab.predictions.hazard import Line, Trees
from kundskab.predictions.hindsight import Hindsight
from kundskab.predictions.returns import Entry, Returns
from kundskab.predictions.worth import Foresight


@dataclass(frozen=True, slots=True)
class Kept:
    """foresight: None where nobody buys."""

    returns: Returns
    foresight: Foresight | None


def to_bytes(returns: Returns, foresight: Foresight | None) -> bytes:
    """Both models whole."""
    body = {"returns": asdict(returns), "foresight": foresight and asdict(foresight)}
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)


def from_bytes(body: bytes) -> Kept:
    """The same models. Raises KeyError or ValueError for bytes that to_bytes did not make."""
    raw = orjson.loads(body)
    foresight = raw["foresight"]
    return Kept(_returns(raw["returns"]), None if foresight is None else _foresight(foresight))


def _returns(raw: dict[str, Any]) -> Returns:
    line, trees = raw["line"], raw["trees"]
    return Returns(
        **raw
        | {
            "rhythm": _rhythm(raw["rhythm"]),
            "line": line and Line(**_arrays(line)),
            "trees": trees and Trees(trees["text"]),
            "contest": tuple(Entry(**entry) for entry in raw["contest"]),
        }
    )


def _foresight(raw: dict[str, Any]) -> Foresight:
    corrected = raw["hindsight"]
    return Foresight(
        **raw
        | {
            "rhythm": _rhythm(raw["rhythm"]),
            "spend": GammaGamma(**raw["spend"]),
            "hindsight": corrected and Hindsight(**_arrays(corrected)),
        }
    )


def _rhythm(raw: dict[str, Any]) -> BgNbd:
    return BgNbd(**_arrays(raw))


def _arrays(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: np.array(value) if isinstance(value, list) else value for name, value in raw.items()}
