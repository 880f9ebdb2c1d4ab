"""A shop whose only act is buying: there is nothing to choose between, and nothing breaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from tests.house import YES, House, track

from kundskab.pipeline.refresh import refresh
from kundskab.pipeline.refresh.actions import STAGE

pytestmark = pytest.mark.slow


def test_the_only_act_comes_next_for_sure_when_one_comes(house: House) -> None:
    begin = datetime(2025, 9, 1, tzinfo=UTC)
    for number in range(60):
        house.hear(
            *(
                track(f"fan{number}", "Bought", consent=YES, timestamp=(begin + timedelta(days=day)).isoformat())
                for day in range(number % 9, 180, 9 + number % 5)
            ),
            key="server",
        )
    house.digest()

    refresh(house.home, stages=[STAGE], now=lambda: house.now)

    rows: pa.Table = house.view().derived("next_action").to_pyarrow()
    assert set(rows["action"].to_pylist()) == {"Bought"}
    assert min(rows["probability"].to_pylist()) > 0.999
    assert all(0 <= share <= 1 for share in rows["within_horizon"].to_pylist())
