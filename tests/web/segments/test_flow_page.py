"""Who moves? The flow between two refreshes."""

from __future__ import annotations

import json
import re

from tests.web.fake_segments import APRIL, JUNE, MAY
from tests.web.segments.test_segments_page import body


def test_it_says_how_many_stay_and_where_most_of_the_others_go(cy):
    page = body(cy, "/segments/flow")

    assert "Of 100 customers whom we knew well enough both times, about 88 still do what they did." in page
    assert "from “Bikes on Sundays” to “Returns”: about 31 people." in page
    assert "50 people of whom we had seen too little both times are not in the picture." in page
    assert "1 move that fewer than 5 people took part in is left out." in page


def test_the_address_says_between_which_refreshes(cy, desk):
    body(cy, f"/segments/flow?since={APRIL.isoformat()}&until={JUNE.isoformat()}".replace("+", "%2B"))
    body(cy, "/segments/flow?since=never&until=0000")

    assert desk.segments.asked == [("flow", (APRIL, JUNE)), ("flow", (MAY, JUNE))]


def test_the_figure_comes_in_both_themes_and_nothing_inline(cy):
    response = cy.get("/segments/flow")
    page = response.content.decode()
    figures = json.loads(re.search(r'<script id="figures" type="application/json">(.*?)</script>', page, re.S).group(1))

    assert set(figures) == {"light", "dark"}
    assert figures["light"]["data"][0]["type"] == "sankey"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page)


def test_all_of_it_stands_in_a_table_with_doubt(cy):
    table = body(cy, "/segments/flow").split('id="table"')[1]

    assert "(25–39)" in table
    assert "across several" in table
    assert "stayed" in table


def test_after_one_refresh_there_is_nothing_to_tell_yet(cy, desk):
    desk.segments.kept = [JUNE]

    assert "Segments were refreshed only once" in body(cy, "/segments/flow")
