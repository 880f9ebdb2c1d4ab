"""The engine's funnels and paths against plain loops over random events, many of them at one moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.spec.drawn import DrawnView

from kundskab.metrics.acts import Act
from kundskab.metrics.passages import FunnelQuery, passages
from kundskab.metrics.walks import PathsQuery, walks

START = datetime(2026, 3, 1, tzinfo=UTC)
SPAN = (date(2026, 3, 1), date(2026, 3, 2))
WINDOW = timedelta(minutes=40)
STEPS = ("A", "B", "A")


def world(seed: int) -> dict[str, list[tuple[datetime, str]]]:
    """person -> what they did in order; minutes are few, so that many events share one."""
    rng = np.random.default_rng(seed)
    return {
        f"p{n}": [
            (START + timedelta(minutes=int(minute)), str(rng.choice(["A", "B", "C"])))
            for minute in np.sort(rng.integers(0, 90, rng.integers(1, 15)))
        ]
        for n in range(150)
    }


def view(people: dict[str, list[tuple[datetime, str]]]) -> Any:
    return DrawnView(
        [{"person": who, "at": at.isoformat(), "action": did} for who, deeds in people.items() for at, did in deeds]
    )


def plainly(deeds: list[tuple[datetime, str]], order: str) -> int | None:
    """How many steps of STEPS somebody took; None: did not begin."""
    begins = set(STEPS) if order == "any" else {STEPS[0]}
    at = next((n for n, (_, did) in enumerate(deeds) if did in begins), None)
    if at is None:
        return None
    near = [did for time, did in deeds[at:] if time <= deeds[at][0] + WINDOW]
    if order == "any":
        return sum(step in near for step in STEPS)
    taken, rest = 1, near[1:]
    for step in STEPS[1:]:
        if step not in rest or (order == "strict" and rest[0] != step):
            return taken
        taken, rest = taken + 1, rest[rest.index(step) + 1 :]
    return taken


@pytest.mark.slow
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_funnels(order: str, seed: int) -> None:
    people = world(seed)
    query = FunnelQuery(tuple(Act(step) for step in STEPS), *SPAN, WINDOW, order)

    rows = passages(view(people), query, zone=ZoneInfo("UTC")).to_pyarrow().to_pylist()

    found = {row["person"]: sum(row[f"at_{n}"] is not None for n in range(len(STEPS))) for row in rows}
    assert found == {who: n for who, deeds in people.items() if (n := plainly(deeds, order)) is not None}


@pytest.mark.slow
@pytest.mark.parametrize("direction", ["after", "before"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_paths(direction: str, seed: int) -> None:
    people = world(seed)
    query = PathsQuery(Act("B"), *SPAN, direction, 3, WINDOW)

    rows = walks(view(people), query, zone=ZoneInfo("UTC")).to_pyarrow().to_pylist()

    expected = {}
    for who, deeds in people.items():
        at = next((n for n, (_, did) in enumerate(deeds) if did == "B"), None)
        if at is None:
            continue
        beside = deeds[at:] if direction == "after" else deeds[at::-1]
        near = [did for time, did in beside if abs(time - deeds[at][0]) <= WINDOW]
        folded = [did for before, did in pairwise(near) if did != before]
        expected[who] = [*folded, None, None, None][:3]
    assert {row["person"]: [row["step_1"], row["step_2"], row["step_3"]] for row in rows} == expected
