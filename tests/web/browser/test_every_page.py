"""Every page that can be walked to, by keyboard and by eye: in a window and on a phone, light and dark.

Nobody lists the pages here: the walk finds them, so that a new one is held to the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.web.browser.chromium import chromium, needs_chromium, small_company, window

pytestmark = needs_chromium

PHONE, DESK = 390, 1440
CHECKS = (Path(__file__).parent / "checks.js").read_text()
MOST_STOPS = 260


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with small_company(tmp_path_factory.mktemp("company")) as served:
        yield served


@pytest.fixture(scope="module")
def browser(company):
    with chromium() as driver:
        driver.get(company[0] + company[1])
        yield driver


@pytest.fixture(scope="module")
def pages(company, browser):
    from scripts.walk import walk

    window(browser, DESK)
    return walk(browser, company[0])


def test_the_walk_finds_what_stands_at_the_top_and_a_person(pages):
    assert {"home", "people", "people-one", "events", "settings-sources", "settings-team", "account"} <= pages.keys()


@pytest.mark.parametrize(("width", "theme"), [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")])
def test_no_page_is_wider_than_its_window_or_breaks_the_policy(company, browser, pages, width, theme):
    faults = []
    browser.add_cookie({"name": "theme", "value": theme})
    window(browser, width)

    for name, path in pages.items():
        browser.get(company[0] + path)
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        said = [entry["message"] for entry in browser.get_log("browser")]
        faults += [f"{name}: {wide} wide"] if wide > width else []
        faults += [f"{name}: {message}" for message in said]

    assert faults == []


def test_every_page_can_be_understood_without_seeing_it(company, browser, pages):
    faults = []
    window(browser, DESK)

    for name, path in pages.items():
        browser.get(company[0] + path)
        faults += [f"{name}: {fault}" for fault in browser.execute_script(CHECKS + "return structure();")]

    assert faults == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_tab_key_reaches_everything_is_seen_to_and_gets_out_again(company, browser, pages, width):
    faults = []
    window(browser, width)

    for name, path in pages.items():
        browser.get(company[0] + path)
        faults += [f"{name}: {fault}" for fault in _tabbed(browser)]

    assert faults == []


def _tabbed(browser) -> list[str]:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    # A field that takes the focus at once would hide what stands before it.
    browser.execute_script(CHECKS + "document.activeElement.blur(); listen();")
    # A date or a time is several fields and a picker in one.
    dates = browser.execute_script(
        "return document.querySelectorAll('input[type=date], input[type=time], input[type=datetime-local]').length"
    )
    stops = min(browser.execute_script(CHECKS + "return stops().length;") + 7 * dates + 2, MOST_STOPS)
    browser.execute_script("document.querySelector('a.skip').focus();")
    keys = ActionChains(browser, duration=0)
    for _ in range(stops):
        keys.send_keys(Keys.TAB)
    keys.perform()
    missed = browser.execute_script(CHECKS + "return missed();") if stops < MOST_STOPS else []
    unseen = browser.execute_script("return window.unseen")
    return [f"not reached: {node}" for node in missed] + [f"focus not seen: {node}" for node in unseen]
