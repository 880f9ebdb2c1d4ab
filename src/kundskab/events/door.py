"""What an event must have to be let in: the one set of rules, cheap enough for the collector's door.

`check` begins with these same rules, so the door and the digest can never disagree about an event.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from kundskab.events.clock import correct, read_time
from kundskab.events.identity import anonymous_of, user_of
from kundskab.events.limits import (
    EARLIEST,
    FURTHEST_AHEAD,
    MAX_DEPTH,
    MAX_EVENT,
    MAX_MESSAGE_ID,
    MAX_NAME,
    MAX_STRING,
)
from kundskab.events.signal import read_signal
from kundskab.events.tidy import longest_string, outgrown, tidy
from kundskab.events.types import Admitted, Parsed, Quarantine, RawRequest

TYPES = ("identify", "track", "page", "screen", "group", "alias")

REASONS = {
    "not_an_object": "An event must be a JSON object with a type and a userId or anonymousId.",
    "too_deep": f"The event nests deeper than {MAX_DEPTH} levels; send a flatter one.",
    "too_large": f"The event is over {MAX_EVENT >> 10} KB or one of its texts over {MAX_STRING >> 10} KB; send less.",
    "unknown_type": f"The type must be one of {', '.join(TYPES)}.",
    "no_actor": "Nobody did it: send a userId or an anonymousId that is not empty, reserved or overlong.",
    "no_name": "A track event needs its name in the field event.",
    "bad_time": "The timestamp cannot be read or lies before 1990; send ISO 8601, such as 2026-01-31T12:00:00Z.",
    "future_time": "The event lies more than 24 hours in the future; check the sender's clock.",
    "plan_violation": "The event does not follow the tracking plan.",
}

_TYPE_OF = {name: name for name in TYPES} | {name[0]: name for name in TYPES}
_NOT_CONTENT = frozenset({"sentAt", "writeKey", "receivedAt", "_metadata", "messageId"})  # differ between re-posts


def door_check(
    raw: Any,
    *,
    received_at: datetime,
    path_type: str | None = None,
    sent_at: Any = None,
    gpc: bool = False,
    anonymous_id_header: str | None = None,
    flags: tuple[str, ...] = (),
) -> Admitted | Quarantine:
    """Whether one raw event may come in; never raises, whatever the JSON value.

    sent_at: the request's; without it the event's own counts.  flags: what `parse` mended in it.
    """
    noted = list(flags)
    raw, outside = _bounded(raw, noted)
    if outside is not None:
        return _quarantine(raw, outside)
    kind = _type_of(path_type or raw.get("type"))
    if kind is None:
        return _quarantine(raw, "unknown_type")
    user = user_of(raw)
    anonymous = anonymous_of(raw, anonymous_id_header)
    if user is None and anonymous is None:
        return _quarantine(raw, "no_actor")
    name = _name_of(raw, noted) if kind == "track" else ""
    if name is None:
        return _quarantine(raw, "no_name")
    # The request's first: a retried batch says anew when it was sent, its events may still say the first try.
    sent = read_time(sent_at) or read_time(raw.get("sentAt"))
    stamp = _stamp_of(raw)
    occurred_at = _occurred(stamp, sent, received_at, noted)
    if occurred_at is None or occurred_at < EARLIEST:
        return _quarantine(raw, "bad_time")
    if occurred_at - received_at > FURTHEST_AHEAD:
        return _quarantine(raw, "future_time")
    context = raw.get("context")
    return Admitted(
        event_id=_message_id(raw, noted) or _made_id(raw, kind, anonymous_id_header, noted),
        signal=read_signal(context if type(context) is dict else {}, gpc),
        raw=raw,
        type=kind,
        name=name,
        user=user,
        anonymous=anonymous,
        occurred_at=occurred_at,
        original_timestamp=None if stamp is None else str(stamp)[:64],
        sent_at=sent,
        flags=noted,
    )


def admit(parsed: Parsed, request: RawRequest) -> list[Admitted | Quarantine]:
    """The door's answer for every event of a request, in order."""
    sent_at = read_time(parsed.sent_at) or read_time(request.sent_at_header)
    return [
        door_check(
            raw,
            received_at=request.received_at,
            path_type=parsed.path_type,
            sent_at=sent_at,
            gpc=request.gpc,
            anonymous_id_header=request.anonymous_id_header,
            flags=parsed.flags.get(place, ()),
        )
        for place, raw in enumerate(parsed.events)
    ]


def _quarantine(raw: Any, reason: str) -> Quarantine:
    event_id = _message_id(raw, []) if type(raw) is dict else None
    return Quarantine(tidy(event_id)[0], reason, REASONS[reason])


def _bounded(raw: Any, noted: list[str]) -> tuple[Any, str | None]:
    """(the event, mended where no store could hold it; why it is out of bounds, or None)."""
    if type(raw) is not dict:
        return raw, "not_an_object"
    try:
        text = orjson.dumps(raw)
    except (TypeError, RecursionError):
        if reason := outgrown(raw):
            return raw, reason
        raw, mended = tidy(raw)
        noted.extend(sorted(mended.difference(noted)))
        text = orjson.dumps(raw)
    if len(text) > MAX_EVENT:
        return raw, "too_large"
    # Brackets bound the depth from above and are quickly counted; only many of them are worth a closer look.
    if text.count(b"{") + text.count(b"[") > MAX_DEPTH and (reason := outgrown(raw)):
        return raw, reason
    if len(text) > MAX_STRING and longest_string(raw) > MAX_STRING:
        return raw, "too_large"
    return raw, None


def _type_of(said: Any) -> str | None:
    if type(said) is not str:
        return None
    return _TYPE_OF.get(said) or _TYPE_OF.get(said.strip().lower())


def _name_of(raw: dict[str, Any], noted: list[str]) -> str | None:
    name = raw.get("event")
    if type(name) is int or type(name) is float:
        name = str(name)
    if type(name) is not str or not (name := name.strip()):
        return None
    if len(name) > MAX_NAME:
        noted.append("name_cut")
        name = name[:MAX_NAME].rstrip()
    return name


def _stamp_of(raw: dict[str, Any]) -> Any:
    """The time as the sender wrote it."""
    stamp = raw.get("timestamp")
    return stamp if stamp is not None else raw.get("originalTimestamp")


def _occurred(stamp: Any, sent_at: datetime | None, received_at: datetime, noted: list[str]) -> datetime | None:
    if stamp is None:
        noted.append("time_made")
        return received_at
    time = read_time(stamp)
    if time is None:
        return None
    try:
        time, moved = correct(time, sent_at, received_at)
    except OverflowError:
        return None
    if moved:
        noted.append("clock_corrected")
    return time


def _message_id(raw: dict[str, Any], noted: list[str]) -> str | None:
    """The sender's own id, which makes a re-sent event a double; overlong ones are hashed."""
    given = raw.get("messageId")
    if type(given) is int:
        given = str(given) if given.bit_length() <= 256 else None
    if type(given) is not str or not (given := given.strip()):
        return None
    if len(given) <= MAX_MESSAGE_ID:
        return given
    noted.append("message_id_hashed")
    return sha256(given.encode("utf-8", "replace")).hexdigest()[:40]


def _made_id(raw: dict[str, Any], kind: str, header: str | None, noted: list[str]) -> str:
    """An id from the content, so that the same event posted twice is a double.

    The type may come from the path and the actor from a header, so both count as content.
    """
    noted.append("message_id_made")
    content = {key: value for key, value in raw.items() if key not in _NOT_CONTENT}
    text = orjson.dumps([kind, header, content], option=orjson.OPT_SORT_KEYS)
    return sha256(text).hexdigest()[:40]
