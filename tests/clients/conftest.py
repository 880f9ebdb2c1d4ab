"""A whole server on loopback, front door and pages, where Ann is known; and keys to its API."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.house import identify, make_house, track
from tests.server import free_port

START_SECONDS = 120


@dataclass(frozen=True)
class Live:
    """A running Kundskab. key: reads for personalisation.  recorder: writes consents down too."""

    url: str
    key: str
    recorder: str
    analyst: str
    home: Path


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUNDSKAB_KEYS", str(tmp_path_factory.mktemp("keys")))
        folder = tmp_path_factory.mktemp("live") / "home"
        keys = _furnished(folder)
        port = free_port()
        command = [sys.executable, "-m", "kundskab.cli", "serve", "--home", str(folder), "--port", str(port)]
        process = subprocess.Popen(command)
        try:
            _wait_for_pages(port, process)
            yield Live(f"http://127.0.0.1:{port}", *keys, folder)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _furnished(folder: Path) -> tuple[str, str, str]:
    house = make_house(folder)
    house.desk.create_source("shop", purposes=["personalisation", "analytics"], basis="contract", who="Cy")
    traits = {"shoe_size": 42, "city": "Lund"}
    house.take(identify("ann", traits=traits), track("ann", "Order Completed"), source="shop", key="server")
    create = house.desk.read_keys.create
    key = create("Shop backend", purposes=["personalisation"], who="Cy")
    recorder = create("CRM", purposes=["personalisation"], may_record=True, who="Cy")
    analyst = create("Analyst", purposes=["analytics"], who="Cy")
    house.close()
    return key, recorder, analyst


def _wait_for_pages(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the pages stand behind the door, which answers 503 before."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended instead of serving"
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/api/openapi.json", timeout=30) as page:
            page.read()
            return
        time.sleep(0.2)
    raise AssertionError(f"no pages within {START_SECONDS} seconds")
