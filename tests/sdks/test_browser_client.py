"""@segment/analytics-next in Chromium, cross-origin, through a bad net: exactly once."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait
from tests.sdks.browser import chromium, shop, why_not
from tests.sdks.shim import FAULTS, Shim, shim
from tests.server import Server

_MISSING = why_not()
if _MISSING:
    warnings.warn(f"THE BROWSER'S CLIENT WAS NOT TESTED: {_MISSING}", stacklevel=1)

pytestmark = [pytest.mark.sdk, pytest.mark.browser, pytest.mark.skipif(_MISSING is not None, reason=_MISSING or "")]
BATCHING = {"deliveryStrategy": {"strategy": "batching", "config": {"size": 4, "timeout": 200}}}
VISITS = 6
VISIT = """
analytics.page("Tents")
analytics.identify("ann", {email: "ann@example.com"})
for (let number = 0; number < arguments[0]; number++) analytics.track("visit", {product_id: "p" + number})
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


def arrived(
    browser: webdriver.Chrome, way: Shim, server: Server, source: str, *, events: int, again: bool = False
) -> list[dict[str, Any]]:
    """The rows, once so many lie in the lake and, where an answer was lost, the same ones have come again."""
    rows: list[dict[str, Any]] = []

    def all_there(_: object) -> bool:
        rows[:] = server.stored(source) if any(status == 200 for method, _, status in way.requests) else []
        there = len({row["event_id"] for row in rows}) >= events
        return there and (not again or server.books(source).duplicate > 0)

    WebDriverWait(browser, 45, poll_frequency=0.2).until(
        all_there, f"seen: {way.requests} {browser.get_log('browser')}"
    )
    return rows


@pytest.mark.parametrize("strategy", ["standard", "batching"])
@pytest.mark.parametrize("faults", [(), *((fault,) for fault in FAULTS)], ids=lambda faults: "+".join(faults) or "none")
def test_every_event_arrives_once(
    server: Server, browser: webdriver.Chrome, strategy: str, faults: tuple[str, ...]
) -> None:
    source = f"browser-{strategy}-{'-'.join(faults) or 'none'}"
    key = server.new_key(source, kind="browser")
    options = {"integrations": {"Segment.io": BATCHING if strategy == "batching" else {}}}

    with shim(server.port, faults) as way, shop({"writeKey": key, "cdnURL": way.url}, options) as address:
        browser.get(address)
        browser.execute_script(VISIT, VISITS)
        rows = arrived(browser, way, server, source, events=VISITS + 2, again="lost" in faults)
        failures = browser.execute_script("return window.failures")

    books = server.books(source)
    assert way.done == list(faults)
    assert failures == []
    assert len({row["event_id"] for row in rows}) == len(rows) == VISITS + 2
    assert sorted(row["object"] for row in rows if row["action"] == "visit") == [f"p{n}" for n in range(VISITS)]
    assert {row["action"] for row in rows} == {"page viewed", "identified", "visit"}
    assert books.received == books.stored + books.duplicate
    assert (books.duplicate > 0) == ("lost" in faults)
    paths = {path for method, path, _ in way.requests if method == "POST"}
    assert paths == ({"/v1/b"} if strategy == "batching" else {"/v1/p", "/v1/i", "/v1/t"})


def test_who_she_was_and_who_she_is_are_linked(server: Server, browser: webdriver.Chrome) -> None:
    key = server.new_key("browser-link", kind="browser")

    with shim(server.port, ()) as way, shop({"writeKey": key, "cdnURL": way.url}, {}) as address:
        browser.get(address)
        browser.execute_script("analytics.reset(); analytics.identify('bo'); analytics.track('visit')")
        rows = arrived(browser, way, server, "browser-link", events=2)

    visit = next(row for row in rows if row["action"] == "visit")
    with server.home.vault.reading() as tx:
        (link,) = server.home.vault.links_of(tx, [visit["actor"]])
    assert {link.a, link.b} == {visit["actor"], visit["device"]}
    assert link.kind == "claimed", "a browser's key is public: what it says of a user id is only a claim"
