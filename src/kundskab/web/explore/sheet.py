"""A trend as a file of comma-separated values, one number a line. Invented numbers say so in every line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isnan
from typing import Any

from kundskab.metrics.trend import Trend

HEADINGS = ("from", "to", "group", "unit", "value", "low", "high", "persons", "finished", "hidden")


def rows(trend: Trend, *, fictitious: bool) -> Iterator[list[Any]]:
    """The heading, then one line per period and group; what is hidden is empty."""
    yield [*HEADINGS, "fictitious"] if fictitious else list(HEADINGS)
    for series in trend.series:
        for point in series.points:
            reading = point.reading
            line = [
                point.period.start,
                point.period.end,
                _harmless(series.group or ""),
                trend.unit,
                *(_number(each) for each in (reading.value, reading.low, reading.high)),
                "" if reading.hidden else reading.n,
                _yes(point.finished),
                _yes(reading.hidden),
            ]
            yield [*line, "yes"] if fictitious else line


def name(trend: Trend, *, fictitious: bool) -> str:
    """What the file is called: plain letters, so that no system stumbles."""
    words = f"{trend.query.action or 'everything'} {trend.unit} by {trend.query.step}"
    plain = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:80]
    return f"{'fictitious-' if fictitious else ''}{plain}.csv"


def _harmless(text: str) -> str:
    # A spreadsheet takes a text that begins like this for a formula, and runs it.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _number(value: float) -> str:
    return "" if isnan(value) else f"{value:.4f}".rstrip("0").rstrip(".")


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"
