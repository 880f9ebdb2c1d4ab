"""Pages as somebody sees them: in Chromium, by keyboard, on a phone, with JavaScript."""

from __future__ import annotations

import pytest
from tests.web.browser.chromium import chromium, needs_chromium, serving

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """(address, path of a one-time link) of pages over invented answers."""
    with serving("tests.web.serve_fake", str(tmp_path_factory.mktemp("browser"))) as served:
        yield served


@pytest.fixture(scope="module")
def browser(server):
    with chromium() as driver:
        driver.get(server[0] + server[1])
        yield driver


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
