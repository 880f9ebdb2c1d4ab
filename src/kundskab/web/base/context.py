"""What every template may use without its view giving it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from kundskab.types import KundskabError
from kundskab.web.base import nav
from kundskab.web.base.theme import chosen
from kundskab.web.desk import the_desk
from kundskab.web.staff.rights import RIGHTS, can


def workspace(request: HttpRequest) -> dict[str, Any]:
    """about (None while the workspace cannot be opened), theme, here, nav, settings_tabs, may.<right_with_signs>."""
    user = getattr(request, "user", None)
    return {
        "about": _about(),
        "theme": chosen(request),
        # Where choosing a theme leads back to; what was posted cannot be visited again.
        "here": request.get_full_path() if request.method == "GET" else "/",
        "nav": nav.main(request, user),
        "settings_tabs": nav.within_settings(request, user),
        "may": {right.replace(" ", "_"): can(user, right) for right in RIGHTS["owner"]},
    }


def _about() -> Any:
    try:
        return the_desk().about
    except KundskabError:
        return None
