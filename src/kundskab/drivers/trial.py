"""A trial: people (or visits) at a moment, what they had done by then, what is obvious about them, and what came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Columns = npt.NDArray[np.floating[Any]]  # float32 where many are kept
Whole = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

ALIKE = 0.95  # candidates that go together more closely than this are one
FEWEST = {"people": 30, "visits": 20}  # units who did, and who did not: below this nothing is asked


@dataclass(frozen=True, slots=True)
class Candidate:
    """A behaviour as it is told.  key: for finding it again, the same from refresh to refresh."""

    key: str
    words: str  # what those who did it did: "read a guide in their first two weeks"


@dataclass(frozen=True, slots=True)
class Trial:
    """n units.  Everything in x, did and base was there before the time in which y came."""

    outcome: str  # "came back"
    question: str  # "Who comes back within 30 days?"
    came: str  # what those for whom y is 1 did: "came back within 30 days"
    unit: str  # "people" | "visits"
    candidates: tuple[Candidate, ...]
    x: Columns  # (n, candidates)
    did: Truths  # (n, candidates): who are "those who did it"
    base: Floats  # (n, k): the obvious
    y: Floats  # (n,): 0 or 1, or an amount's logarithm
    amount: Floats | None  # (n,): the amount itself; None for a share
    person: Whole  # (n,): code of the person of each unit
    era: Whole  # (n,): 0 is the latest
    eras: int
    visit: Whole | None = None  # (n,): code of the visit that each moment belongs to; None where units are people

    @property
    def is_share(self) -> bool:
        return self.amount is None

    def of(self, rows: Truths) -> Trial:
        """Some units only."""
        return replace(
            self, x=self.x[rows], did=self.did[rows], base=self.base[rows], y=self.y[rows],
            amount=None if self.amount is None else self.amount[rows], person=self.person[rows], era=self.era[rows],
            visit=None if self.visit is None else self.visit[rows],
        )  # fmt: skip

    def with_(self, columns: Whole) -> Trial:
        """Some candidates only."""
        return replace(
            self,
            candidates=tuple(self.candidates[at] for at in columns.tolist()),
            x=self.x[:, columns],
            did=self.did[:, columns],
        )


def sifted(trial: Trial) -> Trial:
    """Without candidates that too few or nearly all did, that say what the obvious says, or that repeat another."""
    n = len(trial.y)
    done = trial.did.sum(axis=0)
    enough = np.minimum(done, n - done) >= FEWEST[trial.unit]
    trial = trial.with_(np.flatnonzero(enough))
    trial = replace(trial, x=trial.x.astype(np.float64))  # what is reckoned with is exact, what is kept is small
    if not trial.candidates:
        return trial
    rest = _standard(trial.x)
    base = np.column_stack([np.ones(n), trial.base])
    told = base @ np.linalg.lstsq(base, rest, rcond=None)[0]
    own = 1 - (told**2).mean(axis=0)
    trial = trial.with_(np.flatnonzero(own > 1 - ALIKE**2))
    return trial.with_(_different(_standard(trial.x)))


def _different(x: Floats) -> Whole:
    """Columns none of which goes with an earlier one more closely than ALIKE."""
    together = np.abs(x.T @ x) / max(len(x), 1)
    kept: list[int] = []
    for at in range(x.shape[1]):
        if not kept or together[at, kept].max() <= ALIKE:
            kept.append(at)
    return np.array(kept, dtype=np.int64)


def _standard(x: Columns) -> Floats:
    spread = x.std(axis=0)
    return np.asarray((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0), dtype=np.float64)
