"""The few files a browser needs, each under an address that holds the hash of its content.

A changed file has a new address, so browsers may keep the old one for ever and nothing goes stale.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import django_htmx
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

HERE = Path(__file__).parent / "static"
FILES = {
    "kundskab.css": (HERE / "kundskab.css", "text/css; charset=utf-8"),
    "people.css": (HERE.parents[1] / "people/static/people.css", "text/css; charset=utf-8"),
    "segments.css": (HERE.parents[1] / "segments/static/segments.css", "text/css; charset=utf-8"),
    "own.css": (HERE.parents[1] / "own/static/own.css", "text/css; charset=utf-8"),
    "kundskab.js": (HERE / "kundskab.js", "text/javascript; charset=utf-8"),
    "mark.svg": (HERE / "mark.svg", "image/svg+xml"),
    "plot.css": (HERE.parents[1] / "explore/static/plot.css", "text/css; charset=utf-8"),
    "plot.js": (HERE.parents[1] / "explore/static/plot.js", "text/javascript; charset=utf-8"),
    "htmx.js": (
        Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js",
        "text/javascript; charset=utf-8",
    ),
}


def address(name: str) -> str:
    """The path of an asset. Raises KeyError when we have no such file."""
    return reverse("asset", args=[_read(name)[1], name])


@login_not_required
@require_safe
def asset(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    if name not in FILES or digest != _read(name)[1]:
        raise Http404
    return HttpResponse(
        _read(name)[0],
        content_type=FILES[name][1],
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


@cache
def _read(name: str) -> tuple[bytes, str]:
    content = FILES[name][0].read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:12]
