"""The stages of the next action and of the report card, through the front door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.house import House
from tests.predictions.walks import DAY, walking

from kundskab.pipeline.importing import import_events
from kundskab.pipeline.refresh import refresh
from kundskab.pipeline.refresh.actions import KIND, MODEL, STAGE
from kundskab.pipeline.refresh.report import STAGE as REPORT
from kundskab.pipeline.refresh.work import Work
from kundskab.pipeline.views import Views
from kundskab.predictions.actions.foretell import foretell
from kundskab.predictions.actions.kept import from_bytes

CIRCLE = np.zeros((5, 5, 5)) + 0.05
for last in range(5):
    CIRCLE[:, last, (last + 1) % 5] = 0.8
START = datetime(2026, 1, 1, tzinfo=UTC)


def going_round(house: House, folder: Path, people: int = 120) -> None:
    """People who browse, cart, order, return and visit, for half a year before the house's clock stands still."""
    events = walking(people, 30, seed=2, rule=CIRCLE, pause=0.8 * DAY)
    rows = ["who,what,when"]
    for who, action, time in zip(events.owners, events.actions, events.times, strict=True):
        rows.append(f"p{who},{events.names[action]},{(START + timedelta(seconds=float(time))).isoformat()}")
    (folder / "round.csv").write_text("\n".join(rows))
    mapping = {"actor": "who", "action": "what", "occurred_at": "when"}
    import_events(house.home, folder / "round.csv", mapping=mapping, purposes=["analytics"], now=lambda: house.now)


@pytest.mark.slow
def test_everybody_is_told_the_next_action_and_later_it_is_held_against_what_came(house: House, tmp_path: Path) -> None:
    house.now = START + timedelta(days=120)
    going_round(house, tmp_path)

    def at(days: int):
        return refresh(
            house.home,
            as_of=START + timedelta(days=days),
            horizon_days=6,
            stages=(STAGE, REPORT),
            now=lambda: house.now,
        )

    first = at(26)
    view = house.view()
    told, times = view.derived("next_action").to_pandas(), view.derived("next_time").to_pandas()
    standings = view.derived("contests").to_pandas()
    at(33)
    marks = house.view().derived("report_card").to_pandas()

    assert not first.notes
    assert told.groupby("person").probability.sum().to_numpy() == pytest.approx(1, abs=1e-5)
    assert told.within_horizon.between(0, 1).all()
    assert set(told.person) == set(times.person)
    assert (times.low_days <= times.median_days).all()
    assert told.reason.notna().sum() == told.person.nunique()
    assert set(standings.kind) == {KIND}
    assert standings[standings.chosen].model.tolist() == ["mixture"]
    ours = marks[(marks.model == "ours") & (marks.bin == -1)].iloc[0]
    plain = marks[(marks.model == "baseline") & (marks.bin == -1)].iloc[0]
    assert ours.log_loss < plain.log_loss
    assert ours.n > 50
    work = Work(house.home, Views(house.home, now=lambda: house.now), "analytics", house.now, "actions")
    model = from_bytes(work.state(MODEL) or b"")
    assert model is not None
    assert foretell(model, [("cart", 0.0)], DAY).actions["order"] > 0.4


@pytest.mark.slow
def test_a_handful_of_events_is_too_little_to_foretell_and_nothing_breaks(house: House) -> None:
    from tests.house import YES, track

    house.take(track("ann", consent=YES), track("bo", consent=YES), key="server")

    done = refresh(house.home, stages=(STAGE, REPORT), now=lambda: house.now)

    assert any("Too few people" in note for note in done.notes)
