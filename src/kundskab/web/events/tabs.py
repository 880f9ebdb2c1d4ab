"""The three pages of Events, as tabs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kundskab.web.staff.rights import SEE_COUNTS, SEE_PEOPLE, can

_PLACES = (
    ("events", "What is happening", SEE_COUNTS),
    ("plan", "Tracking plan", SEE_COUNTS),
    ("quarantine", "Quarantine", SEE_PEOPLE),
)


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """{url, text, here} of those that the reader may open."""
    return [
        {"url": reverse(name), "text": _(text), "here": _is_here(request.path, reverse(name))}
        for name, text, right in _PLACES
        if can(request.user, right)
    ]


def _is_here(path: str, home: str) -> bool:
    return path == home or (home.endswith("/plan") and path.startswith(home))
