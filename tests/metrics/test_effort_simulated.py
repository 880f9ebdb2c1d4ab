"""Effort, simulated: the hard form is found, shuffled data has none, and the intervals hold what they promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from kundskab.consent.view import View
from kundskab.metrics.effort import effort_by_flow, effort_by_person
from kundskab.metrics.effort.persons import shrunk, usual

FORMS = ("account", "checkout", "returns", "size guide")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """A view as far as metrics look at it."""

    events: ibis.Table
    snapshot: int = 1
    at: datetime | None = None
    opened_at: datetime = datetime(2027, 1, 1, tzinfo=UTC)


def company(rng: np.random.Generator, errors: dict[str, float], *, persons: int = 120, hard_form: bool = True) -> View:
    """Persons who fill in forms, some more than others; each attempt fails with the form's chance and is repeated.

    hard_form False: what happened in a form is dealt out anew among all passes, so that no form is harder.
    """
    clumsy = rng.gamma(3, 1 / 3, persons)
    person = np.repeat(np.arange(persons), rng.poisson(4, persons) + 1)
    form = rng.integers(0, len(FORMS), len(person))
    chance = np.minimum(np.array([errors[name] for name in FORMS])[form] * clumsy[person], 0.9)
    failed = rng.poisson(chance)
    if not hard_form:
        failed = rng.permutation(failed)
    at = rng.integers(0, 200, len(person)) * 86_400 + rng.integers(0, 80_000, len(person))
    rows = np.repeat(np.arange(len(person)), failed)
    columns: dict[str, Any] = {
        "person": [f"p{n:04}" for n in np.concatenate([person, person[rows]])],
        "action": ["Form Viewed"] * len(person) + ["Form Error"] * len(rows),
        "object": [FORMS[n] for n in np.concatenate([form, form[rows]])],
        "occurred_at": pa.array(np.concatenate([at, at[rows] + 60]) * 1_000_000, pa.timestamp("us", tz="UTC")),
    }
    table = pa.table(columns)
    nothing = pa.nulls(table.num_rows, pa.string())
    table = table.append_column("category", nothing).append_column("occasion", nothing)
    table = table.append_column("properties", pa.array(["{}"] * table.num_rows))
    return cast(View, Seen(ibis.memtable(table.append_column("ingested_seq", pa.array(range(table.num_rows))))))


@pytest.mark.slow
def test_the_planted_hard_form_is_found_first() -> None:
    rng = np.random.default_rng(1)

    for _ in range(5):
        found = effort_by_flow(company(rng, {"account": 0.15, "checkout": 0.1, "returns": 0.5, "size guide": 0.1}))

        assert found.flows[0].flow == "returns"
        assert [flow.flow for flow in found.flows if flow.stands_out] == ["returns"]


@pytest.mark.slow
def test_no_form_stands_out_in_shuffled_data() -> None:
    rng = np.random.default_rng(2)
    errors = {"account": 0.15, "checkout": 0.1, "returns": 0.5, "size guide": 0.1}

    outstanding = [
        flow.stands_out for _ in range(25) for flow in effort_by_flow(company(rng, errors, hard_form=False)).flows
    ]

    assert len(outstanding) == 100
    assert sum(outstanding) <= 2  # meant to be at most one false alarm in twenty companies


@pytest.mark.slow
@pytest.mark.parametrize("persons", [15, 60])
def test_the_interval_of_a_form_covers_what_it_is(persons: int) -> None:
    rng = np.random.default_rng(3)
    errors = dict.fromkeys(FORMS, 0.2)
    true = 2 * _mean_failures(rng, 0.2)
    within = total = 0

    for _ in range(20):
        for flow in effort_by_flow(company(rng, errors, persons=persons)).flows:
            if not flow.effort.hidden:
                within += flow.effort.low <= true <= flow.effort.high
                total += 1

    assert within / total >= 0.90, within / total  # 80 trials: 95 % less two standard errors


def test_the_interval_of_a_person_covers_their_own_rate() -> None:
    rng = np.random.default_rng(4)
    persons = 4_000
    rate = rng.gamma(2, 0.5, persons)
    n = rng.integers(1, 12, persons)
    points, squares = _points(rng, rate, n)
    known = usual(pa.table({"passes": n, "points": points, "squares": squares}))

    _, low, high = shrunk(n.astype(float), points, known)

    covered = float(((low <= 2 * rate) & (2 * rate <= high)).mean())
    assert 0.93 <= covered <= 0.98


def test_one_bad_visit_proves_nothing() -> None:
    rng = np.random.default_rng(5)
    n = np.full(200, 8)
    points, squares = _points(rng, np.full(200, 0.5), n)
    known = usual(pa.table({"passes": n, "points": points, "squares": squares}))

    [once, often], [once_low, often_low], _ = shrunk(np.array([1.0, 30.0]), np.array([8.0, 150.0]), known)

    assert once_low < known.mean, "8 points in one pass"
    assert often_low > known.mean, "5 points a pass, thirty times"
    assert once < often < 5


@pytest.mark.slow
def test_persons_among_equals_are_seldom_called_harder() -> None:
    rng = np.random.default_rng(6)
    view = company(rng, dict.fromkeys(FORMS, 0.2), persons=300)

    table = effort_by_person(view)

    assert table.num_rows == 300
    # Half of them truly have more than usual; what is claimed of a person must not be claimed of many.
    assert 0 <= sum(table["harder"].to_pylist()) <= 30
    some = effort_by_person(view, ["p0001", "nobody"])
    assert some["person"].to_pylist() == ["p0001"]
    [beside_all] = [row for row in table.to_pylist() if row["person"] == "p0001"]
    # What is usual is summed up in any order, so its last digits may differ.
    assert some["effort"][0].as_py() == pytest.approx(beside_all["effort"])


def _points(rng: np.random.Generator, rate: Floats, n: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Per person: points over n passes, two points an error, and the sum of their squares per pass."""
    each = [2.0 * rng.poisson(r, k) for r, k in zip(rate, n, strict=True)]
    return np.array([p.sum() for p in each]), np.array([(p * p).sum() for p in each])


def _mean_failures(rng: np.random.Generator, errors: float) -> float:
    return float(np.minimum(errors * rng.gamma(3, 1 / 3, 1_000_000), 0.9).mean())
