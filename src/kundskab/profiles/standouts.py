"""What each person stands out by, of everybody at once: the same question as `standout`, asked on arrays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy import special

from kundskab.profiles.days import Days, Done, Numbers, Places
from kundskab.profiles.standout import AT_LEAST, FEWEST_DAYS, LEVEL
from kundskab.profiles.yardstick import TRUST, Yardstick, tail


def standouts(everybody: Days, measure: Yardstick | None) -> pa.Table:
    """One row per person who stands out: person, kind, behaviour, value and usual (days), times, low, high.

    Most people do not, and have no row; nobody has where fewer than fifty people can be compared.
    measure: what `measured` makes of these days.
    """
    if measure is None or not measure.threshold:
        return _table([], np.zeros((0, 5)), pa.array([], pa.string()))
    best: Numbers = np.full((len(everybody.persons), 5), -np.inf)  # value, usual, times, low, high
    behaviour_of = np.full(len(everybody.persons), -1)
    for place, one in enumerate(everybody.done):
        who, told = _compared(everybody, measure, place, one)
        better = told[:, 3] > best[who, 3]
        best[who[better]], behaviour_of[who[better]] = told[better], place
    some = np.flatnonzero(behaviour_of >= 0)
    behaviours = [measure.behaviours[place] for place in behaviour_of[some].tolist()]
    return _table(behaviours, best[some], everybody.persons.take(pa.array(some)).cast(pa.string()))


def _compared(everybody: Days, measure: Yardstick, place: int, one: Done) -> tuple[Places, Numbers]:
    """Who did this behaviour often enough to be asked about, and per such person days, expected, times, low, high.

    low is -inf for who does not stand out. Only strata in which somebody came are looked at; the days of the person
    are left out of the others'.
    """
    value = np.bincount(one.who, one.days, minlength=len(everybody.persons))
    who = np.flatnonzero(value >= FEWEST_DAYS)
    value = value[who]
    theirs = everybody.came[who].tocoo()
    row_of = np.full(len(everybody.persons), -1)
    row_of[who] = np.arange(len(who))
    rows, strata = row_of[one.who], len(everybody.strata)
    kept = rows >= 0
    keys, wanted = theirs.row * np.int64(strata) + theirs.col, rows[kept] * strata + one.stratum[kept]
    done = np.zeros(len(keys))
    order = np.argsort(keys)
    done[order[np.searchsorted(keys, wanted, sorter=order)]] = one.days[kept]
    came = np.bincount(theirs.row, theirs.data, minlength=len(who))
    overall = (measure.done[place].sum() - value) / np.maximum(measure.days.sum() - came, 1.0)
    others = measure.done[place][theirs.col] - done + TRUST * overall[theirs.row]
    due = others / (measure.days[theirs.col] - theirs.data + TRUST) * theirs.data
    expected = np.bincount(theirs.row, due, minlength=len(who))
    shape, rate = 1 / measure.breadth[place] + value, 1 / measure.breadth[place] + expected
    low, high = (special.gammaincinv(shape, end) / rate for end in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    stands_out = (tail(value, expected) <= measure.threshold) & (low >= AT_LEAST)
    return who, np.column_stack([value, expected, shape / rate, np.where(stands_out, low, -np.inf), high])


def _table(behaviours: list[tuple[str, str]], told: Numbers, persons: pa.Array) -> pa.Table:
    value, usual, times, low, high = told.T
    return pa.table(
        {
            "person": persons,
            "kind": pa.array([kind for kind, _ in behaviours], pa.string()),
            "behaviour": pa.array([name for _, name in behaviours], pa.string()),
            "value": value, "usual": usual, "times": times, "low": low, "high": high,
        }
    )  # fmt: skip
