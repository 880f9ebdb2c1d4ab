"""The report card: forecasts whose horizon has passed, held against what came, with the plain guess beside them.

"Of those we gave 30 %, 29 % did": bins with Wilson intervals, the log-loss of all, and the calibration error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from math import nan

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kundskab.metrics.readings import wilson
from kundskab.predictions.calibration import ece, log_loss

CHANCES = ("returns", "action", "object")  # kinds whose forecast is a probability; the others are amounts
OURS, BASELINE = "ours", "baseline"
OVERALL = -1

_EDGES = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
_AMOUNT_BINS = 10
_LEAST = 1e-4  # what was given to an action that nobody had thought of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the card.  bin: -1 for all.  forecast_mean, happened: a share, or a mean amount; low, high: its
    95 % interval.  ece: mean distance over the bins; of amounts in their own unit."""

    kind: str
    model: str
    made_at: datetime
    horizon_days: int
    bin: int
    forecast_mean: float
    happened: float
    low: float
    high: float
    n: int
    log_loss: float
    ece: float


SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("model", pa.string()),
        ("made_at", pa.timestamp("us", tz="UTC")),
        ("horizon_days", pa.int32()),
        ("bin", pa.int32()),
        *((name, pa.float64()) for name in ("forecast_mean", "happened", "low", "high")),
        ("n", pa.int64()),
        ("log_loss", pa.float64()),
        ("ece", pa.float64()),
    ]
)


def card(forecasts: pa.Table, came: pa.Table) -> pa.Table:
    """The rows of the report card, SCHEMA.

    forecasts: person, kind, claim, forecast, baseline, horizon_days, as_of, each with its horizon passed.
    came: kind, as_of, horizon_days, person, claim, amount; what came within the horizon. Who has no row did nothing:
    amount 0, and of the kind "action" the claim null. An object is foretold "when one comes", so that people without
    a row of that kind are left out of it; there may be several rows per person.
    """
    marks = [mark for one, happened in _groups(forecasts, came) for mark in _marked(one, happened)]
    return pa.Table.from_pylist([asdict(mark) for mark in marks], schema=SCHEMA)


def in_words(mark: Mapping[str, object]) -> str:
    """A bin of chances as a sentence: "Of those we gave 30 %, 29 % did (between 25 and 33; 412 forecasts)"."""
    given, did, low, high = (round(100 * float(str(mark[k]))) for k in ("forecast_mean", "happened", "low", "high"))
    return f"Of those we gave {given} %, {did} % did (between {low} and {high}; {mark['n']:,} forecasts)"


@dataclass(frozen=True, slots=True, eq=False)
class _One:
    """The forecasts of one kind, moment and horizon, one row each.  person: a number."""

    kind: str
    made_at: datetime
    horizon_days: int
    person: npt.NDArray[np.int64]
    forecast: Floats
    baseline: Floats


def _groups(forecasts: pa.Table, came: pa.Table) -> Iterator[tuple[_One, Floats]]:
    keys = forecasts.group_by(["kind", "as_of", "horizon_days"]).aggregate([]).to_pylist()
    for key in sorted(keys, key=lambda k: (k["kind"], k["as_of"], k["horizon_days"])):
        rows, real = (_where(table, key) for table in (forecasts, came))
        if key["kind"] == "object":
            rows = rows.filter(pc.is_in(rows["person"], real["person"].combine_chunks()))
        person = pc.dictionary_encode(rows["person"].combine_chunks())
        person = person.combine_chunks() if isinstance(person, pa.ChunkedArray) else person
        one = _One(
            kind=key["kind"],
            made_at=key["as_of"],
            horizon_days=key["horizon_days"],
            person=person.indices.to_numpy(zero_copy_only=False).astype(np.int64),
            forecast=_numbers(rows, "forecast"),
            baseline=_numbers(rows, "baseline"),
        )
        yield one, _happened(key["kind"], rows, real)


def _where(table: pa.Table, key: Mapping[str, object]) -> pa.Table:
    schema = table.schema
    keep = None
    for name, value in key.items():
        same = pc.equal(table[name], pa.scalar(value, schema.field(name).type))
        keep = same if keep is None else pc.and_(keep, same)
    return table.filter(keep)


def _numbers(rows: pa.Table, name: str) -> Floats:
    return np.asarray(pc.fill_null(rows[name].cast(pa.float64()), nan).to_numpy())


def _happened(kind: str, rows: pa.Table, real: pa.Table) -> Floats:
    """What came of each forecast: 0 or 1, or its amount."""
    if kind in ("action", "object"):
        asked = list(zip(rows["person"].to_pylist(), rows["claim"].to_pylist(), strict=True))
        came = set(zip(real["person"].to_pylist(), real["claim"].to_pylist(), strict=True))
        did = {person for person, _ in came}
        nothing = kind == "action"
        return np.array(
            [(p, c) in came or (nothing and c is None and p not in did) for p, c in asked], dtype=np.float64
        )
    amounts = dict(zip(real["person"].to_pylist(), real["amount"].to_pylist(), strict=True))
    return np.array([float(amounts.get(person) or 0.0) for person in rows["person"].to_pylist()])


def _marked(one: _One, happened: Floats) -> Iterator[Mark]:
    for model, forecast in ((OURS, one.forecast), (BASELINE, one.baseline)):
        told = ~np.isnan(forecast)
        if not told.any():
            continue
        guess, real, person = forecast[told], happened[told], one.person[told]
        chances = one.kind in CHANCES
        bins = _chance_bins(guess) if chances else _amount_bins(guess)
        loss = _loss(one.kind, guess, real, person) if chances else nan
        gap = ece(np.clip(guess, 0, 1), real > 0) if chances else _amount_gap(bins, guess, real)
        interval = _share if chances else _mean
        n = len(np.unique(person)) if one.kind in ("action", "object") else len(guess)
        yield _mark(one, model, OVERALL, guess, real, interval, n, loss, gap)
        for number in np.unique(bins):
            inside = bins == number
            yield _mark(one, model, int(number), guess[inside], real[inside], interval, int(inside.sum()), nan, nan)


def _mark(
    one: _One, model: str, number: int, guess: Floats, real: Floats,
    interval: Callable[[Floats], tuple[float, float]], n: int, loss: float, gap: float,
) -> Mark:  # fmt: skip
    low, high = interval(real)
    return Mark(
        one.kind, model, one.made_at, one.horizon_days, number, float(guess.mean()), float(real.mean()), low, high, n,
        loss, gap,
    )  # fmt: skip


def _chance_bins(guess: Floats) -> npt.NDArray[np.int64]:
    return np.searchsorted(_EDGES, guess, "right").astype(np.int64)


def _amount_bins(guess: Floats) -> npt.NDArray[np.int64]:
    edges = np.unique(np.quantile(guess, np.linspace(0, 1, _AMOUNT_BINS + 1)[1:-1]))
    return np.searchsorted(edges, guess, "right").astype(np.int64)


def _amount_gap(bins: npt.NDArray[np.int64], guess: Floats, real: Floats) -> float:
    off = [abs(guess[bins == b].mean() - real[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(np.sum(off))


def _loss(kind: str, guess: Floats, real: Floats, person: npt.NDArray[np.int64]) -> float:
    """Of a person's next action: by the chance given to what came. Of a yes or no: of each."""
    if kind != "action":
        return float(log_loss(np.clip(guess, 0, 1), real > 0).mean())
    given = np.bincount(person, weights=guess * real)
    asked = np.bincount(person) > 0
    return float(-np.log(np.maximum(given[asked], _LEAST)).mean())


def _share(real: Floats) -> tuple[float, float]:
    return wilson(float(real.sum()), len(real))


def _mean(real: Floats) -> tuple[float, float]:
    half = 1.96 * float(real.std()) / len(real) ** 0.5
    return float(real.mean()) - half, float(real.mean()) + half
