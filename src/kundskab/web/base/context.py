"""What every template may use without its view giving it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kundskab.types import KundskabError
from kundskab.web.base.theme import chosen
from kundskab.web.desk import the_desk
from kundskab.web.staff.rights import RIGHTS, SEE_PEOPLE, SET_SOURCES, can


def workspace(request: HttpRequest) -> dict[str, Any]:
    """about (None while the workspace cannot be opened), theme, here, nav, and may.<right_with_underscores>."""
    user = getattr(request, "user", None)
    return {
        "about": _about(),
        "theme": chosen(request),
        # Where choosing a theme leads back to; what was posted cannot be visited again.
        "here": request.get_full_path() if request.method == "GET" else "/",
        "nav": _nav(request, user),
        "may": {right.replace(" ", "_"): can(user, right) for right in RIGHTS["owner"]},
    }


def _about() -> Any:
    try:
        return the_desk().about
    except KundskabError:
        return None


def _nav(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    """The pages this user may open, the one they are in marked."""
    links = [{"url": reverse("home"), "text": _("Home")}, {"url": reverse("events"), "text": _("Events")}]
    if can(user, SEE_PEOPLE):
        links.append({"url": reverse("people"), "text": _("People")})
    if can(user, SET_SOURCES):
        links.append({"url": reverse("sources"), "text": _("Settings")})
    for link in links:
        link["here"] = request.path == link["url"] or (link["url"] != "/" and request.path.startswith(link["url"]))
    return links
