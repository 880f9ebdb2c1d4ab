"""Quarantine as a page shows it: reason, help, and a piece of the body; never all of it."""

from __future__ import annotations

from typing import Any

import orjson

from kundskab.events import identifier_value
from kundskab.pipeline.answers import BadRow, QuarantinePage
from kundskab.pipeline.home import Home
from kundskab.vault import Bad
from kundskab.vault import quarantine as vault_quarantine

EXCERPT = 240  # characters
HIDDEN = "(hidden)"
HELPS = 3  # different sentences shown of one reason
# What an event is and when, which is what is usually wrong with it.
_TELLING = frozenset({"type", "event", "name", "messageId", "timestamp", "originalTimestamp", "sentAt", "channel"})
_WORDS: dict[type, str] = {str: "text", bool: "yes or no", int: "number", float: "number"}
_IDENTIFIERS = frozenset({"userId", "anonymousId", "previousId", "groupId"})


def page(home: Home, *, reason: str | None, page: int, size: int, masked: bool = False) -> QuarantinePage:
    """Newest first. masked: an excerpt tells which fields came and of which type, not what stood in them."""
    with home.vault.reading() as tx:
        reasons = vault_quarantine.reasons(tx)
        helps = {each: tuple(vault_quarantine.by_help(tx, each)[:HELPS]) for each in reasons}
        outcomes = vault_quarantine.outcomes(tx)
    rows = home.vault.quarantine(limit=size, offset=(page - 1) * size, reason=reason)
    total = sum(reasons.values()) if reason is None else reasons.get(reason, 0)
    return QuarantinePage([_row(bad, masked) for bad in rows], total, reasons, page, size, helps, outcomes)


def _row(bad: Bad, masked: bool) -> BadRow:
    assert bad.id is not None
    return BadRow(
        id=bad.id,
        source=bad.source,
        reason=bad.reason,
        help=bad.help,
        received_at=bad.received_at,
        row_number=bad.row_number,
        event_id=bad.event_id,
        excerpt=_excerpt(bad.body, masked)[:EXCERPT],
    )


def _excerpt(body: bytes, masked: bool) -> str:
    """The event as it came, save for who it was; what the digest keeps around it, to try it again, is left out too."""
    try:
        kept = orjson.loads(body)
    except orjson.JSONDecodeError:
        return HIDDEN if masked else body.decode("utf-8", "replace")
    raw = kept["raw"] if isinstance(kept, dict) and "raw" in kept else kept
    if masked:
        return orjson.dumps(_shape(raw, keep=_TELLING)).decode()
    return orjson.dumps(_nameless(raw) if isinstance(raw, dict) else raw).decode()


def _shape(raw: Any, keep: frozenset[str] = frozenset()) -> Any:
    """The same with a word for the type in the place of each value, save those that say nothing of a person."""
    if isinstance(raw, dict):
        return {name: value if name in keep else _shape(value) for name, value in raw.items()}
    if isinstance(raw, list):
        return [_shape(value) for value in raw[:3]]
    return _WORDS.get(type(raw), "nothing")


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
