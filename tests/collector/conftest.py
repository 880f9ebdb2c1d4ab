"""A collector in this process: real journal, real events, keys from a dictionary instead of a vault."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.collector.door import NOON, SERVER_KEY, WEB_KEY, Door, rules_of

from kundskab.collector.app import Collector
from kundskab.collector.intake import Intake
from kundskab.collector.keys import Keys
from kundskab.collector.options import Options
from kundskab.collector.refusals import Refusals
from kundskab.collector.rules import Rules
from kundskab.journal import GroupCommit, Journal
from kundskab.vault import hash_of


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def options() -> Options:
    return Options()


@pytest.fixture
def pages() -> Callable[..., Any]:
    async def no_pages(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b"the pages"})

    return no_pages


@pytest.fixture
async def door(tmp_path: Path, options: Options, pages: Callable[..., Any]) -> AsyncIterator[Door]:
    rules = {WEB_KEY: rules_of("web", "browser", 1), SERVER_KEY: rules_of("shop", "server", 2)}
    loads: list[int] = []

    def load() -> dict[bytes, Rules]:
        loads.append(1)
        return {hash_of(key) or b"": rule for key, rule in rules.items()}

    keys, refusals, commit = Keys(load), Refusals(), GroupCommit(Journal.open(tmp_path / "journal"))
    intake = Intake(keys, commit, options=options, refusals=refusals, now=lambda: NOON)
    app = Collector(intake=intake, keys=keys, commit=commit, pages=pages)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://events.example.com") as client:
        yield Door(tmp_path / "journal", client, rules, commit, intake, refusals, loads)
    await commit.close()
