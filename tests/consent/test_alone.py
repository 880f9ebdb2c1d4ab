"""One person's rows alone are the rows that everybody's view has of her: events, and what was understood."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.house import YES, House, track

from kundskab.consent.derived import NotComputed
from kundskab.consent.permitted import Standing
from kundskab.consent.view import View, open_view
from kundskab.lake import Lake, derived

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
COUNTED: list[dict[str, Any]] = [
    {"person": "ann", "actors": None, "asked": False, "devices": None},
    {"person": "bo", "actors": ["bo", "phone"], "asked": True, "devices": None},
    {"person": "cy", "actors": None, "asked": True, "devices": ["till", "phone"]},
]
MODELS = {"purpose": "analytics", "as_of": NOON, "snapshot": 1, "ledger_seq": 1, "links_seq": 1, "code_version": "1"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    lake = Lake.open(tmp_path_factory.mktemp("alone") / "lake")
    times = [{"person": row["person"], "median_days": 3.0, "low_days": 1.0, "high_days": 9.0} for row in COUNTED]
    for name, rows in (("people", COUNTED), ("next_time", times)):
        table = derived.with_provenance(pa.Table.from_pylist(rows, derived.own_schema(name)), MODELS)
        derived.commit(lake, name, [derived.write(lake, name, table, purpose="analytics", as_of=NOON)])
    yield lake
    lake.close()


def look(lake: Lake, people: list[dict[str, Any]]) -> View:
    kinds = {"actor": pa.string(), "person": pa.string(), "granted": pa.int64(), "denied": pa.int64()}
    standing = Standing(pa.Table.from_pylist(people, pa.schema(kinds)), (), {"analytics": 0}, 0, 0)
    return open_view(lake, standing, "analytics", temp=Path(lake.folder) / "temp")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_whoever_joins_or_refuses_meanwhile_her_derived_rows_are_judged_alike(lake: Lake, seed: int) -> None:
    chance = random.Random(seed)
    actors = ["ann", "bo", "cy", "phone", "till"]
    people = [
        {"actor": actor, "person": actor if chance.random() < 0.7 else chance.choice(actors),
         "granted": chance.randint(0, 1), "denied": int(chance.random() < 0.2)}
        for actor in chance.sample(actors, chance.randint(0, len(actors)))
    ]  # fmt: skip
    view = look(lake, people)

    alone = [row for actor in actors for row in view.derived_of("next_time", actor)]

    assert alone == view.derived("next_time").order_by("person").to_pyarrow().to_pylist()


def test_what_is_not_computed_is_refused_alone_too(lake: Lake) -> None:
    with pytest.raises(NotComputed, match="kundskab refresh"):
        look(lake, []).derived_of("worth", "ann")


@pytest.mark.slow
def test_what_she_did_is_told_oldest_first_and_only_while_she_allows_it(house: House) -> None:
    house.take(
        track("ann", "Order Completed", consent=YES, timestamp="2026-01-03T10:00:00Z"),
        track("ann", "Viewed", consent=YES, timestamp="2026-01-02T10:00:00Z"),
        track("bo", "Viewed", consent=YES),
        key="server",
    )
    ann = house.person("ann")
    told = [event.action for event in house.view().events_of(ann)]
    newest = house.view().timeline_of(ann, ("action",), before=None, limit=1)

    house.says("ann", "withdraw")

    assert told == ["Viewed", "Order Completed"]
    assert newest == [{"action": "Order Completed"}]
    assert house.view().events_of(ann) == ()
