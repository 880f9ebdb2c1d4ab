"""Shares over time, as values: what the figure and the pages' still picture both draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """A share (0-1) at a time. sure False: too early to say, drawn hollow.  value None: hidden, a gap."""

    at: datetime
    value: float | None
    low: float
    high: float
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    moments: tuple[Moment, ...]  # oldest first


def runs(moments: tuple[Moment, ...]) -> list[list[Moment]]:
    """The stretches between gaps, at least one moment each."""
    found: list[list[Moment]] = [[]]
    for moment in moments:
        if moment.value is None:
            found.append([])
        else:
            found[-1].append(moment)
    return [run for run in found if run]
