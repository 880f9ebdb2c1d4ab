"""Between refreshes: what comes mends the kept chances of the next act, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.house import House
from tests.predictions.walks import DAY, NAMES, walking

from kundskab.lake import derived
from kundskab.pipeline.foretelling.live import Live
from kundskab.pipeline.importing import import_events
from kundskab.pipeline.refresh import refresh
from kundskab.pipeline.refresh.actions import ALONG, STAGE
from kundskab.pipeline.refresh.following import follow
from kundskab.pipeline.refresh.work import Work
from kundskab.pipeline.views import Views

START = datetime(2026, 1, 1, tzinfo=UTC)
REFRESHED = START + timedelta(days=26)


def circle(step: int) -> np.ndarray:
    """Each act is followed by the one so many steps on, most of the time."""
    rule = np.full((5, 5, 5), 0.05)
    for last in range(5):
        rule[:, last, (last + step) % 5] = 0.8
    return rule


def lived(house: House, folder: Path, rule: np.ndarray, *, of: str, start: datetime, acts: int) -> None:
    """People who live by this rule from here on, some acts each."""
    events = walking(120, acts, seed=2, rule=rule, pause=0.8 * DAY)
    rows = ["who,what,when"]
    for who, action, time in zip(events.owners, events.actions, events.times, strict=True):
        rows.append(f"{of}{who},{events.names[action]},{(start + timedelta(seconds=float(time))).isoformat()}")
    (folder / f"{of}.csv").write_text("\n".join(rows))
    mapping = {"actor": "who", "action": "what", "occurred_at": "when"}
    import_events(house.home, folder / f"{of}.csv", mapping=mapping, purposes=["analytics"], now=lambda: house.now)


def told_after(house: House, person: str, action: str) -> float:
    """The chance of this act next, as a page would tell it."""
    live, view = Live(house.home, lambda: house.now), house.view()
    news = live.news(view, person)
    assert news is not None
    found = live.next_action(view, person, news, horizon_days=6)
    assert found is not None
    return found.actions[action]


@pytest.mark.slow
def test_habits_that_turn_after_a_refresh_are_told_before_the_next(house: House, tmp_path: Path) -> None:
    house.now = REFRESHED
    lived(house, tmp_path, circle(1), of="old", start=START, acts=30)
    refresh(house.home, as_of=REFRESHED, horizon_days=6, stages=(STAGE,), now=lambda: house.now)
    assert follow(house.home, house.now) == 0  # nothing came
    house.now += timedelta(days=12)
    lived(house, tmp_path, circle(2), of="new", start=REFRESHED, acts=8)
    last = house.view().events.filter(lambda t: t.person.notnull()).order_by("occurred_at").to_pandas().iloc[-1]
    house.now = last.occurred_at.to_pydatetime() + timedelta(minutes=1)
    turned = NAMES[(NAMES.index(last.action) + 2) % 5]
    before = told_after(house, last.person, turned)

    learnt = follow(house.home, house.now)

    assert learnt > 200
    assert told_after(house, last.person, turned) > 2 * before
    assert follow(house.home, house.now) == 0  # each outcome is learnt from once


@pytest.mark.slow
def test_the_next_refresh_begins_anew(house: House, tmp_path: Path) -> None:
    house.now = REFRESHED
    lived(house, tmp_path, circle(1), of="old", start=START, acts=30)

    def kept() -> list[derived.Part]:
        return [part for part in derived.parts(house.home.lake, "models", "analytics") if part.part == ALONG]

    def refreshed_at(moment: datetime) -> datetime:
        refresh(house.home, as_of=moment, horizon_days=6, stages=(STAGE,), now=lambda: house.now)
        follow(house.home, house.now)
        return kept()[-1].as_of

    first, second = refreshed_at(REFRESHED - timedelta(days=4)), refreshed_at(REFRESHED - timedelta(days=2))
    work = Work(house.home, Views(house.home), "analytics", REFRESHED - timedelta(days=2), "actions")
    work.forget(ALONG)

    assert first == REFRESHED - timedelta(days=4)
    assert second == REFRESHED - timedelta(days=2)
    assert [part.as_of for part in kept()] == [first]
