"""Pages as somebody sees them: in Chromium, by keyboard, on a phone, with JavaScript."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event
from urllib.request import urlopen

import pytest

pytestmark = [
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
PAGES = ("/", "/events", "/events/quarantine", "/people", "/people/4k2m8xq1zz0p", "/settings/sources", "/status", "/account")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """(address, path of a one-time link) of pages over invented answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.web.serve_fake", str(tmp_path_factory.mktemp("browser")), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        login = process.stdout.readline().strip()
        address = f"http://127.0.0.1:{port}"
        _wait_for(address + "/sign-in")
        yield address, login
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def browser(server):
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        driver.get(server[0] + server[1])
        yield driver
    finally:
        driver.quit()


def test_no_page_breaks_its_own_policy(server, browser):
    for path in PAGES:
        browser.get(server[0] + path)

        assert [entry["message"] for entry in browser.get_log("browser")] == [], path


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_its_window(server, browser, width):
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    for path in PAGES:
        browser.get(server[0] + path)

        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, path


def test_the_tail_brings_news_until_paused_by_the_keyboard(server, browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(server[0] + "/events")
    newest = _newest(browser)

    WebDriverWait(browser, 10).until(lambda _: _newest(browser) != newest)
    assert browser.find_elements(By.CSS_SELECTOR, "tr.fresh")

    browser.find_element(By.TAG_NAME, "body").send_keys("p")

    assert browser.find_element(By.CSS_SELECTOR, "[data-tail-state]").text == "Paused"
    assert browser.find_element(By.CSS_SELECTOR, "[data-tail-pause]").get_attribute("aria-pressed") == "true"


def test_the_first_tab_leads_past_the_navigation(server, browser):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.get(server[0] + "/people")
    ActionChains(browser).send_keys(Keys.TAB).perform()
    first = browser.switch_to.active_element
    assert first.text == "Skip to the content"

    ActionChains(browser).send_keys(Keys.ENTER).perform()

    assert browser.switch_to.active_element.get_attribute("id") == "content"


def test_older_events_come_onto_the_same_page(server, browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(server[0] + "/people/4k2m8xq1zz0p")
    before = len(browser.find_elements(By.CSS_SELECTOR, ".timeline ol li"))
    button = browser.find_element(By.CSS_SELECTOR, ".older .button")
    browser.execute_script("arguments[0].click()", button)

    WebDriverWait(browser, 10).until(lambda _: len(browser.find_elements(By.CSS_SELECTOR, ".timeline ol li")) > before)
    assert browser.current_url.endswith("/people/4k2m8xq1zz0p")


def _newest(browser) -> str:
    return browser.execute_script("return document.querySelector('[data-tail]').getAttribute('hx-get')")


def _wait_for(address: str) -> None:
    pause = Event()
    for _ in range(300):
        try:
            urlopen(address, timeout=5).close()
            return
        except OSError:
            pause.wait(0.1)
    raise TimeoutError(f"nobody answers at {address}")
