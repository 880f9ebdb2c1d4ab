"""Refusals of the API as problem+json (RFC 9457): what happened and what helps, in one sentence."""

from __future__ import annotations

import logging
from traceback import format_tb
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kundskab.types import Busy, KundskabError

CONTENT_TYPE = "application/problem+json"


class Problem(Schema):
    """Why not (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


# What every operation may answer instead, for its description.
REFUSALS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 409, 413, 422, 429}): Problem}
TITLES = {
    400: "Unreadable",
    401: "Unknown read key",
    403: "Not with this key",
    404: "Not found",
    405: "Method not allowed",
    409: "That cannot be done",
    413: "Too large",
    422: "Not what was asked for",
    429: "Try again later",
    500: "Unexpected failure",
}
BUSY_SECONDS = 5

log = logging.getLogger(__name__)


class Refused(Exception):
    """An answer other than the one hoped for. retry_after: whole seconds."""

    def __init__(self, status: int, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.retry_after = retry_after


def problem(status: int, detail: str, *, retry_after: int | None = None, **more: Any) -> HttpResponse:
    """One refusal, ready to send."""
    content = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail, **more}
    response = HttpResponse(orjson.dumps(content), status=status, content_type=CONTENT_TYPE)
    if retry_after is not None:
        response["Retry-After"] = str(max(1, retry_after))
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def answer_to(error: Exception) -> HttpResponse:
    """The refusal that an exception means; the unexpected is logged without its words, which may quote a person."""
    match error:
        case Refused():
            return problem(error.status, str(error), retry_after=error.retry_after)
        case Busy():
            return problem(429, str(error), retry_after=BUSY_SECONDS)
        case KundskabError():
            return problem(409, str(error))
        case AuthenticationError():
            return problem(401, "Show a read key: Authorization: Bearer kr_...; make one with `kundskab keys create`.")
        case ValidationError():
            return problem(422, _first(error.errors), errors=[_said(one) for one in error.errors[:20]])
        case RequestDataTooBig():
            return problem(413, "The body is larger than 1 MB; send less at once.")
        case HttpError():
            return problem(error.status_code if error.status_code in TITLES else 400, "The body is no JSON.")
        case Http404():
            return problem(404, "There is nothing at this address; /api/docs lists what there is.")
    log.error("unexpected failure kind=%s\n%s", type(error).__name__, "".join(format_tb(error.__traceback__)))
    return problem(500, "Something failed that should not; it is in the server's log.")


def install(api: NinjaAPI) -> None:
    """Let this API refuse in our words."""

    def handle(_request: HttpRequest, error: Any) -> HttpResponse:
        return answer_to(error)

    for kind in (Exception, AuthenticationError, ValidationError, HttpError, Http404):
        api.add_exception_handler(kind, handle)


def _first(errors: list[dict[str, Any]]) -> str:
    said = _said(errors[0])
    return f"{said['where']}: {said['what']}." if said["where"] else f"{said['what']}."


def _said(error: dict[str, Any]) -> dict[str, str]:
    """Where and what is wrong, without the value: it may be somebody's address."""
    place = [str(part) for part in error.get("loc", ()) if part not in ("body", "query", "path", "given")]
    return {"where": ".".join(place)[:200], "what": str(error.get("msg", "not as asked for")).rstrip(".")[:200]}
