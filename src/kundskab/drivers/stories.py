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

SAME = 0.4  # mean correlation of who did it with who did what the story holds already


def stories(trial: Trial, found: Sequence[int], told: Sequence[Beside]) -> dict[int, int]:
    """Of each found candidate the one that leads its story, itself or a surer one.  told: one per candidate."""
    if not found:
        return {}
    surest = sorted(found, key=lambda at: -abs(told[at].effect) / max(told[at].high - told[at].low, 1e-12))
    together = _together(trial, surest)
    told_so_far: list[list[int]] = []  # places of the members of each story, who leads first
    for place, at in enumerate(surest):
        near = [
            (float(together[place, members].mean()), members)
            for members in told_so_far
            if told[surest[members[0]]].effect * told[at].effect > 0
        ]
        closeness, members = max(near, key=lambda each: each[0], default=(0.0, []))
        if closeness >= SAME:
            members.append(place)
        else:
            told_so_far.append([place])
    return {surest[place]: surest[members[0]] for members in told_so_far for place in members}


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
