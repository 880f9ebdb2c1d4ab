"""Findings as a figure: for each, those who did it and those otherwise alike, with their doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import plotly.graph_objects as go

from kundskab.charts.house import look, plain, template

_LONGEST = 64  # signs of a name; the table below tells it in full


class Told(Protocol):
    """What of a finding is drawn: shares 0-1, or amounts."""

    @property
    def did(self) -> str: ...
    @property
    def is_share(self) -> bool: ...
    @property
    def currency(self) -> str: ...
    @property
    def with_share(self) -> float: ...
    @property
    def with_low(self) -> float: ...
    @property
    def with_high(self) -> float: ...
    @property
    def without_share(self) -> float: ...
    @property
    def without_low(self) -> float: ...
    @property
    def without_high(self) -> float: ...


def figure(findings: Sequence[Told], *, theme: str = "light") -> go.Figure:
    """A line per finding, the first at the top: a disc for who did it, a ring for those alike, whiskers of 95 %."""
    colours = look(theme)
    drawn = go.Figure(layout={"template": template(theme)})
    of = 100 if not findings or findings[0].is_share else 1
    places = list(range(1, len(findings) + 1))
    for side, name, colour, symbol in (
        ("without", "otherwise alike", colours.series[5], "circle-open"),
        ("with", "did it", colours.series[0], "circle"),
    ):
        value, low, high = (
            [of * getattr(one, f"{side}_{end}") for one in findings] for end in ("share", "low", "high")
        )
        drawn.add_trace(
            go.Scatter(
                x=value, y=places, name=name, mode="markers",
                marker={"color": colour, "size": 12, "symbol": symbol, "line": {"width": 2, "color": colour}},
                error_x={
                    "type": "data", "symmetric": False, "color": colour, "thickness": 1.5, "width": 4,
                    "array": [h - v for h, v in zip(high, value, strict=True)],
                    "arrayminus": [v - end for end, v in zip(low, value, strict=True)],
                },
                hovertext=[one.did for one in findings],
                hovertemplate="%{hovertext}<br>" + name + ": %{x:,.0f}<extra></extra>",
            )
        )  # fmt: skip
    unit = "of 100" if of == 100 else (findings[0].currency if findings else "")
    for place, one in zip(places, findings, strict=True):  # above its line, so that a phone has room for both
        drawn.add_annotation(
            x=0, xref="paper", xanchor="left", y=place, yshift=17, showarrow=False, align="left",
            text=plain(f"{place}  {_short(one.did)}"), font={"size": 12, "color": colours.soft},
        )  # fmt: skip
    drawn.update_layout(height=120 + 52 * max(len(findings), 1), showlegend=True)
    drawn.update_xaxes(title={"text": unit}, rangemode="tozero", showgrid=True)
    drawn.update_yaxes(range=[len(findings) + 0.6, 0.2], showticklabels=False, showgrid=False)
    return drawn


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
