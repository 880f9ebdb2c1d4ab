"""What the door says: ASGI responses as values, sent in one place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import orjson

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_JSON: Headers = [(b"content-type", b"application/json")]
_PROBLEM: Headers = [(b"content-type", b"application/problem+json")]
_TITLES = {
    400: "Unreadable",
    401: "Unknown write key",
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
    429: "Try again later",
    500: "Unexpected failure",
    503: "Not ready",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response. `code` names the refusal for the log; empty when it is none."""

    status: int
    body: bytes
    headers: Headers
    code: str = ""


def json(content: Any, headers: Headers | None = None) -> Answer:
    return Answer(200, orjson.dumps(content), _JSON + (headers or []))


def problem(status: int, code: str, message: str, *, retry_after: int | None = None) -> Answer:
    """A refusal as problem+json (RFC 9457), with the `code` and `message` that the Python SDKs read.

    retry_after: whole seconds, 1 to 300; the clients read nothing else.
    """
    content = {
        "type": "about:blank",
        "title": _TITLES[status],
        "status": status,
        "detail": message,
        "code": code,
        "message": message,
    }
    headers = list(_PROBLEM)
    if retry_after is not None:
        headers.append((b"retry-after", b"%d" % min(300, max(1, retry_after))))
    return Answer(status, orjson.dumps(content), headers, code)


async def reply(send: Send, answer: Answer, extra: Headers | None = None) -> None:
    headers = [(b"content-length", b"%d" % len(answer.body)), *answer.headers, *(extra or ())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
