"""Why a link does not open; alone in its file, so that pages can know it without loading the lake's engine."""

from __future__ import annotations

from kundskab.types import KundskabError


class NoEntry(KundskabError):
    """The link does not open the page; the sentence says why and what helps."""
