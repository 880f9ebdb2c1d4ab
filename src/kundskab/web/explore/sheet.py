"""A trend as a file of comma-separated values, one number a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isnan
from typing import Any

from kundskab.metrics.acts import ANYTHING
from kundskab.metrics.trend import Trend

HEADINGS = ("from", "to", "group", "unit", "value", "low", "high", "persons", "finished", "hidden")


def rows(trend: Trend) -> Iterator[list[Any]]:
    """The heading, then one line per period and group; what is hidden is empty."""
    yield list(HEADINGS)
    for series in trend.series:
        for point in series.points:
            reading = point.reading
            yield [
                point.period.start,
                point.period.end,
                harmless(series.name),
                trend.unit,
                *(number(each) for each in (reading.value, reading.low, reading.high)),
                "" if reading.hidden else reading.n,
                _yes(point.finished),
                _yes(reading.hidden),
            ]


def name(trend: Trend) -> str:
    """What the file is called, in words."""
    return f"{trend.query.act} {trend.unit} by {trend.query.step}".replace(str(ANYTHING), "everything")


def plain_name(words: str, *, fictitious: bool) -> str:
    """A file's name out of any words: plain letters, so that no system stumbles."""
    plain = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:80]
    return f"{'fictitious-' if fictitious else ''}{plain}.csv"


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    # A spreadsheet takes a text that begins like this for a formula, and runs it.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def number(value: float) -> str:
    """A number for a file; nothing where there is none."""
    return "" if isnan(value) else f"{value:.4f}".rstrip("0").rstrip(".")


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"
