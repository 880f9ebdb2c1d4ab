"""Bodies: packed or plain, big, broken, slow."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import orjson
import pytest
from tests.collector.door import WEB_KEY, Door

from kundskab.collector import bodies

pytestmark = pytest.mark.anyio
BATCH = orjson.dumps({"batch": [{"type": "track", "event": "visit", "userId": "ann"}]})


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(BATCH), {"content-encoding": "gzip"}),
        (gzip.compress(BATCH), {}),
        (zlib.compress(BATCH), {"content-encoding": "deflate"}),
        (gzip.compress(BATCH), {"content-encoding": "gzip", "content-type": "application/x-www-form-urlencoded"}),
        (BATCH, {"content-type": "text/plain"}),
        (BATCH, {"content-type": "multipart/form-data; boundary=x"}),
    ],
)
async def test_it_looks_at_the_bytes_not_at_the_content_type(door: Door, body: bytes, headers: dict[str, str]) -> None:
    answer = await door.post("/v1/batch", body, headers=headers)

    assert answer.json()["accepted"] == 1
    assert door.entries()[0].entry.body == BATCH


@pytest.mark.parametrize(
    "body", [b"\x1f\x8b", b"\x1f\x8bnonsense", gzip.compress(BATCH)[:-4], gzip.compress(BATCH) + gzip.compress(BATCH)]
)
async def test_broken_packing_is_400(door: Door, body: bytes) -> None:
    answer = await door.post("/v1/batch", body, headers={"content-encoding": "gzip"})

    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


async def test_it_takes_the_biggest_batch_a_client_sends(door: Door) -> None:
    event = {"type": "track", "event": "visit", "userId": "ann", "properties": {"note": "x" * 20_000}}
    body = orjson.dumps({"batch": [event] * 205})

    answer = await door.post("/v1/batch", body)

    assert len(body) > 4_096_000
    assert answer.json()["accepted"] == 205


async def test_more_than_that_is_413(door: Door) -> None:
    body = b" " * (4 << 20) + BATCH

    plain = await door.post("/v1/batch", body)
    packed = await door.post("/v1/batch", gzip.compress(body), headers={"content-encoding": "gzip"})
    streamed = await door.client.post("/v1/batch", content=_in_pieces(body), auth=(WEB_KEY, ""))

    assert [answer.status_code for answer in (plain, packed, streamed)] == [413, 413, 413]
    assert door.entries() == []


@pytest.mark.slow
async def test_a_bomb_takes_no_memory(door: Door) -> None:
    bomb = gzip.compress(b"\0" * (200 << 20), 9)
    tracemalloc.start()

    answer = await door.post("/v1/batch", bomb, headers={"content-encoding": "gzip"})

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 413
    assert peak < 20 << 20


async def test_nobody_is_answered_who_hung_up() -> None:
    async def hangs_up() -> dict[str, object]:
        return {"type": "http.disconnect"}

    with pytest.raises(bodies.Gone):
        await bodies.read(hangs_up, {}, most_bytes=10)


async def _in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 100_000):
        yield body[start : start + 100_000]
