"""Mending JSON that lenient clients send: NaN, lone surrogates, NUL, numbers beyond 64 bits, too much of everything."""

from __future__ import annotations

import math
import re
from typing import Any

import orjson

from kundskab.events.limits import MAX_DEPTH, MAX_EVENT, MAX_KEY_LENGTH, MAX_KEYS

OVERFLOW = "_overflow"
DOUBLED = "\x00doubled"  # marks an object in which a key stood twice; NUL keeps it apart from any real key

_MOST_VALUES = MAX_EVENT // 2  # the smallest value and its comma take two bytes
_SMALLEST_PAIR = len(b'"":0')
_SURROGATE = re.compile("[\ud800-\udfff]")


def tidy(value: Any) -> tuple[Any, set[str]]:
    """The same JSON value without what no store can hold, and flags that tell what was mended.

    Not a number and infinity become null, lone surrogates U+FFFD, NUL goes away, integers beyond 64 bits
    become text. Recursive: never give it what has `outgrown` its bounds.
    """
    flags: set[str] = set()
    return _tidy(value, flags), flags


def outgrown(value: Any) -> str | None:
    """ "too_deep" or "too_large" when a JSON value has more levels or more values than any event may have.

    Goes level by level and stops at the bounds, so neither depth nor breadth can hurt it.
    """
    level, values = [value], 0
    for _ in range(MAX_DEPTH + 1):
        level = [container for container in level if isinstance(container, (dict, list))]
        if not level:
            return None
        values += sum(map(len, level))
        if values > _MOST_VALUES:
            return "too_large"
        level = [inner for container in level for inner in _children(container)]
    return "too_deep"


def longest_string(value: Any) -> int:
    """Bytes of the longest text in a bounded JSON value, keys included."""
    if isinstance(value, str):
        return len(value.encode("utf-8", "replace"))
    if isinstance(value, dict):
        return max((max(longest_string(key), longest_string(inner)) for key, inner in value.items()), default=0)
    if isinstance(value, list):
        return max(map(longest_string, value), default=0)
    return 0


def needs_bounding(text: bytes) -> bool:
    """Whether compact JSON may hold an object with too many keys or a key too long; cheap, errs towards yes."""
    if len(text) <= MAX_KEY_LENGTH:
        return False
    if b'\\"' in text:  # quotes inside text would hide the length of a key
        return True
    if len(text) > _SMALLEST_PAIR * MAX_KEYS and text.count(b'":') > MAX_KEYS:
        return True
    # From quote to quote in strides: a stride without any quote is longer than a key may be.
    start = 0
    while start + MAX_KEY_LENGTH < len(text):
        quote = text.rfind(b'"', start, start + MAX_KEY_LENGTH + 1)
        if quote < 0:
            return True
        start = quote + 1
    return False


def bounded(value: Any) -> Any:
    """The value with at most 255 keys per object, none over 255 signs; the surplus as JSON text in `_overflow`."""
    if isinstance(value, list):
        return [bounded(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    surplus: dict[str, Any] = {}
    for key, inner in value.items():
        if len(kept) < MAX_KEYS and len(key) <= MAX_KEY_LENGTH:
            kept[key] = bounded(inner)
        else:
            surplus[key] = inner
    if surplus:
        kept[OVERFLOW] = orjson.dumps(surplus).decode()
    return kept


def _children(value: dict[str, Any] | list[Any]) -> Any:
    return value.values() if isinstance(value, dict) else value


def _tidy(value: Any, flags: set[str]) -> Any:
    if isinstance(value, str):
        return _tidy_text(value, flags)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _tidy_integer(value, flags)
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        flags.add("nan_to_null")
        return None
    if isinstance(value, dict):
        if DOUBLED in value:
            flags.add("doubled_keys")
            value = {key: inner for key, inner in value.items() if key != DOUBLED}
        return {_tidy_text(str(key), flags): _tidy(inner, flags) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_tidy(inner, flags) for inner in value]
    flags.add("value_as_text")
    return _tidy_text(str(value), flags)


def _tidy_text(text: str, flags: set[str]) -> str:
    if "\x00" in text:
        flags.add("nul_stripped")
        text = text.replace("\x00", "")
    if not text.isascii() and _SURROGATE.search(text):
        flags.add("surrogate_replaced")
        text = _SURROGATE.sub("\ufffd", text)
    return text


def _tidy_integer(number: int, flags: set[str]) -> int | str | None:
    if -(1 << 63) <= number < (1 << 64):
        return number
    flags.add("number_as_text")
    return hex(number) if number.bit_length() > 10_000 else str(number)  # Python refuses to print over 4,300 digits
