"""What was learnt, as bytes that a refresh keeps: JSON, so that reading it can run nothing.

With it one person's forecast is made anew from her own purchases in milliseconds, without a refit.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    """foresight: None where nobody ever came.

    is_buying: whether an occasion is a purchase; else a day with anything at all, and there is no value.
    units: currency -> the mean value of a day's purchases in it; a model sees values in such units.
    a_day: occasions on a day with at least one, over all.  season: what a year ago came for each one foretold.
    plain: kinds ("events", "value") for which the plain guess was surely better and is told.
    actions: that count as buying: bought, as good as, undone.  (): not known.
    """

    returns: Returns
    foresight: Foresight | None
    is_buying: bool
    units: Mapping[str, float]
    a_day: float
    season: float
    plain: tuple[str, ...] = ()
    actions: tuple[tuple[str, ...], ...] = ()


def to_bytes(kept: Kept) -> bytes:
    """All of it."""
    return orjson.dumps(asdict(kept), option=orjson.OPT_SERIALIZE_NUMPY)


def from_bytes(body: bytes) -> Kept:
    """The same models. Raises KeyError or ValueError for bytes that to_bytes did not make."""
    raw = orjson.loads(body)
    foresight = raw["foresight"]
    models = {"returns": _returns(raw["returns"]), "foresight": foresight and _foresight(foresight)}
    actions = tuple(tuple(each) for each in raw.get("actions", ()))
    return Kept(**raw | models | {"plain": tuple(raw["plain"]), "actions": actions})


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
