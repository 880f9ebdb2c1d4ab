"""Light, dark, or as the reader's machine says."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

THEMES = ("auto", "light", "dark")
COOKIE = "theme"
ONE_YEAR = 365 * 24 * 60 * 60


def chosen(request: HttpRequest) -> str:
    theme = request.COOKIES.get(COOKIE, "auto")
    return theme if theme in THEMES else "auto"


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_back(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(COOKIE, theme, max_age=ONE_YEAR, httponly=True, samesite="Lax")
    return response


def _back(request: HttpRequest) -> str:
    there = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(there, allowed_hosts=None) and there.startswith("/")
    return there if ours else "/"
