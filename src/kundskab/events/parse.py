"""Bytes of a request to raw events: quick for clean JSON, tolerant and bounded for the rest.

orjson reads nearly everything. Python's own reader takes over when orjson refuses (NaN, lone surrogates, bytes that are
not UTF-8, raw control signs) or would lose something (digits of a long id, the refusal in a doubled consent key).
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from kundskab.events.limits import MAX_BATCH_EVENTS, MAX_BODY, MAX_SHARED_CONTEXT
from kundskab.events.tidy import DOUBLED, outgrown, tidy
from kundskab.events.types import Parsed, TooLarge, Unreadable

_IDENTIFIERS = ("userId", "anonymousId", "previousId", "groupId", "messageId")
_EXACT = float(1 << 53)
_KEPT_LEVELS = 64  # well over what an event may have, well under what Python's reader survives
_BOMB_LEVELS = 10_000
_LONGEST_INTEGER = 4_000  # digits; Python refuses to convert over 4,300
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)


def parse(body: bytes, *, path_type: str | None = None) -> Parsed:
    """The raw events of one body: a batch object, a list, or a single event.

    Raises TooLarge over 4 MB or 20,000 events, and Unreadable when it is no JSON object or list.
    """
    if len(body) > MAX_BODY:
        raise TooLarge(f"The body is over {MAX_BODY >> 20} MB; send smaller batches.")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _parsed(_read_slowly(body), path_type, mend=True)
    escaped = b"\\" in body and b"\\u00" in body
    if _loses_digits(document) or ((escaped or b"consent" in body) and _doubles_keys(body, document)):
        return _parsed(_read_slowly(body), path_type, mend=True)
    return _parsed(document, path_type, mend=escaped and b"\\u0000" in body)


def _parsed(document: Any, path_type: str | None, *, mend: bool) -> Parsed:
    events = _events_of(document)
    if len(events) > MAX_BATCH_EVENTS:
        raise TooLarge(f"The batch holds over {MAX_BATCH_EVENTS} events; send smaller batches.")
    if isinstance(document, list):
        return Parsed(events, flags=_mend(events) if mend else {})
    if events is document.get("batch"):
        path_type = None
        if isinstance(document.get("context"), dict):
            _share_context(document["context"], events)
    write_key = document.get("writeKey")
    return Parsed(
        events,
        path_type,
        sent_at=document.get("sentAt"),
        write_key=write_key if isinstance(write_key, str) else None,
        flags=_mend(events) if mend else {},
    )


def _events_of(document: Any) -> list[Any]:
    if isinstance(document, dict):
        batch = document.get("batch")
        return batch if isinstance(batch, list) else [document]
    if isinstance(document, list):
        return document
    raise Unreadable('The body is JSON but neither an object nor a list; send one event or {"batch": [...]}.')


def _share_context(context: dict[str, Any], events: list[Any]) -> None:
    """Segment's HTTP interface lets a batch say once what holds for all its events; an event's own word counts more.

    Raises TooLarge over 8 KB, for it is counted and written once per event.
    """
    if outgrown(context) or len(orjson.dumps(context := tidy(context)[0])) > MAX_SHARED_CONTEXT:
        raise TooLarge(f"The batch's context is over {MAX_SHARED_CONTEXT >> 10} KB; send less, or send it by event.")
    for raw in events:
        if isinstance(raw, dict) and isinstance(raw.get("context", context), dict):
            raw["context"] = context | raw.get("context", {})


def _mend(events: list[Any]) -> dict[int, tuple[str, ...]]:
    """Tidies the events in place; what was mended, by the event's place."""
    mended = {}
    for place, raw in enumerate(events):
        if outgrown(raw):  # the door will refuse it; tidying would only break on it
            continue
        events[place], flags = tidy(raw)
        if flags:
            mended[place] = tuple(sorted(flags))
    return mended


def _loses_digits(document: Any) -> bool:
    """orjson reads integers from 2**64 as floats: fine for a measure, wrong for an id."""
    for raw in _events_of(document):
        if type(raw) is dict:
            for name in _IDENTIFIERS:
                value = raw.get(name)
                if type(value) is float and abs(value) >= _EXACT:
                    return True
    return False


def _doubles_keys(body: bytes, document: Any) -> bool:
    """Whether a key may stand twice; asked where a body speaks of consent: readers keep the last and lose a refusal.

    Every pair of key and value has one colon outside text, so a dropped pair leaves fewer colons than the body has.
    A colon written as an escape could make up for the dropped one, so that body gets the second reading at once.
    """
    if b"\\u003a" in body or b"\\u003A" in body:
        return True
    try:
        return body.count(b":") != orjson.dumps(document).count(b":")
    except TypeError:
        return True


def _read_slowly(body: bytes) -> Any:
    text = body.decode("utf-8", "surrogateescape").lstrip("\ufeff \t\r\n")
    try:
        try:
            return _load(text)
        except RecursionError:
            return _load(_cut_deep(text))
    except ValueError:
        raise Unreadable("The body is not JSON; send an event or a batch as the SDKs do.") from None


def _load(text: str) -> Any:
    return json.loads(text, strict=False, parse_int=_read_integer, object_pairs_hook=_read_object)


def _cut_deep(text: str) -> str:
    """The text with everything below 64 levels replaced by null: one bomb must not condemn the rest of a batch.

    Whatever is cut is too deep for an event by far, so its event is refused with or without the cut.
    """
    pieces: list[str] = []
    kept_from, level = 0, 0
    for token in _TOKEN.finditer(text):
        sign = token[0][0]
        if sign in "[{":
            level += 1
            if level == _KEPT_LEVELS + 1:
                pieces.append(text[kept_from : token.start()])
            elif level > _BOMB_LEVELS:
                raise Unreadable("The body nests thousands of levels deep; no event needs more than 32.")
        elif sign in "]}":
            if level == _KEPT_LEVELS + 1:
                pieces.append("null")
                kept_from = token.end()
            level -= 1
    return "".join([*pieces, text[kept_from:]])


def _read_integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else digits


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            value = _more_cautious(found[key], value)
            found[DOUBLED] = True
        found[key] = value
    return found


def _more_cautious(earlier: Any, later: Any) -> Any:
    """Of two values under one key the last counts, save that a later `true` never overrides what stood before it."""
    if isinstance(earlier, dict) and isinstance(later, dict):
        merged = dict(earlier)
        for key, value in later.items():
            merged[key] = _more_cautious(merged[key], value) if key in merged else value
        return merged
    return earlier if later is True else later
