"""Amounts that came without a currency are in the workspace's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kundskab.pipeline.answers import EventRow


def priced(rows: Sequence[EventRow], currency: str) -> list[EventRow]:
    """The same rows, each amount with its currency."""
    return [replace(row, currency=currency) if row.value is not None and not row.currency else row for row in rows]
