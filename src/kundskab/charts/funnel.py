"""A funnel as a figure: a bar per step, how many of 100 who began came so far, its interval on the bar's end."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap

import plotly.graph_objects as go

from kundskab.charts.house import Look, faint, look, plain, template
from kundskab.metrics.funnel import Course, Funnel

Link = Callable[[Course, int], str]  # a course and a step, from 0 -> where a click on its bar leads

_WIDE = 18  # signs of a step's name in one line


def figure(funnel: Funnel, *, theme: str = "light", link: Link | None = None) -> go.Figure:
    """The figure of a funnel; a bar per group where it is split. What is hidden has no bar.

    theme: "light" or "dark".  link: kept as the first customdata of a bar.
    """
    colours = look(theme)
    courses = [course for course in funnel.groups or (funnel.together,) if not course.began.hidden]
    courses = courses[: len(colours.series)]
    drawn = go.Figure(layout={"template": template(theme)})
    for number, course in enumerate(courses):
        drawn.add_trace(_bars(course, number, colours, link))
    steps, thick = len(funnel.query.steps), 22 if len(courses) > 1 else 34
    drawn.update_layout(
        barmode="group",
        bargap=0.35,
        bargroupgap=0.08,
        height=90 + steps * max(1, len(courses)) * thick + steps * 18,
        showlegend=len(courses) > 1,
        legend={"traceorder": "normal"},
        xaxis={"range": [0, 108], "showgrid": True, "showline": False, "tickvals": [0, 25, 50, 75, 100]},
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "tickvals": list(range(steps)),
            "rangemode": "normal",
            "ticklabelstandoff": 8,
        },
    )
    drawn.update_yaxes(ticktext=[_lines(step.name) for step in funnel.together.steps])
    return drawn


def _bars(course: Course, number: int, colours: Look, link: Link | None) -> go.Bar:
    colour = colours.series[number % len(colours.series)]
    shares = [step.of_first for step in course.steps]
    sure = [n > 0 and reading.is_sure for n, reading in enumerate(shares)]
    return go.Bar(
        orientation="h",
        y=list(range(len(shares))),
        x=[100 * reading.value for reading in shares],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [
                100 * (reading.high - reading.value) if known else 0
                for reading, known in zip(shares, sure, strict=True)
            ],
            "arrayminus": [
                100 * (reading.value - reading.low) if known else 0 for reading, known in zip(shares, sure, strict=True)
            ],
            "color": colours.ink,
            "thickness": 1.3,
            "width": 5,
        },
        marker={"color": faint(colour, 0.75), "line": {"color": colour, "width": 1}},
        name=plain(course.name or "everybody"),
        customdata=[[link(course, n) if link else "", _words(course, n)] for n in range(len(shares))],
        hovertemplate="%{customdata[1]}<extra></extra>",
    )


def _words(course: Course, n: int) -> str:
    step = course.steps[n]
    lines = [f"<b>{plain(step.name)}</b>"]
    if course.name:
        lines.append(plain(course.name))
    if n == 0:
        return "<br>".join([*lines, f"{course.began.n:,} persons began"])
    lines.append(f"{100 * step.of_first.value:.0f} of 100 who began")
    if step.of_first.is_sure:
        lines.append(f"between {100 * step.of_first.low:.0f} and {100 * step.of_first.high:.0f}")
    if not step.of_before.hidden and step.of_before.n:
        lines.append(f"{100 * step.of_before.value:.0f} of 100 who came to the step before")
    return "<br>".join(lines)


def _lines(name: str) -> str:
    """A step's name in short lines, so that a phone keeps room for the bars."""
    return "<br>".join(plain(line) for line in wrap(name, _WIDE)[:3]) or plain(name)
