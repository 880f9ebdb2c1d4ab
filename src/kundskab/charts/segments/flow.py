"""How people flowed between two refreshes: the sure part of each stream full, what it may also be seen through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from kundskab.charts.house import faint, look, plain, template
from kundskab.metrics.readings import FEWEST
from kundskab.segments.flows import Flow, Move
from kundskab.segments.standing import ACROSS, APART, AWAY, EARLY

WORDS = {ACROSS: "across several", EARLY: "too early to say"}
MOST_DRAWN = 16  # moves from one place to another
AWAY_WORDS = ("not here yet", "no longer here")


def place_words(place: str, names: Mapping[str, str], *, before: bool) -> str:
    """What a place is called; before: at the earlier of the two times."""
    if place == AWAY:
        return AWAY_WORDS[0] if before else AWAY_WORDS[1]
    return WORDS.get(place) or names.get(place, place)


def shown(flow: Flow) -> tuple[Move, ...]:
    """The moves that are drawn: of five people or more, and not of those of whom it was too early to say both times."""
    aside = (EARLY, AWAY)
    return tuple(
        move
        for move in flow.moves
        if move.n >= FEWEST and move.persons >= 0.5 and not (move.source in aside and move.target in aside)
    )


def widest(flow: Flow) -> tuple[Move, ...]:
    """Of those, who stayed and the widest others: a hundred threads hide one another and the names."""
    moves = shown(flow)
    others = sorted((move for move in moves if not move.stays), key=lambda move: -move.persons)[:MOST_DRAWN]
    return tuple(move for move in moves if move.stays or move in others)


def flow_figure(flow: Flow, *, names: Mapping[str, str], theme: str = "light") -> go.Figure:
    """A Sankey picture: where people were, where they are, each stream as wide as the people in it.

    A stream is drawn in two: the part that chance could not have made smaller (its lower end) and, fainter, the rest.
    names: what segments are called.
    """
    colours = look(theme)
    moves = widest(flow)
    sources, targets = _order(moves, [move.source for move in moves]), _order(moves, [move.target for move in moves])
    places = sorted({*sources, *targets} - set(APART), key=lambda place: (-_width(moves, place), place))
    colour = {place: colours.series[number % len(colours.series)] for number, place in enumerate(places)}
    colour |= dict.fromkeys(APART, colours.soft)
    at_source = {place: number for number, place in enumerate(sources)}
    at_target = {place: len(sources) + number for number, place in enumerate(targets)}
    streams = [(move, share, strength) for move in moves for share, strength in _halves(move)]
    drawn = go.Figure(layout={"template": template(theme)})
    drawn.add_trace(
        go.Sankey(
            arrangement="fixed",
            node={
                "label": [plain(place_words(place, names, before=True)) for place in sources]
                + [plain(place_words(place, names, before=False)) for place in targets],
                "color": [colour[place] for place in [*sources, *targets]],
                "pad": 18,
                "thickness": 14,
                "line": {"width": 0},
                "hovertemplate": "%{label}: %{value:,.0f} people<extra></extra>",
            },
            link={
                "source": [at_source[move.source] for move, _, _ in streams],
                "target": [at_target[move.target] for move, _, _ in streams],
                "value": [share for _, share, _ in streams],
                "color": [faint(colour[move.source], strength) for move, _, strength in streams],
                "customdata": [[_words(move, names)] for move, _, _ in streams],
                "hovertemplate": "%{customdata[0]}<extra></extra>",
            },
            textfont={"color": colours.ink, "size": 13},
        )
    )
    drawn.update_layout(height=max(380, 60 + 46 * max(len(sources), len(targets))))
    return drawn


def _order(moves: Sequence[Move], places: Sequence[str]) -> list[str]:
    """Segments first, the widest on top; what is no segment below."""
    last = {place: 1 + number for number, place in enumerate(APART)}
    return sorted(set(places), key=lambda place: (last.get(place, 0), -_width(moves, place), place))


def _width(moves: Sequence[Move], place: str) -> float:
    return sum(move.persons for move in moves if place in (move.source, move.target))


def _halves(move: Move) -> list[tuple[float, float]]:
    sure = min(move.low, move.persons)
    return [(width, strength) for width, strength in ((sure, 0.5), (move.persons - sure, 0.22)) if width > 0]


def _words(move: Move, names: Mapping[str, str]) -> str:
    source = place_words(move.source, names, before=True)
    target = place_words(move.target, names, before=False)
    said = f"stayed in {target}" if move.stays else f"{source} → {target}"
    return f"<b>{plain(said)}</b><br>about {move.persons:,.0f} people; between {move.low:,.0f} and {move.high:,.0f}"
