"""Every address that a real client writes to."""

from __future__ import annotations

import pytest
from tests.collector.door import WEB_KEY, Door

from kundskab.events import Event

pytestmark = pytest.mark.anyio
ANN = {"userId": "ann"}
ACTIONS = {
    "track": "Order Completed",
    "identify": "identified",
    "page": "page viewed",
    "screen": "screen viewed",
    "group": "joined group",
    "alias": "aliased",
}


@pytest.mark.parametrize("type_", ACTIONS)
async def test_a_long_path_sets_the_type(door: Door, type_: str) -> None:
    answer = await door.post(f"/v1/{type_}", ANN | {"event": "Order Completed", "previousId": "a1", "groupId": "g"})

    assert answer.status_code == 200
    assert [event.action for event in door.kept() if isinstance(event, Event)] == [ACTIONS[type_]]


@pytest.mark.parametrize("prefix", ["/v1", ""])
@pytest.mark.parametrize("letter", "tipsga")
async def test_behind_a_letter_the_event_says_its_type(door: Door, prefix: str, letter: str) -> None:
    answer = await door.post(f"{prefix}/{letter}", ANN | {"type": "track", "event": "visit"})

    assert answer.json()["accepted"] == 1
    assert [event.action for event in door.kept() if isinstance(event, Event)] == ["visit"]


@pytest.mark.parametrize(
    "path", ["/v1/batch", "/v1/b", "/b", "/v1/import", "/v1/batch/", "//v1/batch", "/v1//batch", "/beacon/v1/batch"]
)
async def test_a_batch_goes_by_many_names(door: Door, path: str) -> None:
    batch = [ANN | {"type": "track", "event": "visit"}, ANN | {"type": "page"}]

    answer = await door.post(f"http://events.example.com{path}", {"batch": batch, "sentAt": "2026-03-01T12:00:00Z"})

    assert (answer.status_code, answer.json()["received"]) == (200, 2)
    assert [event.action for event in door.kept() if isinstance(event, Event)] == ["visit", "page viewed"]


async def test_the_beacon_shows_its_key_in_the_address(door: Door) -> None:
    answer = await door.post(f"/beacon/v1/batch?writeKey={WEB_KEY}", {"batch": [ANN | {"type": "page"}]}, key=None)

    assert answer.json()["accepted"] == 1


@pytest.mark.parametrize("path", ["/v1/m", "/m"])
async def test_the_sdks_own_metrics_are_waved_through(door: Door, path: str) -> None:
    answer = await door.post(path, {"series": [{"type": "Counter"}]}, key=None)

    assert answer.status_code == 200
    assert door.entries() == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_events_come_by_post(door: Door, method: str) -> None:
    answer = await door.client.request(method, "/v1/batch")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


async def test_a_path_that_could_be_ours_but_is_not_says_where_events_go(door: Door) -> None:
    answer = await door.client.get("/v1/nowhere")

    assert answer.status_code == 404
    assert "/v1/batch" in answer.json()["message"]


@pytest.mark.parametrize("path", ["/", "/people/8", "/v1x", "/sources", "/static/site.css", "/metrics"])
async def test_everything_else_goes_to_the_pages(door: Door, path: str) -> None:
    answer = await door.client.get(path)

    assert (answer.status_code, answer.text) == (299, "the pages")


async def test_it_is_healthy_while_the_journal_can_be_written(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    well = await door.client.get("/health")
    monkeypatch.setattr(type(door.commit), "has_room", property(lambda self: False))
    ill = await door.client.get("/health")

    assert (well.status_code, ill.status_code) == (200, 503)
