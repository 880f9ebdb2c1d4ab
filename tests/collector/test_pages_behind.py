"""What is no event goes through to the pages and back, bytes untouched, and ends when the reader leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from kundskab.cli.listening import listen_on_socket
from kundskab.collector.forward import Forward, reachable

pytestmark = pytest.mark.anyio
Handler = Callable[[bytes, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def pages(folder: Path, handler: Handler) -> AsyncIterator[Forward]:
    """A web process that does whatever `handler` does with a request's head."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(await reader.readuntil(b"\r\n\r\n"), reader, writer)
        finally:
            writer.close()

    listening = listen_on_socket(reachable(folder / "web.sock"))
    server = await asyncio.start_unix_server(connected, sock=listening)
    forward = Forward(folder / "web.sock")
    try:
        yield forward
    finally:
        await forward.close()
        server.close()


async def get(forward: Forward, path: str, **options: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=forward, client=("203.0.113.7", 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://kundskab.example.com") as client:
        return await client.request(options.pop("method", "GET"), path, **options)


async def echo(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    said = head + await reader.readexactly(length)
    writer.write(
        b"HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: %d\r\n\r\n" % len(said) + said
    )


@pytest.mark.slow
async def test_it_passes_a_request_on_as_it_is(tmp_path: Path) -> None:
    async with pages(tmp_path, echo) as forward:
        answer = await get(forward, "/people/%C3%A5sa?q=a%20b&q=c", method="POST", content=b"name=bo")

    head, _, body = answer.content.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /people/%C3%A5sa?q=a%20b&q=c HTTP/1.1"
    assert "host: kundskab.example.com" in [line.lower() for line in lines]
    assert body == b"name=bo"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


async def test_it_says_who_is_really_there(tmp_path: Path) -> None:
    forged = {
        "x-forwarded-for": "10.0.0.1",
        "x-forwarded-proto": "https",
        "x-real-ip": "10.0.0.1",
        "forwarded": "for=x",
    }

    async with pages(tmp_path, echo) as forward:
        answer = await get(forward, "/", headers=forged)

    assert b"x-forwarded-for: 203.0.113.7\r\n" in answer.content
    assert b"x-forwarded-proto: http\r\n" in answer.content
    assert b"10.0.0.1" not in answer.content
    assert b"forwarded: for=x" not in answer.content


async def test_a_live_tail_streams_and_ends_when_the_reader_leaves(tmp_path: Path) -> None:
    left = asyncio.Event()

    async def tail(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n")
        await reader.read()  # returns when the other side closes
        left.set()

    said: asyncio.Queue[Any] = asyncio.Queue()
    heard: asyncio.Queue[Any] = asyncio.Queue()
    scope = {"type": "http", "method": "GET", "path": "/events/tail", "headers": [(b"host", b"x")], "query_string": b""}
    async with pages(tmp_path, tail) as forward:
        await said.put({"type": "http.request", "body": b"", "more_body": False})
        running = asyncio.ensure_future(forward(scope, said.get, heard.put))
        start, first = await heard.get(), await heard.get()
        await said.put({"type": "http.disconnect"})
        await asyncio.wait_for(running, 5)
        await asyncio.wait_for(left.wait(), 5)

    assert start["status"] == 200
    assert first["body"] == b"data: 1\n\n"


async def test_it_asks_again_when_the_pages_were_restarted(tmp_path: Path) -> None:
    asked: list[bytes] = []

    async def dies_once(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(head)
        if len(asked) > 1:
            await echo(head, reader, writer)

    async with pages(tmp_path, dies_once) as forward:
        answer = await get(forward, "/")

    assert (answer.status_code, len(asked)) == (200, 2)


async def test_it_never_asks_twice_for_a_deed(tmp_path: Path) -> None:
    asked: list[bytes] = []

    async def dies(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(head)

    async with pages(tmp_path, dies) as forward:
        answer = await get(forward, "/sources", method="POST", content=b"x")

    assert (answer.status_code, len(asked)) == (503, 1)


@pytest.mark.slow
async def test_it_says_so_when_no_pages_are_there(tmp_path: Path) -> None:
    forward = Forward(tmp_path / "web.sock")

    answer = await get(forward, "/")

    await forward.close()
    assert answer.status_code == 503
    assert "The pages are starting" in answer.text
    assert answer.headers["retry-after"] == "2"


async def test_a_deep_home_folder_is_no_hindrance(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)

    async with pages(deep, echo) as forward:
        assert (await get(forward, "/")).status_code == 200


async def test_an_upload_beyond_all_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundskab.collector.forward.MOST_BYTES", 1000)

    async with pages(tmp_path, echo) as forward:
        answer = await get(forward, "/", method="POST", content=b"x" * 1001)

    assert answer.status_code == 413
