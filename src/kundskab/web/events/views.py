"""The live tail, volumes, and the quarantine with its replays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kundskab.pipeline.answers import EventRow
from kundskab.web.base import clock
from kundskab.web.base.asked import number
from kundskab.web.base.money import priced
from kundskab.web.base.paging import pages
from kundskab.web.base.picture import shown_until
from kundskab.web.desk import the_desk
from kundskab.web.events import replays, sources
from kundskab.web.events import tail as tails
from kundskab.web.staff.rights import REPLAY, SEE_COUNTS, SEE_PEOPLE, can, needs

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

DAYS = 30


@needs(SEE_COUNTS)
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    volumes = desk.volumes(days=DAYS)
    until = shown_until(volumes, today=clock.today(), days=DAYS)
    context = {
        "books": desk.books(),
        "until": until,
        "volumes": sources.by_source(volumes, until=until, days=DAYS) if until else [],
    }
    if can(request.user, SEE_PEOPLE):
        context["tail"] = tails.first(_newest(desk))
    return render(request, "events/events.html", context)


@needs(SEE_PEOPLE)
@require_safe
def tail(request: HttpRequest) -> HttpResponse:
    seen = number(request.GET.get("seen"), default=0)
    news = tails.after(_newest(the_desk()), seen)
    if news is None:
        return HttpResponse(status=204)  # htmx leaves the page as it is
    return render(request, "events/tail.html", {"tail": news})


@needs(SEE_PEOPLE)
@require_safe
def quarantine(request: HttpRequest) -> HttpResponse:
    reason = request.GET.get("reason") or None
    found = the_desk().quarantine(reason=reason, page=number(request.GET.get("page"), default=1))
    everything = sum(found.reasons.values())
    context = {"found": found, "reason": reason, "everything": everything, "pages": pages(found)}
    return render(request, "events/quarantine.html", context)


@needs(REPLAY)
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    one, reason = request.POST.get("id"), request.POST.get("reason") or None
    if not (one.isdecimal() if one is not None else reason):
        raise BadRequest("a replay names one event or one reason")
    report = the_desk().replay([int(one)] if one else None, reason=None if one else reason, who=request.user.email)
    messages.success(request, replays.sentence(report))
    back = reverse("quarantine")
    return redirect(f"{back}?{urlencode({'reason': reason})}" if reason else back)


def _newest(desk: Desk) -> list[EventRow]:
    return priced(desk.tail(purpose=tails.PURPOSE, limit=tails.LENGTH), desk.about.currency)
