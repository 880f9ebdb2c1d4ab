"""Plotly's script for the browser: packed, under an address that holds its hash, to be kept for ever."""

from __future__ import annotations

import hashlib
from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe


def address() -> str:
    """Where the script of the installed version is."""
    return reverse("plotly", args=[_digest()])


@login_not_required
@require_safe
def script(request: HttpRequest, digest: str) -> HttpResponse:
    """The library alone, which anybody may have; nothing of ours is in it."""
    from kundskab.charts import browser

    if digest != _digest():
        raise Http404
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        browser.packed_script() if packed else browser.script(),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@cache
def _digest() -> str:
    from kundskab.charts import browser

    return hashlib.sha256(browser.script()).hexdigest()[:12]
