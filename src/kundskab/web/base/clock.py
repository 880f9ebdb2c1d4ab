"""What time it is, and by whose clock: pages speak in the workspace's own time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kundskab.types import KundskabError, utc_now
from kundskab.web.desk import the_desk


def now() -> datetime:
    """The one place where pages ask for the time; tests put theirs here."""
    return utc_now()


def today() -> date:
    """The date by the clock of the request's workspace."""
    return timezone.localtime(now()).date()


class WorkspaceClock:
    """Makes every time on a page the workspace's local time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone()):
            return self.get_response(request)


def _zone() -> ZoneInfo:
    # Signing in must work even while the workspace cannot be opened; the page itself then says why.
    try:
        return ZoneInfo(the_desk().about.timezone)
    except KundskabError:
        return ZoneInfo("UTC")
