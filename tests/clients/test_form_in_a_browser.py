"""clients/js in Chromium: a shop's page whose own server passes on what it asks, as docs/api.md shows."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from tests.web.browser.chromium import chromium, needs_chromium

pytestmark = needs_chromium

SCRIPT = (Path(__file__).parents[2] / "clients/js/kundskab-form.js").read_bytes()
PAGE = b"""<!doctype html><title>Shop</title>
<form data-kundskab="checkout" data-kundskab-plan="/plan" data-kundskab-asked="/asked" action="/done" method="get">
  <label>Shoe size <input name="shoe_size"></label>
  <label>City <input name="city" data-max-age-days="365"></label>
  <label>E-mail <input name="email" type="email"></label>
  <label>Message <input name="message" data-always-ask></label>
  <input type="hidden" name="cart" value="7"><input type="password" name="password">
  <button>Send</button>
</form><script src="/kundskab-form.js"></script>"""
PLAN = {
    "shoe_size": ("skip", 42),
    "city": ("confirm", "Lund"),
    "email": ("ask", None),
    "message": ("ask", None),
}


class Shop(BaseHTTPRequestHandler):
    """The page, its script, and the two addresses of the shop's own server. heard: what came, in order."""

    heard: ClassVar[list[tuple[str, Any]]] = []
    answers = True

    def do_GET(self) -> None:
        kind = "text/javascript" if self.path.endswith(".js") else "text/html"
        self._reply(SCRIPT if self.path.endswith(".js") else PAGE, kind)

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.heard.append((self.path, told))
        if not self.answers:
            return self.send_error(503)
        planned = [
            {"question": one["name"], "do": PLAN[one["name"]][0], "value": PLAN[one["name"]][1]}
            for one in told["questions"]
        ]
        self._reply(json.dumps({"questions": planned}).encode(), "application/json")

    def _reply(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def shop(*, answers: bool = True) -> Iterator[str]:
    Shop.heard, Shop.answers = [], answers
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def state(browser: Any, name: str) -> tuple[str, bool]:
    """(value, shown) of a field."""
    from selenium.webdriver.common.by import By

    field = browser.find_element(By.NAME, name)
    return field.get_attribute("value"), field.is_displayed()


def test_it_fills_and_hides_what_is_known_and_tells_what_was_asked() -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    with shop() as address, chromium() as browser:
        browser.get(address)
        WebDriverWait(browser, 20).until(lambda _: state(browser, "city")[0] == "Lund")
        seen = {name: state(browser, name) for name in PLAN}
        browser.find_element(By.TAG_NAME, "button").click()
        WebDriverWait(browser, 20).until(lambda _: len(Shop.heard) > 1)  # the next page plans its form too

    assert seen == {"shoe_size": ("42", False), "city": ("Lund", True), "email": ("", True), "message": ("", True)}
    (_, planned), (path, asked) = Shop.heard[:2]
    assert planned["questions"] == [
        {"name": "shoe_size"}, {"name": "city", "max_age_days": 365}, {"name": "email"},
        {"name": "message", "always_ask": True},
    ]  # fmt: skip
    assert path == "/asked"
    assert [one["name"] for one in asked["questions"]] == ["email", "message"]


def test_when_nobody_answers_the_form_asks_everything_as_before() -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    with shop(answers=False) as address, chromium() as browser:
        browser.get(address)
        WebDriverWait(browser, 20).until(lambda _: Shop.heard)
        seen = {name: state(browser, name) for name in PLAN}

    assert set(seen.values()) == {("", True)}
