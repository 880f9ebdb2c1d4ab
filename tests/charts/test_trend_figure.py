"""The figure of a trend: its doubt is drawn, gaps are gaps, what is not over is apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from math import nan

import numpy as np
import pytest

from kundskab.charts.house import DARK, DASHES, LIGHT
from kundskab.charts.trend import figure, runs
from kundskab.metrics.periods import periods
from kundskab.metrics.readings import Reading
from kundskab.metrics.trend import REST, Point, Series, Trend, TrendQuery

# What is left of linear red, green and blue for eyes without one kind of cone: Machado, Oliveira & Fernandes 2009.
SEEN_BY = {
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
QUERY = TrendQuery(date(2026, 6, 1), date(2026, 6, 28), by="channel")
WITHIN = periods(QUERY.since, QUERY.until, "week")
READ = Reading(20, 14, 27, 12, "events")
HIDDEN = Reading.withheld("events")


def a_trend(*groups: str | None, readings: tuple[Reading, ...] = (READ,) * 4) -> Trend:
    points = tuple(
        Point(period, reading, finished=n < 3) for n, (period, reading) in enumerate(zip(WITHIN, readings, strict=True))
    )
    series = tuple(Series(group, points, READ) for group in groups)
    return Trend(QUERY, WITHIN, series, READ, 0, "events", 7)


def bands(drawn):
    return [trace for trace in drawn.data if trace.fill == "toself"]


def test_each_series_has_a_band_from_low_to_high() -> None:
    drawn = figure(a_trend("web", "app"))

    assert len(bands(drawn)) == 2
    assert {y for y in bands(drawn)[0].y if y is not None} == {14, 27}


def test_what_is_not_over_yet_is_dotted_and_without_doubt() -> None:
    drawn = figure(a_trend(None))

    dotted = [trace for trace in drawn.data if trace.line.dash == "dot"]
    assert len(dotted) == 1
    assert "not over yet" in dotted[0].customdata[-1][1]
    assert WITHIN[3].start not in set(bands(drawn)[0].x)


def test_a_hidden_point_is_a_gap_in_line_and_band() -> None:
    drawn = figure(a_trend(None, readings=(READ, HIDDEN, READ, READ)))

    line = drawn.data[1]
    assert line.y[1] is None
    assert line.connectgaps is False
    assert list(bands(drawn)[0].x or ()) == []  # one point alone makes no band


def test_stretches_end_at_gaps() -> None:
    points = a_trend(None, readings=(READ, READ, HIDDEN, READ)).series[0].points

    assert [len(run) for run in runs(points)] == [2]


def test_a_reading_without_interval_has_no_band() -> None:
    unsure = Reading(20, nan, nan, 1, "events")

    assert not bands(figure(a_trend(None, readings=(unsure,) * 4)))[0].x


def test_series_are_told_apart_without_colour() -> None:
    drawn = figure(a_trend("web", "app", "shop"))

    marks = {trace.marker.symbol for trace in drawn.data if trace.showlegend is not False and trace.fill is None}
    assert len(marks) == 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("eyes", SEEN_BY)
def test_lines_that_look_alike_to_some_eyes_are_not_both_whole(colours, eyes) -> None:
    seen = [_lab(np.array(SEEN_BY[eyes]) @ _linear(colour)) for colour in colours.series]

    for one, other in combinations(range(len(seen)), 2):
        if np.linalg.norm(seen[one] - seen[other]) < 12:  # 2 is just seen side by side; 12 is told apart at a glance
            assert DASHES[one] != DASHES[other], (one, other)


def test_a_rest_that_would_flatten_the_lines_waits_in_the_legend() -> None:
    small, large = a_trend("web", "app").series, a_trend(REST, readings=(replace(READ, value=90),) * 4).series

    drawn = figure(Trend(QUERY, WITHIN, (*small, *large), READ, 9, "events", 7))

    assert {trace.legendgroup for trace in drawn.data if trace.visible == "legendonly"} == {REST}
    assert not [trace for trace in figure(a_trend("web", "app", REST)).data if trace.visible == "legendonly"]


def test_one_series_needs_no_legend() -> None:
    assert figure(a_trend(None)).layout.showlegend is False


@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_it_wears_the_colours_of_its_theme(theme, colours) -> None:
    drawn = figure(a_trend(None), theme=theme)

    assert drawn.layout.template.layout.font.color == colours.ink
    assert drawn.data[1].line.color == colours.series[0]


def test_the_colours_are_those_of_the_stylesheet() -> None:
    from pathlib import Path

    import kundskab.web.base

    sheet = (Path(kundskab.web.base.__file__).parent / "static" / "kundskab.css").read_text()
    light, dark = sheet.split(':root[data-theme="dark"]')[:2]
    for colours, tokens in ((LIGHT, light), (DARK, dark)):
        for number, colour in enumerate(colours.series, 1):
            assert f"--series-{number}: {colour};" in tokens
        assert f"--ink: {colours.ink};" in tokens


def test_a_groups_name_cannot_break_the_words() -> None:
    drawn = figure(a_trend('<a href="https://x">web</a>', "<br>x"))

    for trace in drawn.data:
        assert "<a" not in (trace.name or "")
        for _, words in trace.customdata if trace.customdata is not None else ():
            assert "<a" not in words
            assert "<br>x" not in words


def test_a_click_knows_where_to_go() -> None:
    drawn = figure(a_trend(None), link=lambda series, point: f"/who?at={point.period.start}")

    assert drawn.data[1].customdata[0][0] == "/who?at=2026-06-01"


@pytest.mark.slow
def test_the_page_gets_a_script_and_the_ids_that_keep_its_styles_out() -> None:
    from kundskab.charts import browser

    assert browser.script().startswith(b"/**")
    assert len(browser.packed_script()) * 2.5 < len(browser.script())
    assert b"no-inline-styles" in browser.script()  # Plotly still asks for it; else the page's policy is broken
    assert browser.STYLE_ID.encode().removesuffix(b"global") in browser.script()
    assert browser.style_ids()


def _linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    """CIELAB of linear sRGB under daylight."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(linear, 0, 1) / [0.9505, 1, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
