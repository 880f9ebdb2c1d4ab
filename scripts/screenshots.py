"""Look at every page: headless Chromium, wide and narrow, light and dark, each page into one PNG.

    python scripts/screenshots.py http://localhost:8400 /sign-in/once/TOKEN --out pictures

Needs the system's chromium and chromedriver. Says loudly when a page is wider than its window.
"""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path
from urllib.parse import urljoin

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from walk import walk

# Pages that no link leads to.
UNLINKED = {"missing": "/nowhere", "password": "/account/password/first", "app": "/account/second-step/app"}
WIDTHS = (1440, 390)
THEMES = ("light", "dark")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)


def main() -> int:
    asked = _arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    browser = _browser()
    try:
        faults = _look(browser, asked)
    finally:
        browser.quit()
    for fault in faults:
        print("FAULT", fault, file=sys.stderr)
    return 1 if faults else 0


def _look(browser: webdriver.Chrome, asked: argparse.Namespace) -> list[str]:
    faults = []
    browser.get(urljoin(asked.address, "/sign-in"))
    faults += _pictures(browser, asked, "sign-in", "/sign-in")
    browser.get(urljoin(asked.address, asked.login))
    pages = walk(browser, asked.address.rstrip("/")) | UNLINKED
    if person := _busiest_person(browser, asked.address):
        pages["people-one"] = person
    if asked.own:
        browser.get(urljoin(asked.address, asked.own))  # the link goes into a cookie
        pages["own-page"] = "/me"
    for name, path in pages.items():
        if not asked.only or name in asked.only:
            faults += _pictures(browser, asked, name, path)
    return faults


def _pictures(browser: webdriver.Chrome, asked: argparse.Namespace, name: str, path: str) -> list[str]:
    faults = []
    for theme in asked.themes:
        browser.add_cookie({"name": "theme", "value": theme})
        for width in asked.widths:
            _resize(browser, width)
            browser.get(urljoin(asked.address, path))
            wide = browser.execute_script("return document.documentElement.scrollWidth")
            if wide > width:
                faults.append(f"{name} is {wide} wide in a window of {width}")
            faults += [f"{name}: {entry['message']}" for entry in browser.get_log("browser") if _matters(entry)]
            (asked.out / f"{name}-{width}-{theme}.png").write_bytes(_picture(browser, width, asked.height))
    return faults


def _matters(entry: dict[str, str]) -> bool:
    # The browser also logs the answers 404 and 403 of pages that are meant to give them.
    return entry["level"] == "SEVERE" and "status of 40" not in entry["message"]


def _picture(browser: webdriver.Chrome, width: int, most: int) -> bytes:
    height = browser.execute_script("return document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, most), "scale": 1}
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    return base64.b64decode(shot["data"])


def _resize(browser: webdriver.Chrome, width: int) -> None:
    # A headless window cannot be made as narrow as a phone; its metrics can.
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def _busiest_person(browser: webdriver.Chrome, address: str) -> str | None:
    """The address of whoever did most among the persons seen last: the best story to look at."""
    browser.get(urljoin(address, "/people"))
    rows = browser.find_elements(By.CSS_SELECTOR, "main tbody tr")
    told = [(_events_in(row), row.find_element(By.TAG_NAME, "a").get_attribute("href")) for row in rows]
    return max(told)[1] if told else None


def _events_in(row: WebElement) -> int:
    cells = row.find_elements(By.CSS_SELECTOR, "td.number")
    digits = "".join(sign for sign in (cells[0].get_attribute("textContent") or "") if sign.isdigit()) if cells else ""
    return int(digits or 0)


def _browser() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in FLAGS:
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="where the pages are, as http://localhost:8400")
    parser.add_argument("login", help="the path of a one-time sign-in link")
    parser.add_argument("--own", help="the path of a signed link to a customer's own page")
    parser.add_argument("--out", type=Path, default=Path("pictures"))
    parser.add_argument("--only", nargs="*", help="names of pages; all when not given")
    parser.add_argument("--widths", nargs="*", type=int, default=WIDTHS)
    parser.add_argument("--height", type=int, default=8000, help="cut longer pages off (%(default)s)")
    parser.add_argument("--themes", nargs="*", default=THEMES)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
