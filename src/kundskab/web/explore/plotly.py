"""Plotly's script for the browser: packed, under an address that holds its hash, to be kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe


def figures(draw: Callable[[str], Any]) -> dict[str, Any]:
    """What `base/plotly.html` and the page's script need of a figure.  draw: "light" or "dark" -> Plotly figure.

    Charts take a moment to load: only a page that draws waits for them, and only in its first visit.
    """
    from kundskab.charts import browser

    return {
        "plotly": address(),
        "style_ids": browser.style_ids(),
        "global_style_id": browser.STYLE_ID,
        "figures": {theme: browser.for_page(draw(theme)) for theme in ("light", "dark")},
    }


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
