"""The pages about segments, as tabs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """{url, text, here} for each."""
    places = (("segments", _("Map")), ("segment_flow", _("Flow")), ("written_segments", _("Written by hand")))
    return [{"url": reverse(name), "text": text, "here": request.path == reverse(name)} for name, text in places]
