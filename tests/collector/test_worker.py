"""A worker process as it is: what it loads, and how it meets those who speak HTTP badly or never finish."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from tests.collector.door import WEB_KEY, Door

from kundskab.cli.listening import listen_on_port
from kundskab.collector import protocol
from kundskab.collector.protocol import ImpatientProtocol
from kundskab.collector.serve import main


@pytest.mark.slow
def test_a_worker_knows_neither_the_pages_nor_the_engine() -> None:
    strangers = "('django', 'duckdb', 'pyiceberg')"
    code = f"import sys, kundskab.collector.serve; print([name for name in {strangers} if name in sys.modules])"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.strip() == "[]"


def test_a_worker_without_a_workspace_says_what_to_do(tmp_path: object, caplog: pytest.LogCaptureFixture) -> None:
    with listen_on_port("127.0.0.1", 0) as listening:
        code = main(["--home", str(tmp_path), "--fd", str(listening.detach())])

    assert code == 1
    assert "kundskab init" in caplog.text


@asynccontextmanager
async def listening(door: Door) -> AsyncIterator[int]:
    """The door behind the real HTTP protocol; gives its port."""
    socket = listen_on_port("127.0.0.1", 0)
    app = door.client._transport.app  # type: ignore[attr-defined]
    config = uvicorn.Config(app, http=ImpatientProtocol, lifespan="off", log_level="critical", ws="none")
    server = uvicorn.Server(config)
    running = asyncio.ensure_future(server._serve([socket]))
    while not server.started:
        await asyncio.sleep(0)
    try:
        yield socket.getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def said_to(port: int, request: bytes) -> bytes:
    """Everything the server answers until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


def post(body: bytes, *, version: bytes = b"1.1", extra: bytes = b"") -> bytes:
    head = b"POST /v1/page?writeKey=%s HTTP/%s\r\nhost: x\r\nconnection: close\r\n%s" % (
        WEB_KEY.encode(),
        version,
        extra,
    )
    return head + b"content-length: %d\r\n\r\n" % len(body) + body


@pytest.mark.slow
@pytest.mark.anyio
async def test_it_speaks_old_http_too(door: Door) -> None:
    async with listening(door) as port:
        answer = await said_to(port, post(b'{"userId":"ann"}', version=b"1.0"))

    assert b" 200 " in answer.split(b"\r\n")[0]
    assert len(door.kept()) == 1


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET http://elsewhere/v1/batch HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        post(b"{}", extra=b"content-length: 999\r\n"),
        post(b"{}", extra=b"authorization: a\r\nauthorization: b\r\n"),
        post(b"", extra=b"transfer-encoding: chunked\r\n"),
    ],
)
async def test_bad_http_is_no_failure_of_ours(door: Door, request_bytes: bytes) -> None:
    async with listening(door) as port:
        answer = await said_to(port, request_bytes)
        sane = await said_to(port, post(b'{"userId":"ann"}'))

    assert b" 5" not in answer.split(b"\r\n")[0][:13], answer
    assert b" 200 " in sane.split(b"\r\n")[0]


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"POST /v1/batch HTTP/1.1\r\nhost: x\r\nx-a: ",
        post(b'{"userId":"ann"}')[:-4],
        post(b'{"userId":"ann"}').replace(b"connection: close", b"connection: keep-alive") + b"POST /v1/page HT",
        b"POST /v1/batch HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n",
    ],
    ids=["nothing", "half a head", "half a body", "a second request's head", "chunks without end"],
)
async def test_what_never_ends_is_let_go(door: Door, monkeypatch: pytest.MonkeyPatch, beginning: bytes) -> None:
    monkeypatch.setattr(protocol, "ARRIVAL_SECONDS", 0.05)

    async with listening(door) as port:
        answer = await said_to(port, beginning)

    assert answer.count(b"HTTP/1.1") == (1 if b"keep-alive" in beginning else 0)


@pytest.mark.slow
@pytest.mark.anyio
async def test_an_idle_connection_between_requests_is_left_alone(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "ARRIVAL_SECONDS", 0.05)
    request = post(b'{"userId":"ann"}').replace(b"connection: close", b"connection: keep-alive")

    async with listening(door) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.15)
        writer.write(request)

        assert b" 200 " in await reader.readline()
        writer.close()


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_head_beyond_all_measure_is_let_go(door: Door) -> None:
    async with listening(door) as port:
        answer = await said_to(port, b"GET /health HTTP/1.1\r\n" + b"x-a: " + b"y" * 100_000)

    assert b" 200 " not in answer
