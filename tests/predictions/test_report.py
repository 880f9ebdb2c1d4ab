"""The report card: honest forecasts are seen to be honest, each kind is held against what came, and doubt is told."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from kundskab.predictions.report import OVERALL, SCHEMA, card, in_words

MAY = datetime(2026, 5, 1, tzinfo=UTC)
MOMENT = pa.timestamp("us", tz="UTC")
CLAIMS, PLAIN = ("order", "visit", None), (0.2, 0.3, 0.5)


def forecasts(rows: list[tuple[str, str, str | None, float, float]]) -> pa.Table:
    """person, kind, claim, forecast, baseline."""
    columns = list(zip(*rows, strict=True)) or [[]] * 5
    return pa.table(
        {
            "person": pa.array(columns[0], pa.string()),
            "kind": pa.array(columns[1], pa.string()),
            "claim": pa.array(columns[2], pa.string()),
            "forecast": pa.array(columns[3], pa.float64()),
            "baseline": pa.array(columns[4], pa.float64()),
            "horizon_days": pa.array([30] * len(rows), pa.int32()),
            "as_of": pa.array([MAY] * len(rows), MOMENT),
        }
    )


def came(rows: list[tuple[str, str, str | None, float]]) -> pa.Table:
    """kind, person, claim, amount."""
    columns = list(zip(*rows, strict=True)) or [[]] * 4
    return pa.table(
        {
            "kind": pa.array(columns[0], pa.string()),
            "person": pa.array(columns[1], pa.string()),
            "claim": pa.array(columns[2], pa.string()),
            "amount": pa.array(columns[3], pa.float64()),
            "horizon_days": pa.array([30] * len(rows), pa.int32()),
            "as_of": pa.array([MAY] * len(rows), MOMENT),
        }
    )


def test_honest_chances_lie_within_their_intervals_bin_by_bin() -> None:
    rng = np.random.default_rng(1)
    chance = rng.random(5_000)
    did = rng.random(5_000) < chance
    told = forecasts([(f"p{i}", "returns", None, float(c), 0.5) for i, c in enumerate(chance)])
    real = came([("returns", f"p{i}", None, 1.0) for i in np.flatnonzero(did)])

    marks = card(told, real).to_pylist()

    ours = [mark for mark in marks if mark["model"] == "ours" and mark["bin"] >= 0]
    inside = [mark["low"] <= mark["forecast_mean"] <= mark["high"] for mark in ours]
    overall = {mark["model"]: mark for mark in marks if mark["bin"] == OVERALL}
    assert len(ours) > 8
    assert sum(inside) >= len(inside) - 2
    assert overall["ours"]["log_loss"] < overall["baseline"]["log_loss"] - 0.1
    assert overall["ours"]["ece"] < 0.03
    assert sum(mark["n"] for mark in ours) == 5_000


def test_a_persons_next_action_is_one_of_all_or_nothing() -> None:
    ann = [
        ("ann", "action", claim, chance, plain)
        for claim, chance, plain in zip(CLAIMS, (0.6, 0.1, 0.3), PLAIN, strict=True)
    ]
    bo = [
        ("bo", "action", claim, chance, plain)
        for claim, chance, plain in zip(CLAIMS, (0.2, 0.1, 0.7), PLAIN, strict=True)
    ]

    marks = card(forecasts(ann + bo), came([("action", "ann", "order", 1.0)])).to_pylist()

    ours = next(mark for mark in marks if mark["model"] == "ours" and mark["bin"] == OVERALL)
    plain = next(mark for mark in marks if mark["model"] == "baseline" and mark["bin"] == OVERALL)
    assert ours["log_loss"] == pytest.approx(-(np.log(0.6) + np.log(0.7)) / 2)
    assert plain["log_loss"] == pytest.approx(-(np.log(0.2) + np.log(0.5)) / 2)
    assert ours["n"] == 2


def test_amounts_are_held_against_amounts_and_who_did_nothing_counts() -> None:
    told = forecasts([("ann", "value", None, 90.0, 50.0), ("bo", "value", None, 10.0, 50.0)])

    marks = card(told, came([("value", "ann", None, 80.0)])).to_pylist()

    ours = next(mark for mark in marks if mark["model"] == "ours" and mark["bin"] == OVERALL)
    assert (ours["forecast_mean"], ours["happened"]) == (50.0, 40.0)
    assert np.isnan(ours["log_loss"])
    assert ours["ece"] == pytest.approx(10)


def test_an_object_is_foretold_of_those_to_whom_one_came() -> None:
    told = forecasts([("ann", "object", "mug", 0.4, 0.1), ("bo", "object", "mug", 0.4, 0.1)])

    marks = card(told, came([("object", "ann", "mug", 1.0), ("object", "ann", "cup", 1.0)])).to_pylist()

    ours = next(mark for mark in marks if mark["model"] == "ours" and mark["bin"] == OVERALL)
    assert (ours["n"], ours["happened"]) == (1, 1.0)


def test_no_forecast_gives_no_mark() -> None:
    assert card(forecasts([]), came([])) == SCHEMA.empty_table()


def test_a_mark_is_said_in_words() -> None:
    mark = {"forecast_mean": 0.301, "happened": 0.288, "low": 0.25, "high": 0.33, "n": 1412}

    assert in_words(mark) == "Of those we gave 30 %, 29 % did (between 25 and 33; 1,412 forecasts)"
