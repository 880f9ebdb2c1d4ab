"""What the sender is told, and what goes into the journal."""

from __future__ import annotations

import orjson
import pytest
from tests.collector.door import NOON, WEB_KEY, Door, rules_of

from kundskab.consent.collection import Declaration
from kundskab.events import Event, Quarantine

pytestmark = pytest.mark.anyio


def visit(**fields: object) -> dict[str, object]:
    return {"type": "track", "event": "visit", "userId": "ann", "messageId": "m1"} | fields


async def test_it_answers_exactly_200_with_a_result_per_event(door: Door) -> None:
    answer = await door.post("/v1/batch", {"batch": [visit(), visit(userId=None, messageId="m2")]})

    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "received": 2,
        "accepted": 1,
        "quarantined": 1,
        "refused": 0,
        "results": [
            {"id": "m1", "result": "accepted"},
            {
                "id": "m2",
                "result": "quarantined",
                "reason": "no_actor",
                "help": answer.json()["results"][1]["help"],
            },
        ],
    }
    assert "userId or an anonymousId" in answer.json()["results"][1]["help"]


async def test_one_bad_event_does_not_condemn_the_batch(door: Door) -> None:
    await door.post("/v1/batch", {"batch": [visit(), None, visit(messageId="m3")]})

    assert [type(event) for event in door.kept()] == [Event, Quarantine, Event]


async def test_it_lists_only_the_bad_ones_of_a_big_batch(door: Door) -> None:
    batch = [visit(messageId=str(number)) for number in range(600)] + [7]

    told = (await door.post("/v1/batch", {"batch": batch})).json()

    assert (told["received"], told["accepted"], told["quarantined"]) == (601, 600, 1)
    assert [result["reason"] for result in told["results"]] == ["not_an_object"]


async def test_an_empty_batch_is_fine_and_leaves_nothing(door: Door) -> None:
    answer = await door.post("/v1/batch", {"batch": []})

    assert (answer.status_code, answer.json()["received"]) == (200, 0)
    assert door.entries() == []


async def test_the_body_is_journaled_as_it_came(door: Door) -> None:
    body = b'{ "batch": [ {"type":"track","event":"visit","userId":"ann","n":NaN} ] }'

    await door.post("/v1/batch", body)

    (stored,) = door.entries()
    assert stored.entry.body == body
    assert stored.entry.received_at == NOON
    assert stored.entry.events == 1


async def test_the_journal_keeps_what_the_digest_needs_of_the_headers(door: Door) -> None:
    headers = {"sec-gpc": "1", "AnonymousId": "YTE=", "SentAt": "2026-03-01T11:00:00Z"}

    await door.post("/v1/page", {"timestamp": "2026-03-01T10:00:00Z"}, headers=headers)

    (event,) = door.kept()
    assert isinstance(event, Event)
    assert (event.actor.value, event.signal.gpc) == ("a1", True)
    assert event.occurred_at.hour == 11, "the sender's clock is an hour behind"


@pytest.mark.parametrize("body", [b"", b"nonsense", b"42", b'"text"', b"a=1&b=2"])
async def test_an_unreadable_body_is_400_with_words(door: Door, body: bytes) -> None:
    answer = await door.post("/v1/batch", body)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unreadable"
    assert len(answer.json()["message"]) > 20


async def test_a_failure_of_ours_is_500_without_its_words(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("@".join(("ann", "example.com")))

    monkeypatch.setattr("kundskab.collector.intake.decide", fails)

    answer = await door.post("/v1/track", visit())

    assert answer.status_code == 500
    assert "ann@" not in answer.text
    assert "RuntimeError" in caplog.text
    assert "ann@example.com" not in caplog.text


async def test_a_refused_event_leaves_who_and_what_she_refused_but_not_what_she_did(door: Door) -> None:
    refusing = {
        "consent": {"categoryPreferences": {"analytics": False, "marketing": False}},
        "page": {"url": "/secret"},
    }
    door.keys[WEB_KEY] = rules_of("web", "browser", 1, declaration=Declaration({"analytics": "consent"}))
    batch = [
        visit(messageId="kept"),
        visit(messageId="gone", event="Order Completed", properties={"total": 99}, context=refusing),
    ]

    told = (await door.post("/v1/batch", {"batch": batch, "sentAt": NOON.isoformat()})).json()

    (stored,) = door.entries()
    kept, gone = orjson.loads(stored.entry.body)["batch"]
    assert [result["result"] for result in told["results"]] == ["accepted", "refused"]
    assert (told["received"], told["accepted"], told["refused"], stored.entry.events) == (2, 1, 1, 2)
    assert kept == batch[0]
    assert gone == {
        "type": "track",
        "event": "refused",
        "refused": "signal",
        "messageId": "gone",
        "userId": "ann",
        "context": {"consent": refusing["consent"]},
    }
    assert orjson.loads(stored.entry.meta)["refused"] == {"1": "signal"}
    assert b"secret" not in stored.entry.body
    assert b"99" not in stored.entry.body


async def test_a_refusal_that_leaves_a_purpose_leaves_the_event(door: Door) -> None:
    said = {"consent": {"categoryPreferences": {"marketing": False}}}

    told = (await door.post("/v1/track", visit(context=said))).json()

    assert told["accepted"] == 1
    assert b"refused" not in door.entries()[0].entry.meta


async def test_privacy_control_refuses_where_only_marketing_is_collected_for(door: Door) -> None:
    door.keys[WEB_KEY] = rules_of("web", "browser", 1, declaration=Declaration({"marketing": "consent"}))

    told = (await door.post("/v1/track", visit(), headers={"sec-gpc": "1"})).json()

    assert [(result["result"], result["reason"]) for result in told["results"]] == [("refused", "gpc")]


async def test_a_refused_event_beside_one_too_deep_to_write_again(door: Door) -> None:
    door.keys[WEB_KEY] = rules_of("web", "browser", 1, declaration=Declaration({"analytics": "consent"}))
    deep = b'{"type":"track","event":"v","userId":"bo","properties":' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}"
    refused = orjson.dumps(visit(context={"consent": {"categoryPreferences": {"analytics": False}}}))

    told = (await door.post("/v1/batch", b'{"batch":[' + deep + b"," + refused + b"]}")).json()

    assert [result["result"] for result in told["results"]] == ["quarantined", "refused"]
    assert [type(event) for event in door.kept()] == [Quarantine, Event]
