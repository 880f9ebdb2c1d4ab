"""The map of overlaps as a drawing of the server's: it needs no script, and each circle is a link.

Coordinates are in a box 1000 wide, y downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kundskab.pipeline.segments.answers import Card, Pair

MARGIN = 8
MOST_EDGES = 12
MOST_NAMES = 9  # more names lie over one another; then each circle has its number
_LINE = 26  # of a name inside a circle, at the size that the stylesheet gives it
_SIGN = 12.5


@dataclass(frozen=True, slots=True)
class Circle:
    """One segment. words: its name in lines, with the height of each; beneath: whether they stand under the circle."""

    card: Card
    number: int  # as its card says, from 1
    x: float
    y: float
    r: float
    low: float
    high: float
    words: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """People in both: a line between two circles, as wide as they are many."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    persons: int
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    circles: tuple[Circle, ...]
    threads: tuple[Thread, ...]


def draw(cards: Sequence[Card], pairs: Sequence[Pair]) -> Drawing | None:
    """The map of these living segments; None where none can be shown."""
    from kundskab.charts.segments.layout import Edge, lay_out
    from kundskab.charts.segments.overlaps import sizes_of

    sizes = sizes_of({card.segment: card.size for card in cards})
    sizes = {segment: size for segment, size in sizes.items() if size[0] > 0}
    if not sizes:
        return None
    laid = lay_out(sizes, [Edge(pair.one, pair.other, pair.share) for pair in pairs])
    named = len(sizes) <= MOST_NAMES
    circles = tuple(
        Circle(
            card, number, *(round(value + MARGIN, 1) for value in (at.x, at.y)), round(at.r, 1), round(at.low, 1),
            round(at.high, 1), _words(card.name, at.r, at.x + MARGIN, at.y + MARGIN) if named else (),
        )
        for number, card in enumerate(cards, 1)
        if (at := laid.circles.get(card.segment)) is not None
    )  # fmt: skip
    return Drawing(laid.width + 2 * MARGIN, round(laid.height + 2 * MARGIN, 1), circles, _threads(circles, pairs))


def _threads(circles: Sequence[Circle], pairs: Sequence[Pair]) -> tuple[Thread, ...]:
    by_segment = {circle.card.segment: circle for circle in circles}
    both = [pair for pair in pairs if pair.one in by_segment and pair.other in by_segment][:MOST_EDGES]
    most = max((pair.persons for pair in both), default=1)
    return tuple(
        Thread(one.x, one.y, other.x, other.y, round(1.5 + 9 * pair.persons / most, 1), pair.persons,
               one.card.name, other.card.name)
        for pair in both
        if (one := by_segment[pair.one]) and (other := by_segment[pair.other])
    )  # fmt: skip


def _words(name: str, r: float, x: float, y: float) -> tuple[tuple[float, str], ...]:
    """The name in lines that fit into the circle; none where it does not: then its number stands for it."""
    most = int(2 * r * 0.86 / _SIGN)
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if not lines or max(map(len, lines)) > most or len(lines) * _LINE > 1.5 * r:
        return ()
    first = y - (len(lines) - 1) * _LINE / 2
    return tuple((round(first + number * _LINE, 1), line) for number, line in enumerate(lines))
