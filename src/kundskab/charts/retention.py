"""Retention as a figure: of 100 who began, how many came back in each period of their own, with a band."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from kundskab.charts.house import DASHES, MARKS, Look, faint, look, plain, template
from kundskab.metrics.retention import Cell, Cohort, Retention

Link = Callable[[Cohort, int], str]  # a cohort and a span, from 0 -> where a click on its point leads


def figure(retention: Retention, *, theme: str = "light", link: Link | None = None) -> go.Figure:
    """A line for everybody, or one per group where it is split; spans that nobody has behind them yet are left out.

    theme: "light" or "dark".  link: kept as the first customdata of a point.
    """
    colours = look(theme)
    split = retention.query.by is not None
    lines = [cohort for cohort in retention.cohorts if not cohort.size.hidden] if split else [retention.together]
    lines = lines[: len(colours.series)]
    drawn = go.Figure(layout={"template": template(theme)})
    for number, cohort in enumerate(lines):
        drawn.add_trace(_band(cohort, colours.series[number], len(lines)))
    for number, cohort in enumerate(lines):
        drawn.add_trace(_line(cohort, number, colours, retention.query.step, link))
    drawn.update_layout(
        height=400,
        showlegend=len(lines) > 1,
        xaxis={"type": "category", "title": {"text": f"{retention.query.step}s since they began"}},
    )
    return drawn


def _band(cohort: Cohort, colour: str, together: int) -> go.Scatter:
    x: list[str | None] = []
    y: list[float | None] = []
    for run in _runs(cohort.cells):
        if len(run) > 1:
            there = [str(cell.span) for cell in run]
            x += [*there, *reversed(there), there[0], None]
            highs = [100 * cell.reading.high for cell in run]
            y += [*highs, *(100 * cell.reading.low for cell in reversed(run)), highs[0], None]
    return go.Scatter(
        x=x, y=y, mode="lines", line={"width": 0, "color": colour}, fill="toself", hoverinfo="skip", showlegend=False,
        fillcolor=faint(colour, 0.18 if together < 3 else 0.1), legendgroup=plain(cohort.name or "all"),
    )  # fmt: skip


def _line(cohort: Cohort, number: int, colours: Look, step: str, link: Link | None) -> go.Scatter:
    colour = colours.series[number]
    told = [(n, cell) for n, cell in enumerate(cohort.cells) if _is_told(cell)]
    return go.Scatter(
        x=[str(cell.span) for _, cell in told],
        y=[100 * cell.reading.value for _, cell in told],
        mode="lines+markers",
        line={"color": colour, "width": 2.2, "dash": DASHES[number]},
        marker={"symbol": MARKS[number], "size": 7, "color": colour},
        customdata=[[link(cohort, n) if link else "", _words(cohort, cell, step)] for n, cell in told],
        hovertemplate="%{customdata[1]}<extra></extra>",
        name=plain(cohort.name or "everybody"),
        legendgroup=plain(cohort.name or "all"),
    )


def _runs(cells: Sequence[Cell]) -> list[list[Cell]]:
    found: list[list[Cell]] = [[]]
    for cell in cells:
        if _is_told(cell):
            found[-1].append(cell)
        else:
            found.append([])
    return [run for run in found if run]


def _is_told(cell: Cell) -> bool:
    return not cell.reading.hidden and cell.reading.n > 0


def _words(cohort: Cohort, cell: Cell, step: str) -> str:
    reading = cell.reading
    lines = [f"<b>{step} {cell.span}</b>"]
    if cohort.name:
        lines.append(plain(cohort.name))
    lines += [
        f"{100 * reading.value:.0f} of 100 came back",
        f"between {100 * reading.low:.0f} and {100 * reading.high:.0f}",
        f"of {reading.n:,} persons",
    ]
    return "<br>".join(lines)
