"""The system's own Chromium, without a window, and the pages of a small invented company for it to visit."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from urllib.request import urlopen

import pytest

needs_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("chromedriver")),
        reason="BROWSER TESTS DID NOT RUN: chromium and chromedriver are not installed",
    ),
]
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
ROOT = Path(__file__).parents[3]
PEOPLE = "60"


@contextmanager
def small_company(folder: Path) -> Iterator[tuple[str, str]]:
    """(address, path of a one-time link) of the pages of an invented company of sixty customers."""
    there = {**os.environ, "KUNDSKAB_KEYS": f"{folder}/keys/"}
    invent = [
        sys.executable,
        "-m",
        "kundskab.cli",
        "demo",
        "--home",
        f"{folder}/home",
        "--people",
        PEOPLE,
        "--no-serve",
    ]
    subprocess.run(invent, env=there, check=True, capture_output=True, cwd=ROOT, timeout=300)
    with serving("tests.web.serve_home", f"{folder}/home", env=there) as served:
        yield served


@contextmanager
def serving(module: str, folder: str, env: dict[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """(address, path of a one-time link) of a module that serves pages: python -m MODULE FOLDER PORT."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", module, folder, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env)
    try:
        assert process.stdout is not None
        login = process.stdout.readline().strip()
        # Not 127.0.0.1: a passkey belongs to a name.
        address = f"http://localhost:{port}"
        _wait_for(address + "/sign-in")
        yield address, login
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def chromium() -> Iterator[object]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def window(browser, width: int, height: int = 900) -> None:
    """A headless window cannot be made as narrow as a phone; its metrics can."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def _wait_for(address: str) -> None:
    pause = Event()
    for _ in range(300):
        try:
            urlopen(address, timeout=5).close()
            return
        except OSError:
            pause.wait(0.1)
    raise TimeoutError(f"nobody answers at {address}")
