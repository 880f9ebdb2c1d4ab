"""The pixel: an event in an image's address, for mails and pages without script. The answer is always the image."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
_MOST_FIELDS = 200
_DEEPEST = 4


def event(query: bytes, *, path_type: str, message_id: str) -> dict[str, Any]:
    """The event that the query tells; a dot in a name opens an object: `properties.plan=pro`.

    message_id: for when the query has none. Without it a mail opened twice would look like one event sent twice.
    """
    told: dict[str, Any] = {}
    fields = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    for name, value in fields:
        if name != "writeKey":
            _put(told, name.split(".", _DEEPEST), value)
    told["type"] = path_type
    told.setdefault("messageId", message_id)
    return told


def _put(told: dict[str, Any], path: list[str], value: str) -> None:
    for step in path[:-1]:
        inner = told.setdefault(step, {})
        if not isinstance(inner, dict):  # `a=1&a.b=2`: the first word stands
            return
        told = inner
    told.setdefault(path[-1], value)
