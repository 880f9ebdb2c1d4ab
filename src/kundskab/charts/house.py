"""The house's own look of a figure: ink on warm paper, one accent, hardly a grid; by light and by dark.

The colours are those of the stylesheet's tokens. A series is told apart by its mark as well, never by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

FONT = '"Inter", -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", "Helvetica Neue", Arial, sans-serif'
MARKS = ("circle", "square", "diamond", "triangle-up", "cross", "x")
# Some of the colours look alike to those who see no red or no green; of such a pair one line is broken.
DASHES = ("solid", "solid", "solid", "dash", "dashdot", "longdash")
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of one theme, as #rrggbb."""

    ink: str
    soft: str
    rule: str
    raised: str
    series: tuple[str, ...]


LIGHT = Look(
    ink="#24211b",
    soft="#625b4e",
    rule="#e3dccf",
    raised="#fffdf9",
    series=("#17606a", "#b88023", "#a3533c", "#6f85a3", "#6f7f45", "#968d7e"),
)
DARK = Look(
    ink="#ece6d9",
    soft="#aea592",
    rule="#37332b",
    raised="#22201c",
    series=("#62b0b6", "#d9a950", "#c8745b", "#8fa4c0", "#98a868", "#746d60"),
)


def look(theme: str) -> Look:
    """Raises KeyError for a theme that is none of THEMES."""
    return {"light": LIGHT, "dark": DARK}[theme]


def faint(colour: str, share: float) -> str:
    """The colour, seen through: share 0 is not there, 1 is opaque."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {share:g})"


def plain(text: str) -> str:
    """Words that senders chose, safe among the few tags that Plotly reads as marks of its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def template(theme: str) -> go.layout.Template:
    """What every figure of ours has in common."""
    colours = look(theme)
    axis = {
        "gridcolor": colours.rule,
        "linecolor": colours.rule,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"color": colours.soft, "size": 13},
        "title": {"font": {"color": colours.soft, "size": 13}},
        "fixedrange": True,  # a page is scrolled by wheel and thumb, not zoomed by accident
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 14, "color": colours.ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(colours.series),
            "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
            "xaxis": {**axis, "showgrid": False, "showline": True},
            "yaxis": {**axis, "rangemode": "tozero", "tickformat": ",~f", "nticks": 5},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}},
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": colours.raised,
                "bordercolor": colours.rule,
                "font": {"family": FONT, "size": 14, "color": colours.ink},
                "align": "left",
            },
        }
    )
