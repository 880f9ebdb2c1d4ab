"""Figures of segments: the map of overlaps, what one does, how people flow, and how memberships go over time."""

from kundskab.charts.segments.flow import flow_figure
from kundskab.charts.segments.layout import Edge, Laid, Placed, lay_out
from kundskab.charts.segments.lines import lines_figure
from kundskab.charts.segments.overlaps import overlaps_figure
from kundskab.charts.segments.portrait import Bar, portrait_figure

__all__ = [
    "Bar",
    "Edge",
    "Laid",
    "Placed",
    "flow_figure",
    "lay_out",
    "lines_figure",
    "overlaps_figure",
    "portrait_figure",
]
