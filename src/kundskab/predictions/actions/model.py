"""The model of a company's next actions: of people at rest, of people who are at it, and the time it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kundskab.predictions.actions.following import Along
from kundskab.predictions.actions.histories import Histories, Moments
from kundskab.predictions.actions.learning import Foresight
from kundskab.predictions.actions.reasons import reasons
from kundskab.predictions.actions.signs import Small
from kundskab.predictions.actions.timing import PAUSE, Timing


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """at_rest: learnt from people on some days, as refresh asks.  in_visit: learnt from what came right after each act.

    Within half an hour of an act the second speaks, later the first: what comes next in a visit is another question
    than what the next visit begins with.  along: what outcomes have taught since; mends what the second says.
    """

    at_rest: Foresight
    in_visit: Foresight
    timing: Timing
    along: Along | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Of the actions, in the order of the columns."""
        return self.at_rest.names

    def chances(self, events: Histories, moments: Moments) -> Small:
        """Shape (moments, actions); rows sum to 1."""
        found = np.empty((len(moments), len(self.names)), np.float32)
        for foresight, rows in self._parts(events, moments):
            told = foresight.foretell(events, moments.of(rows))
            found[rows] = self.along.chances(told) if self.along and foresight is self.in_visit else told
        return found

    def reasons(self, events: Histories, moments: Moments, chances: Small) -> list[str]:
        """Why the action that `chances` finds likeliest is likely, one sentence per moment."""
        found = np.empty(len(moments), dtype=object)
        for foresight, rows in self._parts(events, moments):
            found[rows] = np.array(reasons(foresight, events, moments.of(rows), chances[rows]), dtype=object)
        return list(found)

    def _parts(self, events: Histories, moments: Moments) -> list[tuple[Foresight, npt.NDArray[np.int64]]]:
        inside = moments.known > 0
        if inside.any():
            last = events.times[np.maximum(events.starts[moments.owner] + moments.known - 1, 0)]
            inside = inside & (moments.asked_at - last < PAUSE)
        parts = ((self.at_rest, np.flatnonzero(~inside)), (self.in_visit, np.flatnonzero(inside)))
        return [(foresight, rows) for foresight, rows in parts if len(rows)]
