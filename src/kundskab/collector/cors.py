"""CORS: any site may send events to any source; the write key decides, not the origin.

No credentials are allowed: the pages live on the same address, and no other site may speak with their cookies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kundskab.collector.answers import Answer, Headers

_HEADERS = b"authorization, content-type, content-encoding, x-retry-count, anonymousid, sentat"
_PLAIN_LIST = re.compile(rb"[A-Za-z0-9 ,_-]{1,500}")


def expose(headers: Mapping[bytes, bytes]) -> Headers:
    """What a browser needs to read any answer; nothing for senders that are no browsers."""
    origin = headers.get(b"origin")
    if origin is None:
        return []
    return [
        (b"access-control-allow-origin", origin),
        # Without this the SDK cannot read how long to wait.
        (b"access-control-expose-headers", b"Retry-After"),
        (b"vary", b"Origin"),
    ]


def preflight(headers: Mapping[bytes, bytes]) -> Answer:
    """The answer to OPTIONS: every first call of a browser asks, since `Authorization` is not safelisted."""
    wanted = headers.get(b"access-control-request-headers", b"")
    allowed = wanted if _PLAIN_LIST.fullmatch(wanted) else _HEADERS
    return Answer(
        204,
        b"",
        [
            (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
            (b"access-control-allow-headers", allowed),
            (b"access-control-max-age", b"900"),
        ],
    )
