"""Retention and funnels in made worlds whose truth is known: 95 % intervals hold it, with whatever is unfinished."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import exp, log
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa
import pytest

from kundskab.metrics.acts import Act
from kundskab.metrics.funnel import Course, funnel
from kundskab.metrics.passages import FunnelQuery
from kundskab.metrics.retention import RetentionQuery, retention

UTC_ZONE = ZoneInfo("UTC")
START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 30.0


class MadeView:
    at = None
    opened_at = datetime(2027, 6, 1, tzinfo=UTC)
    snapshot = 1

    def __init__(self, person: Any, days: Any, action: Any, channel: Any) -> None:
        n = len(days)
        moments = (np.asarray(days) * 86_400_000_000).astype(np.int64) + int(START.timestamp() * 1_000_000)
        self.events = ibis.memtable(
            pa.table(
                {
                    "person": pa.array(person),
                    "occurred_at": pa.array(moments).cast(pa.timestamp("us", "UTC")),
                    "action": pa.array(action),
                    "channel": pa.array(channel),
                    "ingested_seq": pa.array(np.arange(n)),
                    "properties": pa.array(["{}"] * n),
                }
            )
        )


@pytest.mark.slow
def test_shares_who_came_back_are_held_by_95_of_100_intervals() -> None:
    rng = np.random.default_rng(31)
    cohorts, each = 330, 40
    truth = rng.uniform(0.15, 0.45, cohorts)
    day = np.repeat(np.arange(cohorts), each)
    person = np.array([f"p{n}" for n in range(len(day))])
    back = rng.random(len(day)) < truth[day]
    days = np.concatenate([day + 0.5, day[back] + 1.5, [cohorts + 3.0]])
    names = np.concatenate([person, person[back], ["feed"]])
    actions = ["Visited"] * (len(days) - 1) + ["Mailing Sent"]
    query = RetentionQuery(date(2026, 1, 1), date(2026, 11, 26), Act("Visited"), Act("Visited"), step="day", periods=2)

    found = retention(MadeView(names, days, actions, actions), query, zone=UTC_ZONE)  # type: ignore[arg-type]

    read = [cohort.cells[1].reading for cohort in found.cohorts]
    held = np.mean([r.low <= p <= r.high for r, p in zip(read, truth, strict=True)])
    assert len(read) == cohorts
    assert 0.92 <= held <= 0.98  # of 330, chance alone moves 95 % by 1.2 points


SHARE, MEAN_DAYS, WINDOW = 0.6, 3.0, 7.0  # who ever orders, how long they take, how long we wait


def worlds(seed: int, of: int, people: int) -> tuple[Course, ...]:
    """`of` worlds at once, each a group: people look at any time of 30 days, and the feed ends on the last of them."""
    rng = np.random.default_rng(seed)
    n = of * people
    began = rng.uniform(0, DAYS, n)
    took = np.where(rng.random(n) < SHARE, rng.exponential(MEAN_DAYS, n), np.inf)
    seen = began + took < DAYS
    person, world = np.array([f"p{k}" for k in range(n)]), np.array([f"world {k % of}" for k in range(n)])
    view = MadeView(
        np.concatenate([person, person[seen], ["feed"]]),
        np.concatenate([began, (began + took)[seen], [DAYS]]),
        ["Viewed"] * n + ["Ordered"] * int(seen.sum()) + ["Mailing Sent"],
        np.concatenate([world, world[seen], ["feed"]]),
    )
    query = FunnelQuery(
        (Act("Viewed"), Act("Ordered")), date(2026, 1, 1), date(2026, 2, 1), timedelta(days=WINDOW), by="channel"
    )
    return funnel(view, query, zone=UTC_ZONE).groups  # type: ignore[arg-type]


@pytest.mark.slow
def test_conversions_and_times_hold_the_truth_though_many_are_still_under_way() -> None:
    courses = [course for seed in range(25) for course in worlds(seed, 8, 150)]

    within = 1 - exp(-WINDOW / MEAN_DAYS)
    middle = -MEAN_DAYS * log(1 - within / 2)  # of those who took it within the window
    through = [course.through for course in courses]
    after = [course.steps[1].after for course in courses]
    assert len(courses) == 200
    assert 0.91 <= np.mean([r.low <= SHARE * within <= r.high for r in through]) <= 0.99
    assert 0.91 <= np.mean([r.low <= middle <= r.high for r in after]) <= 0.99


def test_counting_those_under_way_would_miss_the_truth() -> None:
    [course] = worlds(5, 1, 4000)

    truth = SHARE * (1 - exp(-WINDOW / MEAN_DAYS))
    counted = course.through.value * course.began.n / (course.began.n + course.waiting)
    assert course.through.low < truth < course.through.high
    assert course.waiting > 500
    assert counted < course.through.low
