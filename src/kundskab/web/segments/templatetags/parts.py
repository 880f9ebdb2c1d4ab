"""How shares of segments are said and drawn."""

from __future__ import annotations

from typing import Any

from django import template

from kundskab.metrics.readings import Reading
from kundskab.segments.names import said_together
from kundskab.web.segments import telling

register = template.Library()
register.filter("between", telling.between)
register.filter("said_together", said_together)
register.filter("part", telling.finely)


@register.filter
def hundredfold(share: float) -> str:
    """0.314 -> 31, 0.0042 -> 0.4: of 100."""
    hundred = 100 * share
    return f"{hundred:.0f}" if hundred >= 1 or hundred == 0 else f"{hundred:.1f}"


@register.filter
def finely(reading: Reading) -> str:
    """3.4 (2.1–5.0), 12 (9–15): of 100, with as many decimals as small shares need."""
    if reading.hidden:
        return "–"
    decimals = 0 if 100 * reading.value >= 10 else 1
    said = f"{100 * reading.value:.{decimals}f}"
    if not reading.is_sure:
        return said
    return f"{said} ({100 * reading.low:.{decimals}f}–{100 * reading.high:.{decimals}f})"


@register.inclusion_tag("segments/beside.html")
def beside(reading: Reading, usual: float, top: float) -> dict[str, Any]:
    """{% beside reading usual top %}: a bar with its doubt, and a mark where everybody stands, on a line to top."""
    scale = 100 / top if top else 0.0
    low, high = (reading.low, reading.high) if reading.is_sure else (reading.value, reading.value)
    return {
        "value": round(scale * reading.value, 2),
        "low": round(scale * low, 2),
        "span": round(max(scale * (high - low), 0.4), 2),
        "usual": round(max(min(scale * usual, 100) - 0.6, 0), 2),
        "words": finely(reading),
    }
