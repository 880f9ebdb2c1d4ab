"""What a segment does: a bar a behaviour, its doubt on it, and where everybody stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from kundskab.charts.house import look, plain, template
from kundskab.metrics.readings import Reading, in_words


@dataclass(frozen=True, slots=True)
class Bar:
    """One behaviour. share: of all they do.  everybody: the same of everybody (0-1)."""

    behaviour: str
    share: Reading
    everybody: float


def portrait_figure(bars: Sequence[Bar], *, theme: str = "light") -> go.Figure:
    """The figure of these behaviours, the first on top. Shares are of 100."""
    colours = look(theme)
    labels = [plain(bar.behaviour) for bar in bars]
    drawn = go.Figure(layout={"template": template(theme)})
    drawn.add_trace(
        go.Bar(
            orientation="h",
            y=labels,
            x=[100 * bar.share.value for bar in bars],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [100 * (bar.share.high - bar.share.value) if bar.share.is_sure else 0 for bar in bars],
                "arrayminus": [100 * (bar.share.value - bar.share.low) if bar.share.is_sure else 0 for bar in bars],
                "color": colours.ink,
                "thickness": 1.4,
                "width": 4,
            },
            marker={"color": colours.series[0]},
            customdata=[[_words(bar)] for bar in bars],
            hovertemplate="%{customdata[0]}<extra></extra>",
            name="here",
        )
    )
    drawn.add_trace(
        go.Scatter(
            y=labels,
            x=[100 * bar.everybody for bar in bars],
            mode="markers",
            marker={"symbol": "line-ns", "size": 16, "line": {"color": colours.series[1], "width": 3}},
            hoverinfo="skip",
            name="everybody",
        )
    )
    drawn.update_yaxes(autorange="reversed")
    drawn.update_xaxes(title="of 100 things they do", rangemode="tozero", showgrid=True)
    drawn.update_layout(height=max(220, 60 + 34 * len(bars)), showlegend=True)
    return drawn


def _words(bar: Bar) -> str:
    said = in_words(bar.share, "things they do")
    return f"<b>{plain(bar.behaviour)}</b><br>{said}<br>everybody: {100 * bar.everybody:.1f} of 100"
