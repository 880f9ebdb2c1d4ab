"""Findings drawn: both sides with their doubt, the first at the top, names above their lines."""

from __future__ import annotations

from tests.web.fake_drivers import GUIDE

from kundskab.charts.drivers import figure


def test_both_sides_are_drawn_of_100_with_their_doubt() -> None:
    alike, did = figure([GUIDE]).data

    assert (alike.name, did.name) == ("otherwise alike", "did it")
    assert (round(alike.x[0]), round(did.x[0])) == (29, 43)
    assert round(did.error_x.array[0]) == 6


def test_a_long_name_is_cut_and_told_in_full_by_a_touch() -> None:
    drawn = figure([GUIDE], theme="dark")

    assert drawn.layout.annotations[0].text.startswith("1  read guides")
    assert drawn.data[1].hovertext == (GUIDE.did,)


def test_nothing_found_is_an_empty_figure() -> None:
    assert all(not trace.x for trace in figure([]).data)
