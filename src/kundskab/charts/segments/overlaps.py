"""The map of overlaps: segments as circles, by people; near where they share many; what each may also be as a rim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import plotly.graph_objects as go

from kundskab.charts.house import faint, look, plain, template
from kundskab.charts.segments.layout import Edge, Placed, lay_out
from kundskab.metrics.readings import Reading, in_words


def overlaps_figure(
    sizes: Mapping[str, Reading],
    edges: Sequence[Edge],
    *,
    names: Mapping[str, str],
    theme: str = "light",
    link: Callable[[str], str] | None = None,
) -> go.Figure:
    """The figure of a map.

    sizes: segment -> share of people, expected in it; hidden ones are left out.
    names: what segments are called.
    link: where a click on a circle leads, kept as its first customdata.
    """
    colours = look(theme)
    shown = {segment: reading for segment, reading in sizes.items() if not reading.hidden}
    laid = lay_out(sizes_of(shown), edges)
    drawn = go.Figure(layout={"template": template(theme)})
    for placed in laid.circles.values():
        drawn.add_shape(_circle(placed, placed.high, faint(colours.series[0], 0.08), colours.rule))
        drawn.add_shape(_circle(placed, placed.r, faint(colours.series[0], 0.16), colours.series[0]))
    for edge in edges:
        if edge.one in laid.circles and edge.other in laid.circles:
            drawn.add_trace(_edge(laid.circles[edge.one], laid.circles[edge.other], edge, names, colours.soft))
    placed_ = list(laid.circles.values())
    drawn.add_trace(
        go.Scatter(
            x=[placed.x for placed in placed_],
            y=[placed.y for placed in placed_],
            mode="text",
            text=[plain(names.get(placed.name, placed.name)) for placed in placed_],
            customdata=[[link(placed.name) if link else "", _words(placed.name, shown, names)] for placed in placed_],
            hovertemplate="%{customdata[1]}<extra></extra>",
            showlegend=False,
        )
    )
    bare = {"visible": False, "showgrid": False}
    drawn.update_xaxes(range=[0, laid.width], **bare)
    drawn.update_yaxes(range=[laid.height, 0], scaleanchor="x", **bare)
    drawn.update_layout(height=max(300, round(laid.height * 0.62)))
    return drawn


def sizes_of(sizes: Mapping[str, Reading]) -> dict[str, tuple[float, float, float]]:
    """What `lay_out` wants: value, low and high; a reading without an interval is its value."""
    return {
        segment: (r.value, r.low, r.high) if r.is_sure else (r.value, r.value, r.value)
        for segment, r in sizes.items()
        if not r.hidden and r.value == r.value
    }


def _circle(placed: Placed, r: float, fill: str, line: str) -> dict[str, object]:
    return {
        "type": "circle",
        "x0": placed.x - r,
        "x1": placed.x + r,
        "y0": placed.y - r,
        "y1": placed.y + r,
        "fillcolor": fill,
        "line": {"color": line, "width": 1},
        "layer": "below",
    }


def _edge(one: Placed, other: Placed, edge: Edge, names: Mapping[str, str], colour: str) -> go.Scatter:
    both = f"{names.get(edge.one, edge.one)} and {names.get(edge.other, edge.other)}"
    said = f"{100 * edge.share:.0f} of 100 of the smaller one's people are in both {both}"
    middle = ((one.x + other.x) / 2, (one.y + other.y) / 2)
    return go.Scatter(
        x=[one.x, middle[0], other.x],
        y=[one.y, middle[1], other.y],
        mode="lines",
        line={"color": faint(colour, 0.5), "width": 1},
        hovertext=plain(said),
        hoverinfo="text",
        showlegend=False,
    )


def _words(segment: str, shown: Mapping[str, Reading], names: Mapping[str, str]) -> str:
    return f"<b>{plain(names.get(segment, segment))}</b><br>{in_words(shown[segment], 'customers')}"
