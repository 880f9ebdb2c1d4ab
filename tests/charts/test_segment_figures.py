"""Figures of segments: doubt is drawn, few people are not, and the same input gives the same picture."""

from __future__ import annotations

from datetime import UTC, datetime
from math import hypot

import pytest

from kundskab.charts.lines import Line, Moment
from kundskab.charts.segments import Bar, Edge, flow_figure, lay_out, lines_figure, overlaps_figure
from kundskab.charts.segments import portrait_figure as portrait
from kundskab.metrics.readings import Reading
from kundskab.segments.flows import Flow, Move
from kundskab.segments.standing import ACROSS, AWAY

MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
SIZES = {"s1": (0.4, 0.36, 0.44), "s2": (0.3, 0.27, 0.34), "s3": (0.1, 0.08, 0.12)}
NAMES = {"s1": "Tents", "s2": '<a href="x">Bikes</a>', "s3": "Skis"}


def read(value: float, low: float, high: float) -> Reading:
    return Reading(value, low, high, 400, "share")


def apart(laid, one: str, other: str) -> float:
    a, b = laid.circles[one], laid.circles[other]
    return hypot(a.x - b.x, a.y - b.y) - a.r - b.r


def test_those_who_share_people_lie_into_one_another_and_others_apart() -> None:
    laid = lay_out(SIZES, [Edge("s1", "s3", 0.5)])

    assert apart(laid, "s1", "s3") < -1
    assert apart(laid, "s1", "s2") > 0
    assert apart(laid, "s2", "s3") > 0


def test_areas_are_sizes_and_all_is_in_the_box() -> None:
    laid = lay_out(SIZES, [])

    assert (laid.circles["s1"].r / laid.circles["s3"].r) ** 2 == pytest.approx(4)
    for placed in laid.circles.values():
        assert placed.x - placed.high >= -1e-6
        assert placed.x + placed.high <= laid.width + 1e-6
        assert placed.y - placed.high >= -1e-6
        assert placed.y + placed.high <= laid.height + 1e-6
        assert placed.low <= placed.r <= placed.high


def test_the_same_segments_lie_the_same_way() -> None:
    assert lay_out(SIZES, []) == lay_out(dict(reversed(SIZES.items())), [])
    assert lay_out({}, []).circles == {}


def test_the_map_draws_a_rim_for_doubt_and_leaves_hidden_segments_out() -> None:
    mostly = {name: read(*size) for name, size in SIZES.items()} | {"s9": Reading.withheld("share")}

    drawn = overlaps_figure(mostly, [Edge("s1", "s2", 0.3)], names=NAMES, link=lambda segment: f"/segments/{segment}")

    assert len(drawn.layout.shapes) == 2 * 3
    assert drawn.data[-1].customdata[0][0] == "/segments/s1"
    assert "between 36 and 44" in drawn.data[-1].customdata[0][1]
    assert not [text for text in drawn.data[-1].text if "<a" in text]


def test_bars_carry_their_doubt_and_everybody_beside() -> None:
    drawn = portrait([Bar("Order Completed", read(0.2, 0.15, 0.27), 0.1)])

    assert drawn.data[0].error_x.array[0] == pytest.approx(7)
    assert drawn.data[0].error_x.arrayminus[0] == pytest.approx(5)
    assert drawn.data[1].x[0] == pytest.approx(10)


def moves(*given: tuple[str, str, float, float, int]) -> Flow:
    return Flow(MAY, JUNE, tuple(Move(a, b, persons, low, persons * 1.3, n) for a, b, persons, low, n in given))


def test_a_stream_is_full_as_far_as_it_is_sure() -> None:
    [sankey] = flow_figure(moves(("s1", "s1", 90, 70, 100), ("s1", "s2", 20, 12, 30)), names=NAMES).data

    assert list(sankey.link.value) == pytest.approx([70, 20, 12, 8])
    assert "stayed in Tents" in sankey.link.customdata[0][0]
    assert "between 12 and 26" in sankey.link.customdata[2][0]


def test_who_crosses_comes_or_goes_has_a_place_of_their_own() -> None:
    [sankey] = flow_figure(moves((AWAY, ACROSS, 30, 20, 30), ("s3", AWAY, 9, 5, 9)), names=NAMES).data

    assert list(sankey.node.label) == ["Skis", "not here yet", "across several", "no longer here"]


def test_a_stream_of_fewer_than_five_is_not_drawn() -> None:
    [sankey] = flow_figure(moves(("s1", "s1", 90, 70, 100), ("s1", "s2", 3, 1, 4)), names=NAMES).data

    assert len(sankey.link.value) == 2


def test_memberships_over_time_have_bands_and_hollow_marks_while_it_is_early() -> None:
    early, late = Moment(MAY, 0.6, 0.2, 0.9, sure=False), Moment(JUNE, 0.7, 0.6, 0.8)

    drawn = lines_figure([Line("Tents", (early, late)), Line("Bikes", (late,))])

    assert set(drawn.data[0].y) >= {20, 90, 60, 80}
    assert list(drawn.data[2].marker.symbol) == ["circle-open", "circle"]
    assert drawn.data[3].error_y.array[0] == pytest.approx(10)


def test_a_hidden_size_is_a_gap() -> None:
    gap = Moment(JUNE, None, 0, 0)

    drawn = lines_figure([Line("Tents", (Moment(MAY, 0.1, 0, 0.2), gap))])

    assert drawn.data[1].y[1] is None
