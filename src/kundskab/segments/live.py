"""One person's memberships now, from her own events: what happened since the last refresh counts at once, no refit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import ibis
import numpy as np
from scipy import sparse

from kundskab.consent.view import View
from kundskab.segments.behaviours import HALF_LIFE_DAYS, Vocabulary, counted
from kundskab.segments.living import State
from kundskab.segments.memberships import Memberships, exactly


def of_person(
    view: View,
    person: str,
    state: State,
    vocabulary: Vocabulary,
    *,
    as_of: datetime,
    zone: str,
    rng: np.random.Generator,
    half_life_days: float = HALF_LIFE_DAYS,
) -> Memberships:
    """Her memberships in the segments of state.ids, one row. Who did nothing that is known rests on 0 events.

    state and vocabulary: as the last refresh kept them.  Only her own events are read.
    """
    counts = counted(
        _Hers(view, person), as_of=as_of, zone=zone, half_life_days=half_life_days, vocabulary=vocabulary  # type: ignore[arg-type]
    )  # fmt: skip
    told = counts.told_as(state.behaviours).matrix
    if not told.shape[0]:
        told = sparse.csr_array((1, len(state.behaviours)), dtype=np.float32)
    return exactly(state.patterns, told, rng=rng)


@dataclass(frozen=True, slots=True)
class _Hers:
    """A view of one person's events."""

    view: View
    person: str

    @property
    def events(self) -> ibis.Table:
        return self.view.of_person(self.person)
