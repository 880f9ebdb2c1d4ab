"""A passkey, with a device that Chromium pretends to have: added, and good for signing in by itself."""

from __future__ import annotations

import pytest
from tests.web.browser.chromium import chromium, needs_chromium, small_company

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with small_company(tmp_path_factory.mktemp("company")) as served:
        yield served


@pytest.fixture
def browser(company):
    with chromium() as driver:
        driver.execute_cdp_cmd("WebAuthn.enable", {})
        device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        told = {**device, "isUserVerified": True, "automaticPresenceSimulation": True}
        driver.execute_cdp_cmd("WebAuthn.addVirtualAuthenticator", {"options": told})
        driver.get(company[0] + company[1])
        yield driver


def test_ann_adds_a_passkey_gets_recovery_codes_and_signs_in_with_it_alone(company, browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    def press(selector):
        browser.find_element(By.CSS_SELECTOR, selector).click()

    def arrives(path):
        WebDriverWait(browser, 20).until(lambda _: browser.current_url.split("?")[0] == company[0] + path)

    browser.get(company[0] + "/account/second-step/passkeys/new")
    press("form[data-passkey] button")
    arrives("/account/second-step/codes")
    assert len(browser.find_element(By.CSS_SELECTOR, "pre.secret").text.split()) == 10

    browser.get(company[0] + "/sign-out")
    press("main form button")
    arrives("/sign-in")
    press("form[data-passkey] button")
    arrives("/")
    assert "What came in?" in browser.title
    assert [entry["message"] for entry in browser.get_log("browser")] == []
