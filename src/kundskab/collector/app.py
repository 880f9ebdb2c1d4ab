"""The ASGI application: paths of the wire first, everything else to the pages."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from uuid import uuid4

from kundskab.collector import answers, cors, pixel, settings
from kundskab.collector.answers import Answer, Receive, Scope, Send, problem, reply
from kundskab.collector.auth import query_key, shown_key
from kundskab.collector.bodies import Gone
from kundskab.collector.intake import Commit, Intake
from kundskab.collector.keys import Keys
from kundskab.collector.peer import peer_of

Pages = Callable[[Scope, Receive, Send], Awaitable[None]]

_TYPES = ("track", "identify", "page", "screen", "group", "alias")
# Long names set the type of the event; in batches, imports and behind one letter each event says its own.
_LONG: dict[str, str | None] = {f"/v1/{name}": name for name in _TYPES}
_OWN = dict.fromkeys(("/v1/batch", "/v1/import", "/beacon/v1/batch", *(f"/v1/{letter}" for letter in "tipsgab")))
_BARE = {f"/{letter}": None for letter in "tipsgab"}  # for an apiHost given without /v1
EVENT_PATHS: Mapping[str, str | None] = _LONG | _OWN | _BARE
_METRICS = frozenset({"/v1/m", "/m"})
_PIXELS = {"/pixel/v1/track": "track", "/pixel/v1/page": "page"}
_SETTINGS = re.compile(r"/v1/projects/([^/]{1,200})/settings")
_MINE = re.compile(r"/(v1|beacon|pixel|sourceConfig)(/|$)")

_FAILED = problem(500, "unexpected", "Something failed that should not; it is in the server's log. Send it again.")

log = logging.getLogger("kundskab.collector")


class Collector:
    """Routes one request; never lets an exception out, and never tells a client more than that there was one."""

    def __init__(self, *, intake: Intake, keys: Keys, commit: Commit, pages: Pages) -> None:
        self._intake = intake
        self._keys = keys
        self._commit = commit
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = _tidy(scope["path"])
        if path not in EVENT_PATHS and not _is_ours(path):
            await self._pages(scope, receive, send)
            return
        headers = dict(scope["headers"])
        try:
            answer = await self._answer(path, scope, headers, receive)
        except Gone:
            return
        except Exception as error:
            _log(error)
            answer = _FAILED
        await reply(send, answer, cors.expose(headers))

    async def _answer(self, path: str, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Answer:
        method, query = scope["method"], scope.get("query_string", b"")
        if method == "POST" and path in EVENT_PATHS:
            return await self._intake.take(receive, headers, query, path_type=EVENT_PATHS[path])
        if method == "OPTIONS":
            return cors.preflight(headers)
        if path in _METRICS and method == "POST":
            return answers.json({"success": True})
        if method not in ("GET", "HEAD"):
            return _not_allowed()
        if path in _PIXELS:
            return await self._pixel(headers, query, path_type=_PIXELS[path])
        if path == "/health":
            return self._health()
        if found := _SETTINGS.fullmatch(path):
            return await self._segment_settings(found[1], scope, headers)
        if path == "/sourceConfig":
            return await self._rudder_settings(headers, query)
        if path in EVENT_PATHS or path in _METRICS:
            return _not_allowed()
        return problem(404, "no_such_path", "Nothing is here; events go to /v1/batch or /v1/<type>.")

    async def _pixel(self, headers: Mapping[bytes, bytes], query: bytes, *, path_type: str) -> Answer:
        try:
            event = pixel.event(query, path_type=path_type, message_id=uuid4().hex)
            await self._intake.take_event(event, headers, query_key(query))
        except Exception as error:  # a broken image in somebody's mail helps nobody
            _log(error)
        return Answer(200, pixel.GIF, [(b"content-type", b"image/gif"), (b"cache-control", b"no-store")])

    def _health(self) -> Answer:
        if self._commit.has_room:
            return answers.json({"status": "ok"}, [(b"cache-control", b"no-store")])
        return problem(503, "disk", "The journal cannot be written; look at the disk.")

    async def _segment_settings(self, key: str, scope: Scope, headers: Mapping[bytes, bytes]) -> Answer:
        if await self._keys.rules(key) is None:
            return problem(404, "unknown_key", "This write key is unknown, revoked or expired.")
        content = settings.segment(key, address=peer_of(scope, headers).address)
        return answers.json(content, [(b"cache-control", b"public, max-age=60")])

    async def _rudder_settings(self, headers: Mapping[bytes, bytes], query: bytes) -> Answer:
        key = shown_key(headers, query)
        rules = await self._keys.rules(key) if key else None
        if key is None or rules is None:
            return problem(401, "unknown_key", "This write key is unknown, revoked or expired.")
        return answers.json(settings.rudder(key, source=rules.source), [(b"cache-control", b"private, max-age=60")])


def _tidy(path: str) -> str:
    """`//v1/batch` and `/v1/batch/` mean `/v1/batch`: base addresses are often written with a slash too many."""
    if path in EVENT_PATHS:
        return path
    while "//" in path:
        path = path.replace("//", "/")
    return path.rstrip("/") if len(path) > 1 else path


def _is_ours(path: str) -> bool:
    return path == "/health" or path in _METRICS or _MINE.match(path) is not None


def _not_allowed() -> Answer:
    answer = problem(405, "method", "Send events with POST.")
    return Answer(answer.status, answer.body, [*answer.headers, (b"allow", b"POST, OPTIONS")], answer.code)


def _log(error: Exception) -> None:
    # Where it happened and what kind it was, but not its words: they may quote what somebody sent.
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("unexpected failure kind=%s\n%s", type(error).__name__, where)
