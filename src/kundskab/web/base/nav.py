"""The way through the pages: which words stand at the top, for whom, and which of them one is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kundskab.web.staff.rights import (
    MEET_PEOPLE,
    SEE_COUNTS,
    SEE_PEOPLE,
    SET_SOURCES,
    SET_TEAM,
    SET_WORKSPACE,
    SETTLE_REQUESTS,
    can,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A page that can be walked to: its text, the name of its address, the right it asks for.

    homes: the beginnings of the addresses that belong to it besides its own.
    """

    text: Any
    name: str
    right: str
    homes: tuple[str, ...] = ()


PLACES = (
    Place(_("Home"), "home", SEE_COUNTS),
    Place(_("People"), "people", SEE_PEOPLE),
    Place(_("Segments"), "segments", SEE_COUNTS),
    Place(_("Predictions"), "predictions", SEE_COUNTS),
    Place(_("What matters"), "matters", SEE_COUNTS),
    Place(_("Undervalued"), "undervalued", SEE_COUNTS),
    Place(_("Explore"), "explore", SEE_COUNTS),
    Place(_("Ease"), "ease", SEE_COUNTS),
    Place(_("Encounters"), "encounters", MEET_PEOPLE, ("/distance",)),
    Place(_("Events"), "events", SEE_COUNTS),
)
SETTINGS = (
    Place(_("Sources and keys"), "sources", SET_SOURCES, ("/settings/keys",)),
    Place(_("Read keys"), "read_keys", SET_SOURCES),
    Place(_("Purposes and notices"), "purposes", SET_WORKSPACE),
    Place(_("Team and roles"), "team", SET_TEAM),
    Place(_("Workspace"), "workspace", SET_WORKSPACE),
    Place(_("Requests"), "requests", SETTLE_REQUESTS),
)


def main(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    """The words at the top for this user: {url, text, here}. Settings leads to the first of its pages they may open."""
    links = _links(request, user, PLACES)
    if settings := within_settings(request, user):
        here = request.path.startswith("/settings") or any(tab["here"] for tab in settings)
        links.append({"url": settings[0]["url"], "text": _("Settings"), "here": here})
    return links


def within_settings(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    """The pages of the settings that this user may open: {url, text, here}."""
    return _links(request, user, SETTINGS)


def _links(request: HttpRequest, user: Any, places: tuple[Place, ...]) -> list[dict[str, Any]]:
    links = []
    for place in places:
        if can(user, place.right) and (url := _address(place.name)):
            homes = (url, *place.homes)
            links.append({"url": url, "text": place.text, "here": any(_within(request.path, home) for home in homes)})
    return links


def _address(name: str) -> str | None:
    # A page that is not there has no way to it: a slice can be left out of a workspace's pages.
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _within(path: str, home: str) -> bool:
    return path == home or (home != "/" and path.startswith(home + "/"))
