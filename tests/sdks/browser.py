"""A web page with analytics-next on it, on an address of its own, and a Chromium to visit it."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from selenium import webdriver

UMD = Path(__file__).parent / "node" / "node_modules" / "@segment" / "analytics-next" / "dist" / "umd"
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
    # The bundle must not fetch a thing from elsewhere; whatever tries finds no such host.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
_PAGE = """<!doctype html><meta charset="utf-8"><title>A shop</title><script src="/umd/index.js"></script><script>
window.failures = []
addEventListener("unhandledrejection", event => failures.push(String(event.reason)))
window.analytics = AnalyticsNext.AnalyticsBrowser.load(%(settings)s, %(options)s)
</script>"""


def why_not() -> str | None:
    """What is missing to visit pages with the browser's client, or None."""
    if CHROMIUM is None or DRIVER is None:
        return "Chromium or its driver is missing"
    return None if UMD.exists() else "the browser's client is not installed; run: make sdks"


@contextmanager
def shop(settings: dict[str, Any], options: dict[str, Any]) -> Iterator[str]:
    """Serve the page; gives its address, which is not the server's: so everything is cross-origin, as in life."""
    page = _PAGE % {"settings": json.dumps(settings), "options": json.dumps(options)}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = UMD / Path(self.path).name
            script = self.path.startswith("/umd/") and file.is_file()
            content = file.read_bytes() if script else page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/tents?utm_source=mail"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """A fresh browser that reaches nothing but this machine."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()
