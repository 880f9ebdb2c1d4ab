"""The privacy officer's list: who asked for what, until when it is due, and what came of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kundskab.types import Busy, KundskabError
from kundskab.web.base import clock
from kundskab.web.desk import the_desk
from kundskab.web.staff.proof import needs_proof
from kundskab.web.staff.rights import SETTLE_REQUESTS, needs

LINK_DAYS = 14


@needs(SETTLE_REQUESTS)
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    return _list(request)


@needs(SETTLE_REQUESTS)
@require_POST
def settle(request: HttpRequest, number: int) -> HttpResponse:
    try:
        the_desk().requests.settle(number, who=request.user.email, outcome=request.POST.get("outcome", ""))
    except Busy:
        raise
    except KundskabError as refused:
        return _list(request, refused)
    messages.success(request, _("Settled; they read it on their own page."))
    return redirect("requests")


@needs(SETTLE_REQUESTS)
@needs_proof  # whoever holds the link sees all that is known of the person
@require_POST
def own_page_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link for one person, shown once."""
    link = the_desk().own.link_for(token, days=LINK_DAYS, who=request.user.email)
    address = request.build_absolute_uri(reverse("own_enter", args=[link]))
    return render(request, "privacy/link.html", {"address": address, "person": token, "days": LINK_DAYS})


def _list(request: HttpRequest, refused: KundskabError | None = None) -> HttpResponse:
    desk = the_desk()
    waiting = desk.requests.open()
    now = clock.now()
    context = {
        "waiting": waiting,
        "late": sum(one.due < now for one in waiting),
        "now": now,
        "settled": desk.requests.settled(),
        "refused": refused,
    }
    return render(request, "privacy/requests.html", context, status=422 if refused else 200)
