"""A new event changes what is told of its person at once; who did nothing is told of as before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.house import YES, House, track

from kundskab.lake import derived
from kundskab.pipeline.refresh import refresh
from kundskab.pipeline.refresh.actions import STAGE as ACTIONS
from kundskab.pipeline.refresh.segments import STAGE as SEGMENTS
from kundskab.pipeline.refresh.worth import STAGE as WORTH

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
ROUND = ("Viewed Cart", "Order Completed", "Wrote Review", "Joined Workshop")


@pytest.fixture
def lively(house: House) -> House:
    """Forty people who go round, and ten who only come to workshops; refreshed."""
    for number in range(50):
        acts = ROUND if number < 40 else ("Joined Workshop", "Asked Question")
        house.hear(
            *(
                track(
                    f"fan{number}", acts[step % len(acts)], consent=YES,
                    timestamp=(BEGIN + timedelta(days=step * 2 + number % 3, hours=number % 7)).isoformat(),
                )
                for step in range(24 + number % 4)
            ),
            key="server",
        )  # fmt: skip
    house.now = BEGIN + timedelta(days=60)
    house.digest()
    refresh(house.home, stages=(SEGMENTS, WORTH, ACTIONS), horizon_days=14, now=lambda: house.now)
    return house


@pytest.mark.slow
def test_a_new_event_changes_what_is_told_of_its_person_without_a_refresh(lively: House) -> None:
    one, other = lively.person("fan1"), lively.person("fan2")
    before, beside = lively.desk.predictions.of_person(one), lively.desk.predictions.of_person(other)
    was = lively.desk.segments.of_person(one)
    lively.later(minutes=10)
    lively.take(track("fan1", "Viewed Cart", consent=YES, timestamp=lively.now.isoformat()), key="server")
    lively.later(minutes=1)

    now = lively.desk.predictions.of_person(one)
    belongs = lively.desk.segments.of_person(one)

    assert before is not None
    assert now is not None
    assert now.changes
    assert now.changes != before.changes
    assert (before.latest, before.anew) == (None, ())
    assert now.latest == lively.now - timedelta(minutes=1)
    assert now.as_of == lively.now
    assert (now.anew, now.worth) == (("action",), before.worth)  # who bought nothing is worth what she was
    assert now.actions[0].what == "Order Completed"
    assert sum(one.share for one in now.actions) == pytest.approx(1, abs=1e-4)
    assert [(each.what, each.share) for each in now.actions] != [(each.what, each.share) for each in before.actions]
    assert belongs.is_anew
    assert belongs.events > was.events
    assert belongs.history[:-1] == was.history
    assert lively.desk.predictions.of_person(other) == beside


@pytest.mark.slow
def test_a_purchase_changes_what_somebody_is_worth(lively: House) -> None:
    one = lively.person("fan1")
    before = lively.desk.predictions.of_person(one)
    lively.later(days=1)
    lively.take(track("fan1", "Order Completed", consent=YES, timestamp=lively.now.isoformat()), key="server")

    now = lively.desk.predictions.of_person(one)

    assert before is not None
    assert now is not None
    assert now.anew == ("action", "worth")
    assert now.worth is not None
    assert before.worth is not None
    assert now.worth.reasons != before.worth.reasons


@pytest.mark.slow
def test_who_may_not_be_used_is_told_nothing_of_and_who_is_new_is_told_at_once(lively: House) -> None:
    lively.later(minutes=10)
    new = [track("cy", "Viewed Cart", consent=YES, timestamp=lively.now.isoformat()),
           track("fan3", "Viewed Cart", consent=YES, timestamp=lively.now.isoformat())]  # fmt: skip
    lively.take(*new, key="server")
    told = lively.desk.predictions.of_person(lively.person("cy"))

    lively.says("cy", "withdraw")
    lively.says("fan3", "withdraw")

    assert told is not None
    assert told.anew == ("action",)  # she never bought, so nothing is known of her worth
    assert lively.desk.predictions.of_person(lively.person("cy")) is None
    assert lively.desk.predictions.of_person(lively.person("fan3")) is None
    assert lively.desk.segments.of_person(lively.person("fan3")).now is None


@pytest.mark.slow
def test_where_no_model_can_be_read_the_refresh_stands_and_it_is_said(
    lively: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = lively.person("fan1")
    monkeypatch.setattr(derived, "body", lambda part: b"another version's")
    before = lively.desk.predictions.of_person(one)
    lively.later(minutes=10)
    lively.take(track("fan1", "Viewed Cart", consent=YES, timestamp=lively.now.isoformat()), key="server")

    now = lively.desk.predictions.of_person(one)

    assert before is not None
    assert now is not None
    assert (now.actions, now.worth, now.as_of) == (before.actions, before.worth, before.as_of)
    assert (now.latest, now.anew) == (lively.now, ())
    assert not lively.desk.segments.of_person(one).is_anew
