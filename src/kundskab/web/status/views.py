"""How the workspace does: a page for humans, numbers for Prometheus."""

from __future__ import annotations

from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kundskab.web.base.headers import client_address
from kundskab.web.desk import the_desk
from kundskab.web.staff.rights import SEE_COUNTS, can, needs
from kundskab.web.status.metrics import CONTENT_TYPE, text


@needs(SEE_COUNTS)
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    counted = desk.status()
    plain = {name: value for name, value in counted.items() if not isinstance(value, dict | list)}
    context = {"books": desk.books(), "refusals": desk.refusals(), "status": counted, "plain": plain}
    return render(request, "status/status.html", context)


@login_not_required  # a collector of metrics has no browser; see _may_scrape
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_scrape(request):
        raise PermissionDenied
    desk = the_desk()
    return HttpResponse(text(desk.books(), desk.books_by_source(), desk.status()), content_type=CONTENT_TYPE)


def _may_scrape(request: HttpRequest) -> bool:
    """Somebody signed in, a holder of the token, or a program on this machine that asked us directly."""
    return can(request.user, SEE_COUNTS) or _has_token(request) or _is_local(request)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bool(settings.METRICS_TOKEN) and compare_digest(given.encode(), settings.METRICS_TOKEN.encode())


def _is_local(request: HttpRequest) -> bool:
    if not settings.ON_THIS_MACHINE_ONLY or "," in request.headers.get("X-Forwarded-For", ""):
        return False
    try:
        return ip_address(client_address(request)).is_loopback
    except ValueError:
        return False
