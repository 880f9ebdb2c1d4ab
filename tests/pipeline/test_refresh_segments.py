"""The stage of segments, from what came in at the door to the tables: learnt and written ones, refreshed again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
from tests.house import NOON, YES, House, track

from kundskab.pipeline.refresh import refresh
from kundskab.pipeline.refresh.segments import STAGE

pytestmark = pytest.mark.slow  # two refreshes of eighty people

KINDS = (("Hiked", "Camped", "Cooked", "Fished"), ("Skied", "Waxed", "Skated", "Sledged"))
PEOPLE = 80


def crowd(seed: int = 0) -> list[dict[str, Any]]:
    """People of two kinds who did eight things each within a month, and Ann, who hikes."""
    rng = np.random.default_rng(seed)
    return [
        track(who, str(rng.choice(KINDS[n % 2])), consent=YES, timestamp=(NOON - timedelta(days=day)).isoformat())
        for n, who in enumerate(["ann", *(f"u{n}" for n in range(1, PEOPLE))])
        for day in range(1, 9)
    ]


def run(house: House) -> Any:
    return refresh(house.home, stages=(STAGE,), now=lambda: house.now)


def rows(house: House, table: str, **asked: Any) -> list[dict[str, Any]]:
    found: pa.Table = house.view().derived(table, **asked).to_pyarrow()
    return found.to_pylist()


def write(house: House, *written: dict[str, Any]) -> None:
    kept = [one | {"who": "Cy", "at": NOON.isoformat()} for one in written]
    (house.home.folder / "segments.json").write_bytes(orjson.dumps({"schema_version": 1, "names": [], "written": kept}))


HIKERS = {"id": "w1", "name": "hikers", "when": {"did": "Hiked", "within_days": 30}}


def test_refresh_writes_segments_that_live_on(house: House) -> None:
    house.take(*crowd(), key="server")
    write(house, HIKERS)

    run(house)

    names = {row["segment"]: row["name"] for row in rows(house, "segments")}
    hiking, skiing = sorted(
        names, key=lambda one: names[one].lower().split()[0].rstrip(",") in "skied waxed skated sledged"
    )
    ann = house.person("ann")
    hers = {row["segment"]: row for row in rows(house, "memberships") if row["person"] == ann}
    assert hers[hiking]["weight"] > 0.8
    assert hers[hiking]["low"] <= hers[hiking]["weight"] <= hers[hiking]["high"]
    assert {row["happening"] for row in rows(house, "lineage")} == {"born"}
    assert {row["behaviour"] for row in rows(house, "behaviours")} == {did for kind in KINDS for did in kind}
    assert sum(row["share"] for row in rows(house, "profiles") if row["segment"] == skiing) == pytest.approx(
        1, abs=0.01
    )
    [stay] = [row for row in rows(house, "written_segments") if row["person"] == ann]
    assert (stay["segment"], stay["left_at"]) == ("w1", None)

    house.later(days=40)
    house.take(track("ann", "Skied", consent=YES), key="server")
    run(house)

    assert {row["segment"]: row["status"] for row in rows(house, "segments")} == dict.fromkeys(names, "living")
    assert len({row["as_of"] for row in rows(house, "memberships", history=True)}) == 2
    assert len(rows(house, "lineage")) == 2
    [stay] = [row for row in rows(house, "written_segments") if row["person"] == ann]
    assert stay["left_at"] is not None
    assert stay["reason"] == "Hiked: never within 30 days"


def test_few_people_make_no_segments_and_written_ones_stand(house: House) -> None:
    house.take(*crowd()[:80], key="server")
    write(house, HIKERS)

    done = run(house)

    assert "tells them apart" in str(done)
    assert rows(house, "written_segments")
    assert rows(house, "behaviours")
