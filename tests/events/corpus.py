"""What hostile, broken and merely odd senders send. Every door must survive all of it and lose nothing silently.

BODIES: (name, bytes) for anything that takes a request or a file.  EVENTS: (name, raw event) for one event in a batch.
None of it may ever give a 5xx, run as code, or break a page, an export or a query.
"""

from __future__ import annotations

import json
from typing import Any

_WHO = '"userId":"ann"'


def _track(**fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "visit", "userId": "ann", "messageId": "m-1"} | fields


def _said(text: str) -> dict[str, Any]:
    """The same text wherever text may stand."""
    return _track(event=text, properties={text: text, "category": text, "product_id": text}, context={"locale": text})


def _nested(levels: int) -> Any:
    value: Any = "bottom"
    for _ in range(levels):
        value = {"a": value}
    return value


BODIES: list[tuple[str, bytes]] = [
    ("nothing", b""),
    ("blanks", b" \r\n\t "),
    ("one brace", b"{"),
    ("one quote", b'"'),
    ("cut in the middle", b'{"type":"track","event":"vis'),
    ("null", b"null"),
    ("a number", b"42"),
    ("a text", b'"hello"'),
    ("an empty object", b"{}"),
    ("an empty list", b"[]"),
    ("an empty batch", b'{"batch":[]}'),
    ("a batch that is no list", b'{"batch":"x"}'),
    ("a batch of odd things", b'{"batch":[null,1,"x",[],{},true,[[]],1.5]}'),
    ("a batch in a batch", b'{"batch":[{"batch":[{"type":"track","event":"visit","userId":"ann"}]}]}'),
    (
        "a context that holds for thousands",
        b'{"batch":[' + b"{}," * 9_999 + b'{}],"context":{"a":"' + b"x" * 99_999 + b'"}}',
    ),
    ("a form", b"type=track&event=visit&userId=ann"),
    ("a form with JSON in it", b"data=%7B%22type%22%3A%22track%22%7D"),
    ("markup", b"<html><script>alert(1)</script></html>"),
    ("random bytes", bytes(range(256))),
    ("NUL bytes", b"\x00" * 64),
    ("bytes that are not UTF-8", b'{"type":"track","event":"caf\xe9","userId":"ann"}'),
    ("UTF-16", '{"type":"track","event":"visit","userId":"ann"}'.encode("utf-16")),
    ("a byte order mark", b'\xef\xbb\xbf{"type":"track","event":"visit","userId":"ann"}'),
    ("NaN and Infinity", b'{"type":"track","event":"visit","userId":"ann","properties":{"n":NaN,"i":-Infinity}}'),
    ("1e999", b'{"type":"track","event":"visit","userId":"ann","properties":{"revenue":1e999}}'),
    ("a lone surrogate", b'{"type":"track","event":"visit \\ud800","userId":"ann"}'),
    ("an escaped NUL", b'{"type":"track","event":"vi\\u0000sit","userId":"a\\u0000nn"}'),
    ("raw control signs", b'{"type":"track","event":"vi\x01sit\n","userId":"ann"}'),
    (
        "2,000 levels",
        b'{"type":"track","event":"v","userId":"ann","properties":' + b'{"a":' * 2000 + b"1" + b"}" * 2001,
    ),
    ("100,000 levels", b"[" * 100_000 + b"]" * 100_000),
    ("100,000 levels, unclosed", b'{"a":' * 100_000),
    (
        "a bomb beside a good event",
        b'{"batch":[' + b"[" * 2000 + b"]" * 2000 + b',{"type":"track","event":"v",' + _WHO.encode() + b"}]}",
    ),
    ("an id of 2**64", b'{"type":"track","event":"visit","userId":18446744073709551616}'),
    ("5,000 digits", b'{"type":"track","event":"visit","userId":"ann","properties":{"n":' + b"7" * 5000 + b"}}"),
    ("an id of 5,000 digits", b'{"type":"track","event":"visit","userId":' + b"7" * 5000 + b"}"),
    ("doubled keys", b'{"type":"track","type":"page","event":"a","event":"b","userId":"ann","userId":"bo"}'),
    (
        "a doubled consent",
        b'{"type":"track","event":"visit","userId":"ann","context":{"consent":{"categoryPreferences":'
        b'{"marketing":false,"marketing":true}}}}',
    ),
    ("a comment", b'{"type":"track",/* hi */"event":"visit","userId":"ann"}'),
    ("a comma too many", b'{"type":"track","event":"visit","userId":"ann",}'),
    ("two documents", b'{"type":"track"}{"type":"track"}'),
    ("a name 1 MB long", b'{"type":"track","event":"' + b"x" * (1 << 20) + b'","userId":"ann"}'),
    ("10,000 keys", json.dumps(_track(properties={f"k{i}": i for i in range(10_000)})).encode()),
    ("half a gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
]

# Each of these stands where a name, a property, a category, an object and a language may stand.
_TEXTS: list[tuple[str, str]] = [
    ("script", "<script>alert(1)</script>"),
    ("image with a handler", '"><img src=x onerror=alert(1)>'),
    ("template braces", "{{7*7}}{% debug %}"),
    ("expression", "${7*7} #{7*7} <%= 7*7 %>"),
    ("SQL drop", "'; DROP TABLE events; --"),
    ("SQL or", '" OR 1=1 --'),
    ("DuckDB reader", "read_text('/etc/passwd')"),
    ("DuckDB dollars", "$$ || (SELECT 1) || $$"),
    ("sheet formula", '=HYPERLINK("http://example.com","x")'),
    ("sheet plus", "+1+1"),
    ("sheet minus", "-1+1"),
    ("sheet at", "@SUM(A1)"),
    ("sheet tab", "\t=1+1"),
    ("sheet return", "\r=1+1"),
    ("path", "../../../../etc/passwd"),
    ("log lines", "visit\r\n2026-01-01 INFO all well"),
    ("right to left", "\u202egnp.exe"),
    ("zero width", "vi\u200bsit\ufeff"),
    ("homoglyph", "аnn@example.com"),
    ("composed", "Ren\u00e9"),
    ("decomposed", "Rene\u0301"),
    ("10,000 accents", "e" + "\u0301" * 10_000),
    ("family emoji", "👩‍👩‍👧‍👦"),
    ("beyond the BMP", "\U0010ffff"),
    ("prototype", "__proto__"),
    ("constructor", "constructor"),
    ("our own words", "person_id"),
    ("a column of ours", "_consent"),
    ("a key of ours", "_context"),
    ("empty", ""),
    ("blank", "   "),
]

_TIMES: tuple[Any, ...] = (
    "yesterday", "", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", -1, 0, 1e15,
    1e300, 1769860800, 1769860800000, 1769860800000000, 1769860800000000000, True, [], {}, "１２３", "1" * 5000,
)  # fmt: skip

EVENTS: list[tuple[str, Any]] = [
    *((name, _said(text)) for name, text in _TEXTS),
    # who
    ("nobody", {"type": "track", "event": "visit"}),
    ("null ids", _track(userId=None, anonymousId=None)),
    ("empty ids", _track(userId="", anonymousId="  ")),
    ("an id list", _track(userId=["ann"])),
    ("an id object", _track(userId={"id": "ann"})),
    ("an id true", _track(userId=True)),
    ("an id number", _track(userId=17850)),
    ("an id float", _track(userId=17850.0)),
    ("an id of half", _track(userId=0.5)),
    ("an id of 10 KB", _track(userId="a" * 10_240)),
    *(
        (f"a reserved id {word!r}", _track(userId=word))
        for word in ("null", "undefined", "0", "anonymous", "NaN", "None")
    ),
    ("an id of an object's name", _track(userId="[object Object]")),
    # what
    ("no type", {"event": "visit", "userId": "ann"}),
    ("an unknown type", _track(type="purchase")),
    ("a type list", _track(type=["track"])),
    ("a type null", _track(type=None)),
    ("no name", _track(event=None)),
    ("a name list", _track(event=["visit"])),
    ("a name number", _track(event=7)),
    ("properties as text", _track(properties="a=1")),
    ("properties as list", _track(properties=[1, 2])),
    ("context as text", _track(context="web")),
    ("traits as list", {"type": "identify", "userId": "ann", "traits": [1]}),
    ("products as object", _track(event="Order Completed", properties={"products": {"id": 1}})),
    ("products as numbers", _track(event="Order Completed", properties={"products": [1, None, "x"]})),
    ("a price of text", _track(properties={"price": "free", "quantity": "many", "currency": "kroner"})),
    ("a price beyond the column", _track(properties={"revenue": 1e300, "currency": "DKK"})),
    ("a message id of 10 KB", _track(messageId="m" * 10_240)),
    ("a message id list", _track(messageId=[1])),
    ("a message id number", _track(messageId=12345678901234567890)),
    # when
    *((f"a time {str(time)[:40]!r}", _track(timestamp=time)) for time in _TIMES),
    ("sent at nonsense", _track(timestamp="2026-01-31T12:00:00Z", sentAt="soon")),
    ("sent in year 9999", _track(timestamp="2026-01-31T12:00:00Z", sentAt="9999-12-31T23:59:59Z")),
    # whether
    ("consent as text", _track(context={"consent": "yes"})),
    ("consent list", _track(context={"consent": {"categoryPreferences": ["analytics"]}})),
    ("consent as words", _track(context={"consent": {"categoryPreferences": {"analytics": "true"}}})),
    ("consent of 1,000", _track(context={"consent": {"categoryPreferences": {f"c{i}": True for i in range(1000)}}})),
    # how much
    ("33 levels", _track(properties=_nested(40))),
    ("200 levels", _track(properties=_nested(200))),
    ("1,000 keys", _track(properties={f"k{i}": i for i in range(1000)})),
    ("a key of 1,000", _track(properties={"k" * 1000: 1})),
    ("a nested key of 1,000", _track(properties={"a": {"k" * 1000: 1}})),
    ("a text of 35 KB", _track(properties={"t": "x" * 35_000})),
    ("an event of 100 KB", _track(properties={f"t{i}": "x" * 1000 for i in range(100)})),
    (
        "1,000 products",
        _track(event="Order Completed", properties={"products": [{"product_id": i} for i in range(1000)]}),
    ),
    # not an event at all
    ("null", None),
    ("a number", 1),
    ("a text", "visit"),
    ("a list", [1]),
    ("an empty object", {}),
]
