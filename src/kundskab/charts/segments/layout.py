"""Where the circles of segments lie: the larger the more people, the nearer the more they share. Plain numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEPS = 400
_GAP = 0.12  # between circles that share nobody, as a part of the mean radius
_FLAT = 1.9  # how much wider than high the picture is


@dataclass(frozen=True, slots=True)
class Edge:
    """Two segments with people in both. share: of the smaller one's people, 0-1."""

    one: str
    other: str
    share: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A circle in a box of `Laid`: its middle and radius, and the radii of the least and the most it may be."""

    name: str
    x: float
    y: float
    r: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Laid:
    """Circles by segment, in a box from (0, 0) to (width, height), y downwards."""

    circles: dict[str, Placed]
    width: float
    height: float


def lay_out(sizes: Mapping[str, tuple[float, float, float]], edges: Sequence[Edge], *, width: float = 1000.0) -> Laid:
    """Place circles whose areas are sizes: segment -> (value, low, high), each >= 0, in any unit.

    Two circles come as near as the share of the smaller one's people that they have in common asks for; those with
    nobody in common keep apart.  The same input gives the same picture.
    Method: gradient descent on the stress of the wished distances, from a ring; Kruskal 1964, Psychometrika 29, 1-27.
    """
    names = sorted(sizes, key=lambda name: (-sizes[name][0], name))
    if not names:
        return Laid({}, width, 0.0)
    # The least circle can still be tapped on.
    most = max(sizes[name][0] for name in names) or 1.0
    radius = np.sqrt(np.maximum([sizes[name][0] for name in names], most * 0.012))
    wished, near = _wishes(names, radius, sizes, edges)
    at = _descend(_ring(radius), wished, near)
    return _boxed(names, at, radius, sizes, most, width)


def _wishes(
    names: Sequence[str], radius: Floats, sizes: Mapping[str, tuple[float, float, float]], edges: Sequence[Edge]
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The wished distance of each pair, and which pairs are drawn together (the others only pushed apart)."""
    number = {name: at for at, name in enumerate(names)}
    touch = radius[:, None] + radius[None, :]
    wished = touch + _GAP * radius.mean()
    near = np.zeros(wished.shape, bool)
    smaller = np.minimum(radius[:, None], radius[None, :])
    for edge in edges:
        if edge.one in number and edge.other in number:
            one, other = number[edge.one], number[edge.other]
            # At most to the smaller one's middle: two circles must stay two.
            reach = touch[one, other] - smaller[one, other] * min(1.0, 2.0 * edge.share)
            wished[one, other] = wished[other, one] = reach
            near[one, other] = near[other, one] = edge.share > 0
    return wished, near


def _ring(radius: Floats) -> Floats:
    angle = 2 * np.pi * np.arange(len(radius)) * 0.381966  # the golden angle: no two opposite, none on top
    far = np.sqrt(np.arange(len(radius)) + 0.5) * radius.mean() * 1.7
    ring: Floats = np.stack([far * np.cos(angle) * _FLAT**0.5, far * np.sin(angle) / _FLAT**0.5], axis=1)
    return ring


def _descend(at: Floats, wished: Floats, near: npt.NDArray[np.bool_]) -> Floats:
    weight = np.where(near, 1.0, 0.0)
    for step in range(STEPS):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.sqrt((apart**2).sum(-1)) + 1e-9
        short = wished - distance
        # Too near always pushes; too far pulls only those that share people.
        pull = np.where(short > 0, 1.0, weight) * short / distance
        np.fill_diagonal(pull, 0.0)
        move = (pull[:, :, None] * apart).sum(1) / (1.0 + (pull != 0).sum(1))[:, None]
        # Together in the middle, and flat, since pages are wider than high; at the end only what is wished counts.
        together = 0.008 * max(0.0, 1 - 1.5 * step / STEPS)
        move -= at * np.array([together, together * _FLAT**2])
        at = at + move * (0.9 - 0.4 * step / STEPS)
    return at


def _boxed(
    names: Sequence[str],
    at: Floats,
    radius: Floats,
    sizes: Mapping[str, tuple[float, float, float]],
    most: float,
    width: float,
) -> Laid:
    outer = np.maximum(np.sqrt(np.maximum([sizes[name][2] for name in names], 0.0)), radius)
    low = (at - outer[:, None]).min(0)
    high = (at + outer[:, None]).max(0)
    wide, tall = high - low
    # Few circles must not fill the page: no circle is wider than a third of it.
    scale = width * min(1 / wide, 1 / (3.0 * float(outer.max())))
    left = (width - scale * wide) / 2
    inner = np.sqrt(np.maximum([sizes[name][1] for name in names], 0.0))
    circles = {
        name: Placed(
            name,
            float(left + scale * (at[n, 0] - low[0])),
            float(scale * (at[n, 1] - low[1])),
            float(scale * radius[n]),
            float(scale * min(inner[n], radius[n])),
            float(scale * outer[n]),
        )
        for n, name in enumerate(names)
    }
    return Laid(circles, width, float(scale * tall))
