"""A visitor of the pages: signs in once, asks for pages on one connection, remembers how long each took."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit


class Visitor:
    """Speaks to a running server on loopback. Raises RuntimeError for an answer that is no page."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}

    def sign_in(self, home: Path, port: int) -> None:
        """By the one-time link that `kundskab login` prints."""
        command = [sys.executable, "-m", "kundskab.cli", "login", "--home", str(home), "--port", str(port)]
        address = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        self._ask("GET", urlsplit(address).path, expected=302)

    def get(self, path: str) -> tuple[float, str]:
        """Seconds until the page was whole, and the page."""
        return self._ask("GET", path)

    def search(self, text: str) -> float:
        """Seconds for a search of people that finds nobody (one that finds somebody goes on to her page)."""
        page = self.get("/people")[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = urlencode({"csrfmiddlewaretoken": token[1] if token else "", "search": text})
        return self._ask("POST", "/people/searches", body=form)[0]

    def _ask(self, method: str, path: str, *, body: str | None = None, expected: int = 200) -> tuple[float, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        seconds = time.perf_counter() - started
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        if answer.status != expected:
            raise RuntimeError(f"{method} {path} answered {answer.status}, not {expected}")
        return seconds, page
