"""The live tail, volumes, and the quarantine with its replays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kundskab.pipeline.answers import EventRow
from kundskab.web.base import clock
from kundskab.web.base.asked import number
from kundskab.web.base.money import priced
from kundskab.web.base.paging import pages
from kundskab.web.base.picture import shown_until, stacked
from kundskab.web.desk import the_desk
from kundskab.web.events import replays, sources
from kundskab.web.events import tail as tails
from kundskab.web.events.tabs import tabs
from kundskab.web.staff.rights import REPLAY, REVEAL, SEE_COUNTS, SEE_PEOPLE, can, needs

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
        "tabs": tabs(request),
        "picture": stacked(volumes, until=until, days=DAYS) if until else None,
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
    # What somebody wrote of themselves may stand in an event: only who may see identifiers sees it.
    masked = not can(request.user, REVEAL)
    found = the_desk().quarantine(reason=reason, page=number(request.GET.get("page"), default=1), masked=masked)
    context = {
        "found": found,
        "reason": reason,
        "everything": sum(found.reasons.values()),
        "kinds": _kinds(len(found.reasons)),
        "became": replays.became(found.outcomes),
        "masked": masked,
        "pages": pages(found),
        "tabs": tabs(request),
    }
    return render(request, "events/quarantine.html", context)


@needs(REPLAY)
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    chosen, reason = request.POST.getlist("id"), request.POST.get("reason") or None
    if not (all(one.isdecimal() and len(one) < 17 for one in chosen) if chosen else reason):
        raise BadRequest("a replay names some events or one reason")
    ids = [int(one) for one in chosen] or None
    report = the_desk().replay(ids, reason=None if ids else reason, who=request.user.email)
    messages.success(request, replays.sentence(report))
    back = reverse("quarantine")
    return redirect(f"{back}?{urlencode({'reason': reason})}" if reason else back)


def _newest(desk: Desk) -> list[EventRow]:
    return priced(desk.tail(purpose=tails.PURPOSE, limit=tails.LENGTH), desk.about.currency)


def _kinds(reasons: int) -> str:
    return ngettext(", all for one reason", ", for %(n)d different reasons", reasons) % {"n": reasons}
