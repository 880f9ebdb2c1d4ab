"""The short way to the API: no session, no cookie, no language, no page stands in it.

A server shows its key with each request, so there is nothing to sign in, nothing a browser could be tricked into
sending, and no answer that a person reads. What is outside of this in MIDDLEWARE (headers, transport, CSP) stays.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

from kundskab.web.api.problems import CONTENT_TYPE, answer_to, problem

FOLDER = "/api/"
PAGES = frozenset({"/api/docs"})


class Lean:
    """Answers what lies under /api/ itself, and passes everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(FOLDER) or request.path_info in PAGES:
            return self.get_response(request)
        try:
            found = resolve(request.path_info)
            response = found.func(request, *found.args, **found.kwargs)
        except Exception as error:
            return answer_to(error)
        if response.status_code == 405 and response.headers.get("Content-Type") != CONTENT_TYPE:
            told = problem(405, f"This address takes {response.headers.get('Allow', 'another method')}.")
            told["Allow"] = response.headers.get("Allow", "")
            return told
        return response
