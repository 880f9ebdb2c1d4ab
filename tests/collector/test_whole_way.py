"""From a request to the lake and the ledger, with a real home behind the door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kundskab.collector.options import Options
from kundskab.collector.serve import collector
from kundskab.pipeline import books
from kundskab.pipeline.digest import digest_all
from kundskab.pipeline.home import Home
from kundskab.types import utc_now

pytestmark = pytest.mark.anyio
NO = {"consent": {"categoryPreferences": {"analytics": False}}}


@pytest.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Home]:
    (tmp_path / "keys").mkdir()
    monkeypatch.setenv("KUNDSKAB_KEYS", str(tmp_path / "keys"))
    with Home.create(tmp_path / "home") as home:
        yield home


async def send(home: Home, purposes: list[str], batch: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    """Open the door over this home, send one batch to a source with these purposes, close it, digest."""
    with home.vault.transaction() as tx:
        home.vault.put_source(tx, "web", kind="live", label="Web", settings={"purposes": purposes}, at=utc_now())
        key = home.vault.create_key(tx, "web", kind="server", by="ann", at=utc_now())
    async with collector(home.folder, home.vault, Options()) as app:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            answer = await client.post("/v1/batch", json={"batch": batch}, auth=(key, ""), **options)
    digest_all(home)
    told: dict[str, Any] = answer.json()
    return told


def visit(who: str, **fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "visit", "userId": who, "messageId": who} | fields


@pytest.mark.slow
async def test_the_door_and_the_digest_agree_about_every_event(home: Home) -> None:
    batch = [visit("ann"), visit("ann"), {"type": "track", "event": "visit"}, visit("bo", context=NO), None]

    told = await send(home, ["analytics"], batch)

    counted = books.books(home)
    assert (told["received"], told["accepted"], told["quarantined"], told["refused"]) == (5, 2, 2, 1)
    assert (counted.received, counted.stored, counted.duplicate) == (5, 1, 1)
    assert (counted.quarantined, counted.refused, counted.waiting) == (2, 1, 0)


@pytest.mark.slow
async def test_a_refusal_at_the_door_is_in_the_ledger(home: Home) -> None:
    await send(home, ["analytics"], [visit("bo", context=NO)])

    bo = home.vault.find("user_id", "bo")
    assert bo is not None
    with home.vault.reading() as tx:
        statements = home.vault.statements_of(tx, [bo])
    assert [(said.purpose, said.status) for said in statements] == [("analytics", "refuse")]


@pytest.mark.slow
async def test_what_was_refused_is_nowhere_on_disk(home: Home) -> None:
    canary = "bought-a-very-private-thing"

    await send(home, ["analytics"], [visit("bo", context=NO, properties={"note": canary}, event=canary)])

    assert [path for path in home.folder.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()] == []


@pytest.mark.slow
async def test_a_key_used_is_noted_in_the_vault(home: Home) -> None:
    await send(home, ["analytics"], [visit("ann")])

    assert [key.last_used_at is not None for key in home.vault.keys("web")] == [True]
