"""Small parts that need arithmetic before they can be drawn. Widths go into SVG: the content policy allows no style."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("base/interval.html")
def interval(value: float, low: float, high: float, top: float = 1.0, other: bool = False) -> dict[str, Any]:
    """{% interval value low high top %}: a number and what it may also be, drawn on a line from 0 to top.

    Only drawn: the words stand beside it on every page, and whoever has the page read aloud hears them once.
    """
    left, right, at = (_share(number, top) for number in (low, high, value))
    return {
        "left": round(left, 2),
        "width": round(max(right - left, 0.6), 2),
        "at": round(max(at - 0.8, 0), 2),
        "other": other,
    }


@register.filter
def as_json(value: Any) -> str:
    """Plain values as JSON, for a data- attribute that our script reads; nothing is the empty text."""
    return json.dumps(value, default=dict) if isinstance(value, Mapping) else ""


def _share(number: float, top: float) -> float:
    """Per cent of the line, kept on the line."""
    return 0.0 if not top else max(0.0, min(100.0, 100 * number / top))
