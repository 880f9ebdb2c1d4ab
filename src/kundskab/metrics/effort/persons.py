"""Effort by person: each one's rate drawn towards what is usual, since one bad visit proves nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from math import nan

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import special

from kundskab.consent.view import View
from kundskab.metrics.effort.answer import Moment, PersonEffort
from kundskab.metrics.effort.flows import UNIT, unseen
from kundskab.metrics.effort.moments import passes, steps
from kundskab.metrics.readings import FEWEST, LEVEL, Reading

PROVING = 3  # passes from which on somebody's effort may be called harder than usual
MOST_MOMENTS = 50
_ALIKE = 0.05  # where chance explains all differences, people still differ by so much of the mean

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual: points a pass.  scatter: their variance from pass to pass.  spread: from person to person."""

    mean: float
    scatter: float
    spread: float
    persons: int

    @property
    def is_known(self) -> bool:
        return self.persons >= FEWEST and self.mean > 0


def effort_by_person(view: View, persons: Collection[str] | None = None, *, since: datetime | None = None) -> pa.Table:
    """One row per person who went through any flow: person, passes, points, effort, low, high, harder.

    effort: points a pass, shrunk towards everybody's; low, high: where it lies with 95 %; harder: surely more than
    usual, on PROVING passes or more.  persons: only these, still beside what is usual for everybody.
    """
    table = _own(steps(view.events, since=since)).to_pyarrow()
    found = usual(table)
    if persons is not None:
        table = table.filter(pa.compute.is_in(table["person"], pa.array(sorted(persons), pa.string())))
    n, points = _floats(table, "passes"), _floats(table, "points")
    effort, low, high = shrunk(n, points, found)
    return pa.table(
        {
            "person": table["person"],
            "passes": table["passes"],
            "points": points,
            "effort": effort,
            "low": low,
            "high": high,
            "harder": (low > found.mean) & (n >= PROVING),
        }
    ).sort_by([("effort", "descending"), ("person", "ascending")])


def effort_of(view: View, person: str, *, known: Usual | None = None, since: datetime | None = None) -> PersonEffort:
    """One person's effort, with the moments it is read from.

    known: what is usual, when the caller has it from `usual_of`; None: it is read from everybody's events.
    """
    known = known or usual_of(view, since=since)
    walked = steps(view.of_person(person), since=since).cache()
    own = _own(walked).to_pyarrow()
    n, points = (float(own[name][0].as_py()) if own.num_rows else 0.0 for name in ("passes", "points"))
    [effort], [low], [high] = shrunk(np.array([n]), np.array([points]), known)
    reading = Reading(float(effort), float(low), float(high), int(n), UNIT, view.snapshot)
    return PersonEffort(
        person=person,
        passes=int(n),
        points=points,
        effort=reading if n else Reading(nan, nan, nan, 0, UNIT, view.snapshot),
        usual=known.mean if known.is_known else nan,
        harder=bool(n >= PROVING and low > known.mean),
        moments=_moments(walked),
        unseen=unseen(view.events),
    )


def effort_in_flow(view: View, kind: str, flow: str, *, since: datetime | None = None) -> pa.Table:
    """One row per person who went through this flow: person, passes, points, signs, last; the most points first."""
    walked = steps(view.events, since=since)
    some = walked.filter(walked.kind == kind, walked.flow == flow)
    each = passes(some)
    summed = each.group_by("person").agg(
        passes=each.count(), points=each.points.sum(), signs=each.signs.sum(), last=each.began.max()
    )
    return summed.order_by(ibis.desc("points"), ibis.desc("last"), "person").to_pyarrow()


def usual_of(view: View, *, since: datetime | None = None) -> Usual:
    """What is usual for everybody in the view."""
    return usual(_own(steps(view.events, since=since)).to_pyarrow())


def usual(own: pa.Table) -> Usual:
    """The mean, and how passes and persons differ.  own: one row per person with passes, points, squares.

    By the method of moments of a one-way layout with unequal groups.
    Source: Searle, Casella & McCulloch 1992, Variance Components, chapter 3.
    """
    n, points, squares = (_floats(own, name) for name in ("passes", "points", "squares"))
    persons, total = len(n), float(n.sum())
    if not persons or not points.sum():
        return Usual(0.0, 0.0, 0.0, persons)
    mean = float(points.sum() / total)
    within = float((squares - points * points / n).sum())
    scatter = within / (total - persons) if total > persons else mean
    scatter = max(scatter, 1e-3 * mean)
    between = float((n * (points / n - mean) ** 2).sum()) - (persons - 1) * scatter
    spread = between / (total - float((n * n).sum()) / total) if persons > 1 else 0.0
    return Usual(mean, scatter, max(spread, (_ALIKE * mean) ** 2), persons)


def shrunk(n: Floats, points: Floats, known: Usual, *, level: float = LEVEL) -> tuple[Floats, Floats, Floats]:
    """(rate, low, high) of persons with `points` in `n` passes; shape (persons,) each, nan where nothing is usual.

    A person's rate is taken to be gamma distributed around the usual one, their points to scatter around it like
    Poisson counts stretched by scatter / mean.  The rate is then (points + k * mean) / (n + k), k = scatter / spread.
    Source: Efron & Morris 1973, JASA 68(341); gamma-Poisson form in Gelman et al., Bayesian Data Analysis, 2.6.
    """
    if not known.is_known:
        nothing = np.full(len(n), np.nan)
        return nothing, nothing, nothing
    stretch = known.scatter / known.mean
    shape = known.mean**2 / known.spread + points / stretch
    rate = known.mean / known.spread + n / stretch
    tail = (1 - level) / 2
    return shape / rate, special.gammaincinv(shape, tail) / rate, special.gammaincinv(shape, 1 - tail) / rate


def _own(walked: ibis.Table) -> ibis.Table:
    """One row per person: passes, points, squares (of the points of each pass)."""
    each = passes(walked)
    return each.group_by("person").agg(
        passes=each.count(), points=each.points.sum(), squares=(each.points * each.points).sum()
    )


def _moments(walked: ibis.Table) -> tuple[Moment, ...]:
    hard = walked.filter(walked.sign.notnull()).order_by(ibis.desc("at")).limit(MOST_MOMENTS)
    rows = hard.select("at", "kind", "flow", "sign", "points", "action", "detail").to_pyarrow().to_pylist()
    return tuple(Moment(**row) for row in rows)


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].to_numpy(), dtype=np.float64)
