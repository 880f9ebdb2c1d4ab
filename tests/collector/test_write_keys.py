"""Who may send: a key shown in one of four places, known from memory."""

from __future__ import annotations

import asyncio
import base64

import pytest
from tests.collector.door import SERVER_KEY, STRANGE_KEY, WEB_KEY, Door, rules_of

from kundskab.vault.keys import draw

pytestmark = pytest.mark.anyio
VISIT = {"type": "track", "event": "visit", "userId": "ann"}


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


@pytest.mark.parametrize(
    ("query", "headers", "body"),
    [
        ("", {"authorization": basic(WEB_KEY)}, {}),
        ("", {"authorization": "basic  " + basic(WEB_KEY)[6:]}, {}),
        ("", {"authorization": f"Bearer {WEB_KEY}"}, {}),
        (f"?writeKey={WEB_KEY}", {}, {}),
        ("", {}, {"writeKey": WEB_KEY}),
        ("", {"authorization": "Basic Og=="}, {"writeKey": WEB_KEY}),
        ("", {"authorization": "Basic !!!"}, {"writeKey": WEB_KEY}),
        ("", {"authorization": "Digest x"}, {"writeKey": WEB_KEY}),
    ],
)
async def test_it_takes_the_key_where_clients_put_it(
    door: Door, query: str, headers: dict[str, str], body: dict[str, str]
) -> None:
    answer = await door.post(f"/v1/batch{query}", {"batch": [VISIT]} | body, key=None, headers=headers)

    assert answer.status_code == 200
    assert [stored.entry.source for stored in door.entries()] == ["web"]


@pytest.mark.parametrize(
    "key",
    [None, "", "x", "kw_", STRANGE_KEY, "k" * 5000, "\x00", "é", WEB_KEY + "x", WEB_KEY.upper()],
    # The keys are drawn anew in each process, and a test's name must be the same in all of them.
    ids=["none", "empty", "short", "prefix", "strange", "endless", "nul", "accent", "longer", "upper"],
)
async def test_it_turns_a_strange_key_away_with_a_reason(door: Door, key: str | None) -> None:
    in_header = await door.post("/v1/track", VISIT, key=key)
    in_body = await door.post("/v1/track", VISIT | {"writeKey": key}, key=None)

    for answer in (in_header, in_body):
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "unknown_key"
        assert "keys create" in answer.json()["message"]
    assert door.entries() == []


async def test_the_journal_says_whose_key_it_was(door: Door) -> None:
    await door.post("/v1/track", VISIT, key=WEB_KEY)
    await door.post("/v1/track", VISIT, key=SERVER_KEY)

    assert [(stored.entry.source, b'"key":"browser"' in stored.entry.meta) for stored in door.entries()] == [
        ("web", True),
        ("shop", False),
    ]


async def test_no_request_asks_the_vault(door: Door) -> None:
    await door.post("/v1/track", VISIT)
    asked = len(door.loads)

    for _ in range(5):
        await door.post("/v1/track", VISIT)

    assert len(door.loads) == asked == 1


async def test_a_strange_key_is_asked_about_once(door: Door) -> None:
    for _ in range(5):
        await door.post("/v1/track", VISIT, key=STRANGE_KEY)

    assert len(door.loads) == 1


async def test_many_strange_keys_share_one_look(door: Door) -> None:
    strange = [draw() for _ in range(20)]

    await asyncio.gather(*(door.post("/v1/track", VISIT, key=key) for key in strange))

    assert len(door.loads) <= 2


@pytest.mark.slow
async def test_a_key_made_this_instant_is_never_turned_away(door: Door) -> None:
    await door.intake._keys.refresh()
    door.keys[STRANGE_KEY] = rules_of("new", "server", 3)

    answers = await asyncio.gather(*(door.post("/v1/track", VISIT, key=STRANGE_KEY) for _ in range(5)))

    assert [answer.status_code for answer in answers] == [200] * 5


@pytest.mark.slow
async def test_a_new_key_works_and_a_revoked_one_stops(door: Door) -> None:
    await door.post("/v1/track", VISIT)
    door.keys[STRANGE_KEY] = rules_of("new", "server", 3)
    del door.keys[WEB_KEY]

    await door.intake._keys.refresh()

    assert (await door.post("/v1/track", VISIT, key=STRANGE_KEY)).status_code == 200
    assert (await door.post("/v1/track", VISIT, key=WEB_KEY)).status_code == 401


async def test_it_remembers_when_a_key_was_used(door: Door) -> None:
    told: list[set[int]] = []
    door.intake._keys._note_use = lambda used: told.append(set(used))

    await door.post("/v1/track", VISIT, key=WEB_KEY)
    await door.post("/v1/track", VISIT, key=SERVER_KEY)
    await door.intake._keys.write_use()
    await door.intake._keys.write_use()

    assert told == [{1, 2}]


async def test_refusals_leave_one_line_and_no_key_in_the_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        await door.post("/v1/track", VISIT, key=STRANGE_KEY)

    door.refusals.write()

    (line,) = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert line == f"refused requests=3 status=401 code=unknown_key who=...{STRANGE_KEY[-4:]}"
