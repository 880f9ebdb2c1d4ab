"""One person's purchases from her own events are those that the question to everybody finds."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.own import own_events
from tests.spec.drawn import DrawnView, drawn
from tests.spec.test_purchases import STORIES

from kundskab.metrics.purchases import buying, purchases
from kundskab.metrics.purchases_of_one import day_of, purchases_of_one

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def everybody(view: Any) -> dict[str, list[Any]]:
    found = defaultdict(list)
    for row in purchases(view, zone=STOCKHOLM).to_pyarrow().to_pylist():
        day = (row["day"] - datetime(1970, 1, 1).date()).days
        found[row["person"]].append((row["occurred_at"], row["occasion"], day, row["value"], row["currency"]))
    return found


def each(rows: list[dict[str, Any]], view: Any) -> dict[str, list[Any]]:
    found = {}
    for person, events in own_events(rows).items():
        bought = purchases_of_one(events, zone=STOCKHOLM, found=buying(view))
        found[person] = [(one.occurred_at, one.occasion, one.day, one.value, one.currency) for one in bought]
    return {person: bought for person, bought in found.items() if bought}


def same(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> None:
    def plain(found: dict[str, list[Any]]) -> list[Any]:
        rows = [(person, *row) for person, of in found.items() for row in of]
        return sorted(rows, key=lambda row: (*map(str, row[:3]), str(row[5])))

    assert [(*row[:4], *row[5:]) for row in plain(one)] == [(*row[:4], *row[5:]) for row in plain(other)]
    assert [row[4] for row in plain(one)] == [pytest.approx(row[4]) for row in plain(other)]


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
def test_each_drawn_story_has_the_same_end(story: str) -> None:
    rows = drawn(STORIES[story][0])
    view = DrawnView(rows)

    same(each(rows, view), everybody(view))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_whatever_two_hundred_people_do_they_bought_the_same(seed: int) -> None:
    chance = random.Random(seed)
    actions = ["Order Completed", "Order Placed", "Order Refunded", "Product Viewed", "purchase"]
    start = datetime(2026, 3, 27, tzinfo=UTC)  # the clock changes meanwhile
    rows = [
        {
            "person": f"p{chance.randrange(200)}",
            "at": (start + timedelta(hours=chance.randrange(100))).isoformat(),
            "action": chance.choice(actions),
            "occasion": chance.choice([None, None, "o1", "o2", "o3"]),
            "value": chance.choice([None, 10.0, 25.0, -5.0, 0.0]),
            "currency": chance.choice([None, "SEK", "SEK", "EUR"]),
            "quantity": chance.choice([None, None, 1.0, -1.0]),
        }
        for _ in range(1_200)
    ]
    view = DrawnView([{key: value for key, value in row.items() if value is not None} for row in rows])

    same(each(rows, view), everybody(view))


def test_a_day_goes_by_the_companys_clock() -> None:
    assert day_of(datetime(1970, 1, 1, 23, 30, tzinfo=UTC), STOCKHOLM) == 1
