"""Every page that can be walked to from the first one, each kind once: a new page is found by itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from selenium import webdriver

MOST = 80
# What differs between pages of one kind: a token, a number, the name of a purpose or a source.
_ONE = re.compile(
    r"(?<=/)([a-z0-9]{12}|\d+)(?=/|$)"
    r"|(?<=/(?:purposes|consents)/)[^/]+"
    r"|(?<=/segments/)s\d+(?=/|$)|(?<=/segments/written/)w\d+(?=/|$)"
    r"|(?<=/sources/).+|(?<=/plan/of/).+"
)
# Leaving would end the walk; files are no pages.
_NOT_PAGES = re.compile(r"/(sign-out|static|metrics|api)\b|.*\.(csv|json|txt)\b")
_LINKS = "return [...document.querySelectorAll('a[href]')].map((link) => link.href)"


def walk(browser: webdriver.Chrome, address: str, start: str = "/") -> dict[str, str]:
    """Name -> path of one page of each kind. The browser is signed in; pages that differ by a token or a number alone
    are of one kind.
    """
    found: dict[str, str] = {}
    waiting = [start]
    while waiting and len(found) < MOST:
        path = waiting.pop(0)
        name = name_of(path)
        if name in found or _NOT_PAGES.match(path):
            continue
        found[name] = path
        browser.get(address + path)
        for link in browser.execute_script(_LINKS):
            parts = urlsplit(link)
            if f"{parts.scheme}://{parts.netloc}" == address and name_of(parts.path) not in found:
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


def name_of(path: str) -> str:
    """/people/4k2m8xq1zz0p?purpose=analytics -> people-one."""
    plain = _ONE.sub("one", urlsplit(path).path)
    return plain.strip("/").replace("/", "-") or "home"
