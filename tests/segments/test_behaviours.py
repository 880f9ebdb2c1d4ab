"""What is counted of people's events: days, not clicks; categories where they tell more; the old fades."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from tests.spec.drawn import DrawnView, crowd, drawn

from kundskab.segments.behaviours import Counts, Vocabulary, counted, vocabulary

pytestmark = pytest.mark.slow

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
FOREVER = 1e7  # days: nothing fades


def seen(events: str | list[dict[str, Any]], **asked: Any) -> Counts:
    asked = {"as_of": AS_OF, "zone": "UTC", "half_life_days": FOREVER} | asked
    return counted(DrawnView(events), **asked)  # type: ignore[arg-type]


def of(counts: Counts, person: str) -> dict[str, float]:
    return {
        row["behaviour"]: pytest.approx(row["count"], abs=0.01)
        for row in counts.rows().to_pylist()
        if row["person"] == person
    }


def others(*deeds: tuple[str, str], **given: Any) -> list[dict[str, Any]]:
    """Five people, so that what they do is a behaviour."""
    return crowd(5, *deeds, **given)


def test_a_day_counts_once_however_much_was_done() -> None:
    ann = drawn("""
        person | at               | action
        -------+------------------+-------
        ann    | 2026-06-01T10:00 | Visited
        ann    | 2026-06-01T11:00 | Visited
        ann    | 2026-06-03T10:00 | Visited
    """)

    assert of(seen([*ann, *others(("2026-06-01", "Visited"))]), "ann") == {"Visited": 2}


def test_days_go_by_the_companys_clock() -> None:
    late = others(("2026-06-01T21:00", "Visited"), ("2026-06-01T23:00", "Visited"))

    assert of(seen(late), "p0") == {"Visited": 1}
    assert of(seen(late, zone="Europe/Stockholm"), "p0") == {"Visited": 2}


def test_a_day_counts_half_after_the_half_life() -> None:
    old = others(("2026-06-30", "Visited"), ("2026-05-31", "Visited"))

    assert of(seen(old, half_life_days=30), "p0") == {"Visited": 1.5}


def test_what_has_faded_away_or_lies_ahead_is_not_counted() -> None:
    events = others(("2025-06-30", "Visited"), ("2026-07-01", "Visited"), ("2026-06-29", "Shared"))

    assert of(seen(events, half_life_days=20), "p0") == {"Shared": pytest.approx(0.97, abs=0.01)}


def test_only_what_is_new_is_counted_when_asked_so() -> None:
    events = others(("2026-05-01", "Visited"), ("2026-06-20", "Visited"))

    assert of(seen(events, since=datetime(2026, 6, 1, tzinfo=UTC)), "p0") == {"Visited": 1}


def test_a_category_is_told_where_most_events_of_the_action_have_one() -> None:
    events = [
        *others(("2026-06-01", "Ordered"), category="boots"),
        *others(("2026-06-02", "Ordered"), category="tents"),
        *others(("2026-06-03", "Ordered")),
        *others(("2026-06-03", "Shared")),
        {"person": "p0", "at": "2026-06-04", "action": "Ordered", "category": "a rare thing"},
    ]

    assert of(seen(events), "p0") == {"Ordered · boots": 1, "Ordered · tents": 1, "Ordered": 2, "Shared": 1}


def test_an_object_is_told_where_there_is_no_category_and_it_comes_back() -> None:
    days = ("2026-03-01", "2026-06-01")
    lasting = [row for day in days for thing in ("A1", "B2") for row in others((day, "Bought"), object=thing)]
    letters = [row for day in days for row in others((day, "Opened"), object=f"letter of {day}")]

    found = seen([*lasting, *letters])

    assert found.behaviours == ("Bought", "Bought · A1", "Bought · B2", "Opened")
    assert of(found, "p0") == {"Bought · A1": 2, "Bought · B2": 2, "Opened": 2}


def test_what_fewer_than_five_people_do_is_no_behaviour() -> None:
    assert seen(crowd(4, ("2026-06-01", "Visited"))).behaviours == ()
    assert seen(crowd(4, ("2026-06-01", "Visited"))).matrix.shape == (0, 0)


def test_what_we_did_to_people_is_not_their_doing() -> None:
    assert seen(others(("2026-06-01", "Email Delivered"), ("2026-06-01", "Visited"))).behaviours == ("Visited",)


def test_a_kept_vocabulary_calls_events_as_before() -> None:
    before = [
        *others(("2026-06-01", "Ordered"), category="boots"),
        *others(("2026-06-02", "Ordered"), category="tents"),
    ]
    words = vocabulary(DrawnView(before), as_of=AS_OF, half_life_days=FOREVER)  # type: ignore[arg-type]
    ann = drawn("""
        person | at         | action  | category
        -------+------------+---------+---------
        ann    | 2026-06-05 | Ordered | boots
        ann    | 2026-06-06 | Ordered | skis
        ann    | 2026-06-06 | Danced  |
    """)

    found = seen(ann, vocabulary=Vocabulary.from_bytes(words.to_bytes()))

    assert of(found, "ann") == {"Ordered · boots": 1, "Ordered": 1}


def test_counts_are_told_in_other_words() -> None:
    found = seen([*others(("2026-06-01", "Visited"), ("2026-06-02", "Shared"))])

    told = found.told_as(("Danced", "Visited"))

    assert told.behaviours == ("Danced", "Visited")
    assert told.matrix.toarray() == pytest.approx(np.array([[0, 1]] * 5), abs=1e-4)
