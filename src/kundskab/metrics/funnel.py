"""Funnels: of those who took the first step, how many took the next ones, how long it took, and how surely we know.

A person is read once, from their first step in the span on; who tries again later is not read again. The window is
counted from that first step and holds its last moment. Whose window is not over yet is left out, above and below the
line, also when they are through already: the quick ones alone would make every share too good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import nan
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from kundskab.consent.view import View
from kundskab.metrics.distance.doubt import median
from kundskab.metrics.groups import largest
from kundskab.metrics.passages import FunnelQuery, passages
from kundskab.metrics.readings import FEWEST, Reading, poisson, share, too_small
from kundskab.metrics.seen import seen
from kundskab.metrics.trend import REST
from kundskab.types import KundskabError

ORDERS = ("ordered", "strict", "any")
MOST_STEPS = 12
_LONGEST = timedelta(days=366)
_UNITS = ((timedelta(hours=2), "minutes", 60e6), (timedelta(days=3), "hours", 3600e6), (_LONGEST, "days", 86400e6))

Times = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """How many came so far. of_first: of those who began.  of_before: of those at the step before.

    after: the median time since the step before, of those who took both within the window.
    """

    name: str
    of_first: Reading
    of_before: Reading
    after: Reading


@dataclass(frozen=True, slots=True)
class Course:
    """One way down the steps. name None: everybody.  waiting: began, and their window is not over yet."""

    name: str | None
    began: Reading  # persons whose window is over
    steps: tuple[Step, ...]
    waiting: int

    @property
    def through(self) -> Reading:
        """The share that took every step."""
        return self.steps[-1].of_first


@dataclass(frozen=True, slots=True)
class Funnel:
    """Everybody, and where it is split each group, the largest first."""

    query: FunnelQuery
    together: Course
    groups: tuple[Course, ...]
    as_of: datetime | None  # windows that end later are not over; None where there is no event
    snapshot: int

    @property
    def is_empty(self) -> bool:
        return not (self.together.began.n or self.together.began.hidden or self.together.waiting)


def funnel(view: View, query: FunnelQuery, *, zone: ZoneInfo) -> Funnel:
    """Read a funnel from the view; zone is the workspace's clock.

    Raises KundskabError for steps, a window, an order or a dimension that there cannot be.
    """
    _refuse(query)
    known = seen(view)
    if known is None:
        return Funnel(query, _course(None, _NOBODY, 0, query, view.snapshot), (), None, view.snapshot)
    table = passages(view, query, zone=zone).drop("person").to_pyarrow()
    times = np.column_stack([_numbers(table[f"at_{n}"]) for n in range(len(query.steps))])
    over = times[:, 0] + _us(query.window) <= known.as_of.astimezone(UTC).timestamp() * 1e6
    groups: tuple[Course, ...] = ()
    if query.by is not None:
        names, index = _groups(table["group"])
        groups = _split(names, index, times, over, query, view.snapshot)
    few = 0 < over.sum() < FEWEST
    together = _course(None, times[over], int((~over).sum()), query, view.snapshot, hide=bool(few))
    return Funnel(query, together, groups, known.as_of, view.snapshot)


def chosen(
    view: View, query: FunnelQuery, *, zone: ZoneInfo, step: int, took: bool = True, group: str | None = None
) -> ibis.Table:
    """Who came as far as a step, or left just before it: one row per person, person and at (us since 1970).

    step: its place from 0.  took False: those who took the step before and not this one; at is then of the step before.
    group: of the dimension of the query.  Only persons whose window is over, as in the numbers.
    """
    _refuse(query)
    if not 0 <= step < len(query.steps) or (step == 0 and not took):
        raise KundskabError(
            f"This funnel has no step {step + 1} that people can have {'taken' if took else 'left at'}."
        )
    known = seen(view)
    each = passages(view, query, zone=zone)
    end = known.as_of.astimezone(UTC).timestamp() * 1e6 if known else 0
    each = each.filter(each.at_0 + int(_us(query.window)) <= int(end))
    if group is not None:
        each = each.filter(each.group == group)
    if took:
        each = each.filter(each[f"at_{step}"].notnull())
        return each.select("person", at=each[f"at_{step}"])
    each = each.filter(each[f"at_{step}"].isnull(), each[f"at_{step - 1}"].notnull())
    return each.select("person", at=each[f"at_{step - 1}"])


def _refuse(query: FunnelQuery) -> None:
    if not 2 <= len(query.steps) <= MOST_STEPS:
        raise KundskabError(f"A funnel has 2 to {MOST_STEPS} steps, not {len(query.steps)}.")
    if query.order not in ORDERS:
        raise KundskabError(f"There is no order {query.order!r}; choose {', '.join(ORDERS)}.")
    if not timedelta(0) < query.window <= _LONGEST:
        raise KundskabError(f"A window is longer than nothing and no longer than {_LONGEST.days} days.")
    if query.until < query.since:
        raise KundskabError(f"{query.until} comes before {query.since}; put the earlier day first.")


def _groups(column: object) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The names of groups, and the place of each person's among them."""
    coded = pc.dictionary_encode(column).combine_chunks()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)


def _split(
    names: Sequence[str], index: npt.NDArray[np.int64], times: Times, over: npt.NDArray[np.bool_],
    query: FunnelQuery, snapshot: int,
) -> tuple[Course, ...]:  # fmt: skip
    """A course for each of the largest groups, and one for what is left of them all."""
    sizes = np.bincount(index[over], minlength=len(names))
    named = largest({name: int(n) for name, n in zip(names, sizes, strict=True)})
    place = {name: at for at, name in enumerate(named)}
    belongs = np.array([place.get(name, len(named)) for name in names], dtype=np.int64)[index]
    labels = [*named, REST] if (belongs == len(named)).any() else list(named)
    small = too_small({name: int((over & (belongs == at)).sum()) for at, name in enumerate(labels)})
    return tuple(
        _course(
            name,
            times[over & (belongs == at)],
            int((~over & (belongs == at)).sum()),
            query,
            snapshot,
            hide=name in small,
        )
        for at, name in enumerate(labels)
    )


def _course(
    name: str | None, times: Times, waiting: int, query: FunnelQuery, snapshot: int, *, hide: bool = False
) -> Course:
    """times: shape (persons, steps), microseconds, nan where the step was not taken."""
    if hide:
        unread = Reading.withheld("share", snapshot=snapshot, group=name)
        began = Reading.withheld("persons", snapshot=snapshot, group=name)
        after = Reading.withheld(_unit(query)[0], snapshot=snapshot, group=name)
        steps = tuple(Step(said, unread, unread, after) for said in _names(query))
        return Course(name, began, steps, 0)
    taken = (~np.isnan(times)).sum(axis=0)
    low, high = poisson(len(times)) if len(times) else (nan, nan)
    began = Reading(float(len(times)), low, high, len(times), "persons", snapshot, name)
    steps = tuple(_step(said, n, times, taken, query, snapshot, name) for n, said in enumerate(_names(query)))
    return Course(name, began, steps, waiting)


def _step(
    said: str, n: int, times: Times, taken: npt.NDArray[np.int64], query: FunnelQuery, snapshot: int, group: str | None
) -> Step:
    unit, size = _unit(query)
    if n == 0:
        whole = Reading(1.0 if len(times) else nan, 1.0, 1.0, len(times), "share", snapshot, group)
        return Step(said, whole, whole, Reading(nan, nan, nan, 0, unit, snapshot, group))
    of_first = share(int(taken[n]), len(times), snapshot=snapshot, group=group)
    of_before = share(int(taken[n]), int(taken[n - 1]), snapshot=snapshot, group=group)
    if 0 < taken[n - 1] < FEWEST:
        of_before = Reading.withheld("share", snapshot=snapshot, group=group)
    gaps = (times[:, n] - times[:, n - 1]) / size
    after = median(gaps[~np.isnan(gaps)], unit, snapshot=snapshot, group=group)
    return Step(
        said,
        of_first,
        of_before,
        Reading.withheld(unit, snapshot=snapshot, group=group) if 0 < after.n < FEWEST else after,
    )


def _names(query: FunnelQuery) -> list[str]:
    if query.order == "any":
        return [f"{n} of them" for n in range(1, len(query.steps) + 1)]
    return [str(step) for step in query.steps]


def _unit(query: FunnelQuery) -> tuple[str, float]:
    """What times are told in, and its microseconds: the longer the window, the larger."""
    return next((name, size) for longest, name, size in _UNITS if query.window <= longest)


def _us(time: timedelta) -> float:
    return time / timedelta(microseconds=1)


def _numbers(column: object) -> Times:
    # Microseconds since 1970 lose nothing as floats before the year 2255.
    return np.asarray(pc.cast(column, "float64", safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


_NOBODY: Times = np.empty((0, MOST_STEPS))
