"""What comes next, and how often are we right?"""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from tests.web.fake_foretelling import JUNE, WORTHY, contestant, scored
from tests.web.segments.test_segments_page import body

from kundskab.pipeline.foretelling.answers import Coming, Kind, Report
from kundskab.web.predictions import telling


@pytest.mark.slow
def test_it_begins_with_how_often_we_were_right(cy):
    page = body(cy, "/predictions")

    assert "Of 100 forecasts that gave a chance of about 30 in 100, 29 came true." in page
    assert "Chance alone could have made it 27 to 31; told from 1,700 forecasts." in page


def test_the_plain_guess_stands_beside_each_model(cy):
    page = body(cy, "/predictions")

    assert "15 % less wrong (between 10 % and 20 %)" in page
    assert "much as the plain guess (between 1 % less and 1 % more wrong)" in page
    assert "Better than the plain guess, by more than chance." in page
    assert "Nothing beats the plain guess here, so we give the plain guess." in page


def test_before_any_forecast_has_come_due_it_says_when_the_first_will(cy, desk):
    desk.predictions.due = False

    page = body(cy, "/predictions")

    assert "Tried on the past, 1 of our 2 kinds of prediction does better than the plain guess." in page
    assert "come due on 14 July 2026" in page


def test_it_says_what_everybody_will_do(cy):
    table = body(cy, "/predictions").split('id="coming"')[1].split("</table>")[0]

    assert "Looks at things" in table
    assert "1,204" in table


def test_models_are_folded_under_their_verdict(cy):
    contest = body(cy, "/predictions").split('id="contests"')[1].split("</section>")[0]

    assert contest.count("<details") == contest.count("<table") == 2
    assert "What do they do next?</b> Nothing beats the plain guess here" in contest


def test_the_figure_comes_in_both_themes_and_nothing_inline(cy):
    response = cy.get("/predictions")
    page = response.content.decode()
    figures = json.loads(re.search(r'<script id="figures" type="application/json">(.*?)</script>', page, re.S).group(1))

    assert set(figures) == {"light", "dark"}
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page)


def test_an_analyst_walks_to_the_people_by_what_is_expected(bo):
    page = body(bo, "/predictions/people?by=value")

    assert "From whom can we expect most?" in page
    assert "bought 4 times, every 5 weeks" in page
    assert "(50–73)" in page


def test_whoever_reads_counts_sees_no_people(cy):
    assert "/predictions/people" not in body(cy, "/predictions")
    assert cy.get("/predictions/people").status_code == 403


def test_before_the_first_refresh_it_says_what_to_do(bo, desk):
    desk.predictions.refreshed = False

    assert "kundskab refresh" in body(bo, "/predictions")
    assert "kundskab refresh" in body(bo, "/predictions/people")


def test_a_stranger_is_asked_to_sign_in(stranger):
    assert stranger.get("/predictions").status_code == 302


@pytest.mark.parametrize(
    ("loss", "low", "high", "said"),
    [
        (0.8, -0.3, -0.1, "Better than the plain guess, by more than chance."),
        (0.9, -0.3, 0.1, "Better than the plain guess on average, though chance could have made that difference."),
        (1.0, 0.0, 0.0, "As good as the plain guess, and no better."),
    ],
)
def test_only_what_is_surely_better_is_said_to_be_better(stage, loss, low, high, said):
    used = contestant("value", "stack", loss, low=low, high=high, chosen=True)
    kind = Kind("value", None, None, (), (), (used, contestant("value", "past", 1.0, is_baseline=True)))

    assert telling.told(kind).verdict == said
    assert kind.beats_the_plain_guess == (high < 0)


def test_nothing_is_more_than_wholly_less_wrong(stage):
    used = contestant("events", "stack", 0.0, low=-1.03, high=-0.96, chosen=True)
    kind = Kind("events", None, None, (), (), (used, contestant("events", "past", 1.0, is_baseline=True)))

    assert telling.told(kind).rows[0][2] == "100 % less wrong (between 96 % and 100 %)"


def test_how_far_off_is_said_in_what_was_foretold(stage):
    from kundskab.web.predictions.templatetags.foretold import off

    assert off(contestant("returns", "stack", 0.5, ece=0.012)) == "1.2 of 100"
    assert off(contestant("events", "stack", 0.5, ece=0.604)) == "0.60 times"
    assert off(contestant("value", "stack", 0.5, ece=0.3)) == "0.30 of a usual purchase"
    assert off(contestant("value", "stack", 0.5, ece=None)) == "–"


def test_few_forecasts_are_told_all_together(stage):
    rare = Kind("returns", scored(-1, 0.003, 0.008, 3_800), None, (scored(0, 0.25, 0.78, 9),), (), ())
    found = Report(JUNE, (rare,), None, 3_800)

    assert telling.answer(found) == "Of 3,800 forecasts we expected about 11 to come true, and 30 did."
    assert telling.doubt(found) == "Chance alone could have made it 20 to 41."


def test_small_numbers_of_times_are_not_rounded_to_nothing(stage):
    times = replace(scored(-1, 0.004, 0.012, 3_800), kind="events", low=0.0, high=0.02)
    money = replace(scored(-1, 230.4, 300.2, 900), kind="value", low=224.1, high=376.0)

    assert telling.amounts(times) == "foretold less than 0.01 each, came 0.01 (0.00 to 0.02)"
    assert telling.told(Kind("value", money, None, (), (), ()), "SEK").came_out == (
        "foretold 230 SEK each, came 300 (224 to 376)"
    )


def test_what_is_to_come_has_its_doubt(cy, desk):
    desk.predictions.expected = (Coming("Product Viewed", 1204.0, 0.9, 30, 1160.2, 1248.1),)

    assert "(1,160–1,248)" in body(cy, "/predictions").split('id="coming"')[1]


def test_where_nobody_pays_no_worth_is_listed(bo, desk):
    desk.predictions.worthy = (replace(WORTHY, value=None, low=None, high=None, currency=None),)

    page = body(bo, "/predictions/people")
    assert "Worth expected" not in page
    assert "worth most" not in page
