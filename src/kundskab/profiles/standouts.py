"""What each person stands out by, of everybody at once: the same question as `standout`, asked on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import special

from kundskab.profiles.own import own
from kundskab.profiles.standout import AT_LEAST, FEWEST_DAYS, LEVEL
from kundskab.profiles.yardstick import _TRUST, Yardstick, _days, _did, tail

if TYPE_CHECKING:
    from kundskab.consent.view import View

Floats = npt.NDArray[np.float64]


def standouts(view: View, measure: Yardstick | None, *, zone: str) -> pa.Table:
    """One row per person who stands out: person, kind, behaviour, value and usual (days), times, low, high.

    Most people do not, and have no row; nobody has where fewer than fifty people can be compared.
    measure: what `yardstick` makes of everybody; of millions it takes longer than a view lives, so it may come from
    an earlier one.
    """
    if measure is None or not measure.threshold:
        return _table([], np.zeros((0, 5)))
    events = own(view.events)
    days = _days(events, zone)
    came = days.group_by("person", "quarter", "size").agg(n=days.count()).to_pandas()
    did = _did(events, days, zone).to_pandas()
    people, who = np.unique(came["person"].to_numpy(), return_inverse=True)
    exposure = np.zeros((len(people), len(measure.strata)))
    exposure[who, [measure.strata[pair] for pair in zip(came["quarter"], came["size"], strict=True)]] = came["n"]
    did["who"] = np.searchsorted(people, did["person"].to_numpy())
    did["stratum"] = [measure.strata[pair] for pair in zip(did["quarter"], did["size"], strict=True)]
    place = {name: at for at, name in enumerate(measure.behaviours)}
    best: Floats = np.full((len(people), 5), -np.inf)  # value, usual, times, low, high
    name_of = np.full(len(people), -1)
    for name, rows in did.groupby(["kind", "behaviour"]):
        if name in place:
            at = place[name]
            doing, codes = np.unique(rows["who"].to_numpy(), return_inverse=True)
            done = np.zeros((len(doing), len(measure.strata)))
            np.add.at(done, (codes, rows["stratum"].to_numpy()), rows["n"].to_numpy())
            told = _compared(measure, at, exposure[doing], done)
            better = told[:, 3] > best[doing, 3]
            best[doing[better]], name_of[doing[better]] = told[better], at
    some = name_of >= 0
    behaviours = [measure.behaviours[at] for at in name_of[some].tolist()]
    return _table(behaviours, best[some], people[some].tolist())


def _compared(measure: Yardstick, at: int, ours: Floats, done: Floats) -> Floats:
    """(people, 5): days, expected, times, low, high; low is -inf for who does not stand out."""
    value = done.sum(axis=1)
    left, of = np.maximum(measure.done[at] - done, 0.0), np.maximum(measure.days - ours, 0.0)
    overall = left.sum(axis=1, keepdims=True) / np.maximum(of.sum(axis=1, keepdims=True), 1.0)
    expected = ((left + _TRUST * overall) / (of + _TRUST) * ours).sum(axis=1)
    breadth = float(measure.breadth[at])
    shape, rate = 1 / breadth + value, 1 / breadth + expected
    low, high = (special.gammaincinv(shape, end) / rate for end in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    stands_out = (value >= FEWEST_DAYS) & (tail(value, expected) <= measure.threshold) & (low >= AT_LEAST)
    return np.column_stack([value, expected, shape / rate, np.where(stands_out, low, -np.inf), high])


def _table(behaviours: list[tuple[str, str]], told: Floats, people: list[str] | None = None) -> pa.Table:
    value, usual, times, low, high = told.T
    return pa.table(
        {
            "person": pa.array(people or [], pa.string()),
            "kind": pa.array([kind for kind, _ in behaviours], pa.string()),
            "behaviour": pa.array([name for _, name in behaviours], pa.string()),
            "value": value, "usual": usual, "times": times, "low": low, "high": high,
        }
    )  # fmt: skip
