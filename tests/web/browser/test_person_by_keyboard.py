"""A person's whole page without a mouse: everything is reached in the order it is read, and can be done."""

from __future__ import annotations

import pytest
from tests.web.browser.chromium import chromium, needs_chromium, serving, window

pytestmark = needs_chromium
PERSON = "/people/4k2m8xq1zz0p"
MOST_STOPS = 300
MOST_SECONDS = 60
ALL_THERE = "return document.querySelector('[hx-trigger=load], .htmx-request') === null"
# What can be focused and is seen, in the order of the page; a closed <details> hides what is in it.
STOPS = """
return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]
  .filter(each => each.checkVisibility({visibilityProperty: true}))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving("tests.web.serve_fake", str(tmp_path_factory.mktemp("person"))) as served:
        yield served


@pytest.fixture(scope="module")
def signed_in(server):
    with chromium() as driver:
        driver.get(server[0] + server[1])
        window(driver, 1440)
        yield driver


@pytest.fixture
def browser(server, signed_in):
    """On the person's page, once the parts that it does not wait for have come: each takes a link away."""
    from selenium.webdriver.support.ui import WebDriverWait

    signed_in.get(server[0] + PERSON)
    WebDriverWait(signed_in, MOST_SECONDS).until(lambda there: there.execute_script(ALL_THERE))
    return signed_in


def press(browser, *keys):
    from selenium.webdriver.common.action_chains import ActionChains

    for key in keys:
        ActionChains(browser).send_keys(key).perform()


def tab_to(browser, said):
    """Tab on until the thing with these words has the focus."""
    from selenium.webdriver.common.keys import Keys

    for _ in range(MOST_STOPS):
        press(browser, Keys.TAB)
        if browser.switch_to.active_element.text.startswith(said):
            return
    raise AssertionError(f"no key leads to {said!r}")


def test_every_stop_is_reached_in_the_order_it_is_read(browser):
    from selenium.webdriver.common.keys import Keys

    wanted = browser.execute_script(STOPS)

    reached = []
    for _ in wanted:
        press(browser, Keys.TAB)
        reached.append(browser.switch_to.active_element)

    assert len(wanted) > 30
    assert reached == wanted


def test_a_link_is_undone_by_keys_alone(browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    tab_to(browser, "This is wrong")
    press(browser, Keys.ENTER, Keys.TAB, "two sisters, one tablet", Keys.TAB, Keys.ENTER)

    assert "are two persons again" in browser.find_element(By.CSS_SELECTOR, ".notices").text


def test_identifiers_are_revealed_by_keys_alone(browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    tab_to(browser, "I need to know")
    press(browser, Keys.ENTER, Keys.TAB, "she asked us to call", Keys.TAB, Keys.ENTER)

    page = browser.find_element(By.TAG_NAME, "main").text
    assert "phone-17" in page
    assert "she asked us to call" in page


def test_a_visit_opens_into_what_was_done(browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    tab_to(browser, "All ")
    visit = browser.switch_to.active_element.find_element(By.XPATH, "..")
    press(browser, Keys.ENTER)

    assert visit.get_attribute("open") is not None
    assert visit.find_elements(By.TAG_NAME, "li")[0].is_displayed()
