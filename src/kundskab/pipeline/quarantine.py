"""Quarantine as a page shows it: reason, help, and a piece of the body; never all of it."""

from __future__ import annotations

from typing import Any

import orjson

from kundskab.events import identifier_value
from kundskab.pipeline.answers import BadRow, QuarantinePage
from kundskab.pipeline.home import Home
from kundskab.vault import Bad

EXCERPT = 240  # characters
HIDDEN = "(hidden)"
_IDENTIFIERS = frozenset({"userId", "anonymousId", "previousId", "groupId"})


def page(home: Home, *, reason: str | None, page: int, size: int) -> QuarantinePage:
    """Newest first."""
    reasons = home.vault.quarantine_reasons()
    rows = home.vault.quarantine(limit=size, offset=(page - 1) * size, reason=reason)
    total = sum(reasons.values()) if reason is None else reasons.get(reason, 0)
    return QuarantinePage([_row(bad) for bad in rows], total, reasons, page, size)


def _row(bad: Bad) -> BadRow:
    assert bad.id is not None
    return BadRow(
        id=bad.id,
        source=bad.source,
        reason=bad.reason,
        help=bad.help,
        received_at=bad.received_at,
        row_number=bad.row_number,
        event_id=bad.event_id,
        excerpt=_excerpt(bad.body)[:EXCERPT],
    )


def _excerpt(body: bytes) -> str:
    """The event as it came, save for who it was; what the digest keeps around it, to try it again, is left out too."""
    try:
        kept = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")
    raw = kept["raw"] if isinstance(kept, dict) and "raw" in kept else kept
    return orjson.dumps(_nameless(raw) if isinstance(raw, dict) else raw).decode()


def _nameless(raw: dict[str, Any]) -> dict[str, Any]:
    """The event without its identifiers and traits; what is no identifier stays, since it may be what is wrong."""
    shown = {
        name: HIDDEN if name in _IDENTIFIERS and identifier_value(value) is not None else value
        for name, value in raw.items()
    }
    if isinstance(traits := raw.get("traits"), dict):
        shown["traits"] = dict.fromkeys(traits, HIDDEN)
    context = raw.get("context")
    if isinstance(context, dict) and isinstance(traits := context.get("traits"), dict):
        shown["context"] = context | {"traits": dict.fromkeys(traits, HIDDEN)}
    return shown
