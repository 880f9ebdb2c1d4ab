"""Which findings tell one story: much the same people (or visits) did them, and they point the same way.

Each may say something of its own beside the other; still a reader meets one story once, and what else it was seen as
stands beneath it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kundskab.drivers.alike import Beside
from kundskab.drivers.trial import Trial

Floats = npt.NDArray[np.float64]

SAME = 0.4  # correlation of who did them


def stories(trial: Trial, found: Sequence[int], told: Sequence[Beside]) -> dict[int, int]:
    """Of each found candidate the one that leads its story, itself or a surer one.  told: one per candidate."""
    if not found:
        return {}
    surest = sorted(found, key=lambda at: -abs(told[at].effect) / max(told[at].high - told[at].low, 1e-12))
    together = _together(trial, surest)
    leads: list[int] = []
    of: dict[int, int] = {}
    for place, at in enumerate(surest):
        near = [n for n in leads if together[place, n] >= SAME and told[surest[n]].effect * told[at].effect > 0]
        if near:
            of[at] = surest[max(near, key=lambda n: together[place, n])]
        else:
            leads.append(place)
            of[at] = at
    return of


def _together(trial: Trial, chosen: Sequence[int]) -> Floats:
    """How the chosen go together (r), person by person or visit by visit: moments of one visit are never the same."""
    did = trial.did[:, list(chosen)].astype(np.float64)
    if trial.visit is not None:
        which, of = np.unique(trial.visit, return_inverse=True)
        whole = np.zeros((len(which), did.shape[1]))
        np.maximum.at(whole, of, did)
        did = whole
    centred = did - did.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    return np.asarray(centred.T @ centred / np.maximum(np.outer(spread, spread), 1e-12), dtype=np.float64)
