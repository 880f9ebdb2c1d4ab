"""The two steps every request takes before a view: signed in, then allowed. Both refuse by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from kundskab.web.staff.rights import can


class SignedIn(LoginRequiredMiddleware):
    """Sends whoever is not signed in to the sign-in page, whatever they asked for."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:
        # A live part of a page must take the whole page to the sign-in, not swap it into a table.
        if request.htmx:
            return HttpResponseClientRedirect(reverse("account_login"))
        return super().handle_no_permission(request, view_func)


class Allowed:
    """Refuses a view when the user lacks the right it is marked with, or when it has no mark."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if not getattr(view, "login_required", True):
            return
        if not can(request.user, getattr(view, "right", "")):
            raise PermissionDenied


def attempted_email(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The account somebody tried to enter, so that failures are counted per account."""
    given = (credentials or {}).get("email") or (credentials or {}).get("username") or request.POST.get("login", "")
    return str(given).strip().lower()
