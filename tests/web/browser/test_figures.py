"""Figures in Chromium: drawn under the strict policy, in the theme that is chosen, and still without scripts."""

from __future__ import annotations

import pytest
from tests.web.browser.chromium import chromium, needs_chromium, serving, window

pytestmark = needs_chromium

ADDRESS = "/explore?action=Order+Completed&by=channel&since=2026-01-05&until=2026-06-14"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """(address, path of a one-time link) of pages over invented answers."""
    with serving("tests.web.serve_fake", str(tmp_path_factory.mktemp("figures"))) as served:
        yield served


@pytest.fixture(scope="module")
def browser(server):
    with chromium() as driver:
        driver.get(server[0] + server[1])
        yield driver


def drawn(browser):
    """The lines that Plotly drew, once it has; the still picture is gone then."""
    from selenium.webdriver.support.ui import WebDriverWait

    script = "return [...document.querySelectorAll('[data-plot] .scatterlayer .js-line')].map(e => e.style.stroke)"
    lines = WebDriverWait(browser, 20).until(lambda _: browser.execute_script(script))
    assert browser.execute_script("return document.getElementById('still').hidden")
    return lines


@pytest.mark.parametrize("width", [1440, 390])
def test_plotly_draws_over_the_still_picture_and_breaks_no_policy(server, browser, width):
    window(browser, width)
    browser.get_log("browser")
    browser.get(server[0] + ADDRESS)

    lines = drawn(browser)

    assert len(lines) >= 6  # a band and a line each
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("kind", "part"), [("funnel", ".bars"), ("retention", ".js-line"), ("paths", ".sankey-node")])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_kind_of_question_is_drawn_and_breaks_no_policy(server, browser, width, kind, part):
    from selenium.webdriver.support.ui import WebDriverWait

    window(browser, width)
    browser.get_log("browser")
    browser.get(f"{server[0]}/explore/{kind}")

    script = f"return document.querySelectorAll('[data-plot] {part}').length"
    assert WebDriverWait(browser, 20).until(lambda _: browser.execute_script(script))
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_the_figure_stays_within_its_box(server, browser):
    window(browser, 390)
    browser.get(server[0] + ADDRESS)
    drawn(browser)

    box, plot = browser.execute_script(
        "return ['.plot-box', '[data-plot] .main-svg']"
        ".map(part => document.querySelector(part).getBoundingClientRect().width)"
    )
    assert plot <= box


def test_it_wears_the_theme_that_is_chosen(server, browser):
    colours = {}
    for theme in ("light", "dark"):
        browser.add_cookie({"name": "theme", "value": theme})
        browser.get(server[0] + ADDRESS)
        colours[theme] = drawn(browser)[-1]
    browser.delete_cookie("theme")

    assert colours["light"] != colours["dark"]


def test_a_click_on_a_point_walks_to_its_people(server, browser):
    from selenium.webdriver.support.ui import WebDriverWait

    window(browser, 1440)
    browser.get(server[0] + ADDRESS)
    drawn(browser)

    browser.execute_script(
        "const box = document.querySelector('[data-plot]');"
        "const trace = box.data.findIndex(each => each.customdata && each.customdata.length);"
        "box.emit('plotly_click', { points: [{ customdata: box.data[trace].customdata[0] }] });"
    )

    WebDriverWait(browser, 10).until(lambda _: "/explore/people" in browser.current_url)


def test_without_scripts_the_still_picture_stays(server, browser):
    window(browser, 1440)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(server[0] + ADDRESS)

        still = browser.find_element("css selector", "#still svg.drawn")
        assert still.is_displayed()
        assert still.size["height"] > 200
        assert browser.find_elements("css selector", "table td")
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
