"""A share month by month, drawn with its doubt: a bar for what it may be, a line for what it is.

Coordinates are in a box 100 high and 10 wide per month; the page stretches it to its own size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kundskab.metrics.distance import Month
from kundskab.metrics.readings import Reading, in_words

WIDTH = 10
_TOPS = (5, 10, 20, 25, 40, 50, 80, 100)  # per cent; round, and their halves are plain


@dataclass(frozen=True, slots=True)
class Mark:
    """One month. drawn: whether there is anything to draw; doubted: whether the doubt is known."""

    month: Month
    name: str
    words: str
    left: int
    drawn: bool
    doubted: bool
    y: float  # of what it is
    top: float  # of what it may be
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    title: str
    description: str
    width: int
    top: int  # per cent, what the upper edge stands for
    marks: tuple[Mark, ...]
    ticks: tuple[date, ...]

    @property
    def half(self) -> float:
        return self.top / 2


def by_month(months: Sequence[Month]) -> Picture | None:
    """The picture of these months, oldest first; None when none of them can be drawn."""
    readings = [month.human_share for month in months]
    if not any(_is_drawn(reading) for reading in readings):
        return None
    top = _top(readings)
    starts = [month.period.start for month in months]
    return Picture(
        title=_("Of 100 contacts, those in which one of us took part, by month"),
        description=_description(months),
        width=len(months) * WIDTH,
        top=top,
        marks=tuple(_mark(place, month, top) for place, month in enumerate(months)),
        ticks=tuple(dict.fromkeys((starts[0], starts[len(starts) // 2], starts[-1]))),
    )


def _is_drawn(reading: Reading) -> bool:
    return not reading.hidden and reading.value == reading.value


def _top(readings: Sequence[Reading]) -> int:
    shown = [100 * (reading.high if reading.is_sure else reading.value) for reading in readings if _is_drawn(reading)]
    return next((top for top in _TOPS if top >= max(shown)), 100)


def _mark(place: int, month: Month, top: int) -> Mark:
    reading = month.human_share
    drawn, doubted = _is_drawn(reading), _is_drawn(reading) and reading.is_sure
    high, low = (reading.high, reading.low) if doubted else (0.0, 0.0)
    return Mark(
        month=month,
        name=f"{month.period.start:%B %Y}",
        words=in_words(reading, _("contacts")),
        left=place * WIDTH,
        drawn=drawn,
        doubted=doubted,
        y=round(_down(reading.value, top), 2) if drawn else 0.0,
        top=round(_down(high, top), 2),
        height=round(max(_down(low, top) - _down(high, top), 0.6), 2),
    )


def _down(share: float, top: int) -> float:
    """From the upper edge, in hundredths of the box."""
    return max(0.0, 100 - 100 * (100 * share / top))


def _description(months: Sequence[Month]) -> str:
    shown = [month for month in months if _is_drawn(month.human_share)]
    most = max(shown, key=lambda month: month.human_share.value)
    least = min(shown, key=lambda month: month.human_share.value)
    return _("Most in %(most)s (%(high).0f of 100), least in %(least)s (%(low).0f of 100).") % {
        "most": f"{most.period.start:%B %Y}",
        "high": 100 * most.human_share.value,
        "least": f"{least.period.start:%B %Y}",
        "low": 100 * least.human_share.value,
    }
