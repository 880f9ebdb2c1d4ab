"""A visit: the link moves from the address into a cookie at once, and is proven anew at every step."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from kundskab.pipeline.own.closed import NoEntry
from kundskab.web.desk import the_desk

if TYPE_CHECKING:
    from kundskab.pipeline.own.door import Visitor

COOKIE = "own_page"
MOST_SECONDS = 3600  # a borrowed computer forgets her within the hour, whatever the link allows

P = ParamSpec("P")


def visited(
    view: Callable[Concatenate[HttpRequest, Visitor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view for whoever holds a good link; everybody else sees why it does not open."""

    @login_not_required
    @wraps(view)
    def entered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            visitor = the_desk().own.enter(request.COOKIES.get(COOKIE, ""))
        except NoEntry as closed:
            return no_entry(request, closed)
        return view(request, visitor, *args, **kwargs)

    return entered


def no_entry(request: HttpRequest, why: Exception) -> HttpResponse:
    response = render(request, "own/closed.html", {"why": str(why)}, status=403)
    response.delete_cookie(COOKIE, path=reverse("own"))
    return response


def begin(link: str) -> HttpResponse:
    """To the page, the link no longer in the address: addresses stay in histories and logs."""
    response = HttpResponseRedirect(reverse("own"))
    response.set_cookie(COOKIE, link, max_age=MOST_SECONDS, path=reverse("own"), httponly=True, samesite="Lax")
    return response
