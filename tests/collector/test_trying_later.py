"""Overload and disk trouble: 429 with whole seconds, decided before the body is looked at."""

from __future__ import annotations

import pytest
from tests.collector.door import WEB_KEY, Door, rules_of

from kundskab.collector.intake import Intake
from kundskab.collector.options import Options
from kundskab.journal import Entry, JournalFull
from kundskab.pipeline.rates import Rates

pytestmark = pytest.mark.anyio
VISIT = {"type": "track", "event": "visit", "userId": "ann"}
NONSENSE = b"not even JSON"


def seconds(answer: object) -> int:
    return int(answer.headers["retry-after"])  # type: ignore[attr-defined]


async def test_a_full_disk_asks_to_try_later_before_reading(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(door.commit), "has_room", property(lambda self: False))

    answer = await door.post("/v1/batch", NONSENSE)

    assert (answer.status_code, answer.json()["code"]) == (429, "disk")
    assert 1 <= seconds(answer) <= 300


async def test_a_failed_commit_is_never_acknowledged(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(entry: Entry) -> int:
        raise JournalFull("no space left on device")

    monkeypatch.setattr(door.commit, "append", fails)

    answer = await door.post("/v1/track", VISIT)

    assert (answer.status_code, answer.json()["code"]) == (429, "disk")
    assert "no space" not in answer.text


async def test_too_much_in_hand_asks_to_try_later(door: Door) -> None:
    busy = Intake(door.intake._keys, door.commit, options=Options(held_bytes=1000), refusals=door.refusals)
    with busy._load.hold(1001):
        refused = await busy._before_reading(WEB_KEY)
    after = await busy._before_reading(WEB_KEY)

    assert refused is not None
    assert (refused.status, refused.code) == (429, "overloaded")
    assert after is None


async def test_one_key_cannot_drown_the_others(door: Door) -> None:
    door.keys[WEB_KEY] = rules_of("web", "browser", 1, events_per_second=1.0)

    first = await door.post("/v1/batch", {"batch": [VISIT | {"messageId": str(n)} for n in range(40)]})
    second = await door.post("/v1/batch", NONSENSE)

    assert first.json()["accepted"] == 40, "a batch is taken whole and paid for afterwards"
    assert (second.status_code, second.json()["code"]) == (429, "too_fast")
    assert 25 <= seconds(second) <= 31


def test_a_key_may_send_again_when_its_debt_is_paid() -> None:
    now = [100.0]
    rates = Rates(burst_seconds=10, clock=lambda: now[0])

    rates.pay("ann", 150, per_second=10)

    assert rates.wait_seconds("ann", per_second=10) == 6
    assert rates.wait_seconds("bo", per_second=10) == 0
    now[0] += 5.2
    assert rates.wait_seconds("ann", per_second=10) == 0


def test_a_rested_key_has_its_burst_and_no_more() -> None:
    now = [0.0]
    rates = Rates(burst_seconds=10, clock=lambda: now[0])
    rates.pay("ann", 50, per_second=10)

    now[0] += 10_000
    rates.pay("ann", 101, per_second=10)

    assert rates.wait_seconds("ann", per_second=10) == 1
