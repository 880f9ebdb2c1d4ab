"""Paths as a figure: streams of people from an act through what they did next, or from what came before to the act."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go

from kundskab.charts.house import faint, look, plain, template
from kundskab.metrics.paths import NOTHING, TOGETHER, Paths, Way, in_words

Link = Callable[[int, str], str]  # a stage, from 1, and an action -> where a click on it leads

_LONGEST = 26  # signs of a name beside its bar


def figure(paths: Paths, *, theme: str = "light", link: Link | None = None) -> go.Figure:
    """Streams as broad as the share of people; who does nothing more ends there. Few people's streams are not drawn.

    theme: "light" or "dark".  link: kept as the first customdata of a bar.
    """
    colours = look(theme)
    back = paths.query.direction == "before"
    places: dict[tuple[int, str], int] = {(0, ""): 0}
    for number, stage in enumerate(paths.stages, 1):
        for way in stage:
            # Who did nothing more is drawn where they stopped, and not again at every later stage.
            if not (number > 1 and way.names[0] == NOTHING and _only_ended(paths, number)):
                places[number, way.names[0]] = len(places)
    streams = [(0, "", way.names[0], way.reading.value) for way in (paths.stages[0] if paths.stages else ())]
    for number, legs in enumerate(paths.legs, 1):
        streams += [(number, leg.start, leg.end, leg.reading.value) for leg in legs if leg.start != NOTHING]
    streams = [
        each for each in streams if (each[0], each[1]) in places and (each[0] + 1, each[2]) in places and each[3] > 0
    ]
    streams = _from_the_act(streams)
    ranks = sorted({name for number, name in places if number and name not in (NOTHING, *TOGETHER)})
    tint = {name: colours.series[at % 5] for at, name in enumerate(_by_share(paths, ranks))}
    starts = [places[number, start] for number, start, _, _ in streams]
    ends = [places[number + 1, end] for number, _, end, _ in streams]
    drawn = go.Figure(layout={"template": template(theme)})
    drawn.add_trace(
        go.Sankey(
            arrangement="snap",
            valueformat=".0f",
            node={
                "label": [
                    _short(in_words(name, paths.query.direction)) if number else _short(str(paths.query.around))
                    for number, name in places
                ],
                "color": [colours.ink if not number else tint.get(name, colours.soft) for number, name in places],
                "pad": 14,
                "align": "right" if back else "left",
                "thickness": 12,
                "line": {"width": 0},
                "customdata": [
                    [link(number, name) if link and number else "", _words(paths, number, name)]
                    for number, name in places
                ],
                "hovertemplate": "%{customdata[1]}<extra></extra>",
            },
            link={
                "source": ends if back else starts,
                "target": starts if back else ends,
                "value": [100 * share for *_, share in streams],
                "color": [faint(tint.get(end, colours.soft), 0.3) for _, _, end, _ in streams],
                "customdata": [
                    ["", f"{plain(start or str(paths.query.around))} → {_said(paths, end)}<br>{100 * share:.0f} of 100"]
                    for _, start, end, share in streams
                ],
                "hovertemplate": "%{customdata[1]}<extra></extra>",
            },
        )
    )
    drawn.update_layout(height=460, margin={"l": 4, "r": 4, "t": 8, "b": 8})
    return drawn


def _from_the_act(streams: list[tuple[int, str, str, float]]) -> list[tuple[int, str, str, float]]:
    """Only what is reached from the act by streams that are drawn: a part on its own would be put beside the act."""
    reached, kept = {(0, "")}, []
    for each in streams:
        if (each[0], each[1]) in reached:
            kept.append(each)
            reached.add((each[0] + 1, each[2]))
    return kept


def _only_ended(paths: Paths, number: int) -> bool:
    """Whether nobody newly stops at this stage in a stream broad enough to be drawn."""
    return not any(leg.end == NOTHING and leg.start != NOTHING for leg in paths.legs[number - 2])


def _by_share(paths: Paths, names: list[str]) -> list[str]:
    def most(name: str) -> float:
        return max(way.reading.value for stage in paths.stages for way in stage if way.names[0] == name)

    return sorted(names, key=lambda name: (-most(name), name))


def _words(paths: Paths, number: int, name: str) -> str:
    if not number:
        return f"<b>{plain(str(paths.query.around))}</b><br>{paths.people.n:,} persons"
    way: Way = next(way for way in paths.stages[number - 1] if way.names[0] == name)
    said = [f"<b>{_said(paths, name)}</b>", f"{100 * way.reading.value:.0f} of 100"]
    said.append(f"between {100 * way.reading.low:.0f} and {100 * way.reading.high:.0f}")
    return "<br>".join(said)


def _said(paths: Paths, name: str) -> str:
    return plain(in_words(name, paths.query.direction))


def _short(name: str) -> str:
    return plain(name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…")
