"""Pages for what did not work: one sentence of what happened, one of what helps."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kundskab.pipeline.disk import DiskTrouble, plain
from kundskab.types import Busy, KundskabError

log = logging.getLogger(__name__)


class Refusals:
    """Turns an expected refusal into a page that says what it says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        told = plain(error)
        if not isinstance(told, KundskabError):
            return None
        if told is not error:
            log.error("disk trouble path=%s: %s", request.path, error)
        passes = isinstance(told, Busy | DiskTrouble)
        response = _page(request, 503 if passes else 409, _("That did not work"), str(told))
        if passes:
            response["Retry-After"] = "5" if isinstance(told, Busy) else "60"
        return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("What was that?"), _("The request could not be read."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        _("May I see this?"),
        _("Not with your role. Somebody who owns this workspace can give you another one."),
    )


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        _("Was this form open for long?"),
        _("It no longer matches your session, so nothing was changed. Go back, load the page again and resend it."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, _("Where is it?"), _("There is nothing at this address."))


def broken(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        500,
        _("What happened?"),
        _("Something broke on our side. It is in the server's log; nothing you did caused it."),
    )


def _page(request: HttpRequest, status: int, title: str, answer: str, **more: Any) -> HttpResponse:
    return render(request, "base/refusal.html", {"title": title, "answer": answer, **more}, status=status)
