"""Parting and joining persons by hand, always with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundskab.web.desk import the_desk
from kundskab.web.people import purposes
from kundskab.web.people.handles import handle
from kundskab.web.staff.rights import LINK_PEOPLE, needs


@needs(LINK_PEOPLE)
@require_POST
def undo(request: HttpRequest, token: str, link: int) -> HttpResponse:
    """Part what a link joined; leads to the person who was looked at."""
    parted = the_desk().linking.undo(link, who=request.user.email, reason=request.POST.get("reason", ""))
    if parted.apart:
        a, b = parted.persons
        said = _("Parted. %(a)s (%(a_token)s) and %(b)s (%(b_token)s) are two persons again, each with their own.")
        messages.success(request, said % {"a": handle(a), "a_token": a, "b": handle(b), "b_token": b})
    else:
        messages.warning(request, _("The link is undone, but other links still make them one person."))
    return _to(token, request)


@needs(LINK_PEOPLE)
@require_POST
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Make this person and another one; leads to the one they are now."""
    other = "".join(request.POST.get("other", "").split())
    person = the_desk().linking.join(token, other, who=request.user.email, reason=request.POST.get("reason", ""))
    messages.success(request, _("Joined. What was told of two is told of one now; it can be undone here."))
    return _to(person, request)


def _to(token: str, request: HttpRequest) -> HttpResponse:
    chosen = purposes.choose(the_desk(), request.POST.get("purpose"))
    return redirect(f"{reverse('person', args=[token])}?{urlencode({'purpose': chosen.name})}")
