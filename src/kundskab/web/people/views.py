"""The list of persons, the search, one person, and the older part of their timeline."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kundskab.pipeline.answers import EventRow
from kundskab.web.base import clock
from kundskab.web.base.asked import moment, number
from kundskab.web.base.money import priced
from kundskab.web.base.paging import pages
from kundskab.web.desk import the_desk
from kundskab.web.people import purposes, story
from kundskab.web.people import timeline as timelines
from kundskab.web.people.profile import profile
from kundskab.web.staff.rights import SEE_PEOPLE, needs

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

STORY_EVENTS = 1000  # what the rhythm and the year are told from: enough for a year of nearly anybody
PAGE_EVENTS = 40


@needs(SEE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    chosen = purposes.choose(desk, request.GET.get("purpose"))
    found = desk.people(purpose=chosen.name, page=number(request.GET.get("page"), default=1), who=request.user.email)
    return render(request, "people/people.html", {"found": found, "pages": pages(found), "purpose": chosen})


@needs(SEE_PEOPLE)
@require_POST  # an e-mail in an address would stay in histories and logs
def search(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    chosen = purposes.choose(desk, request.POST.get("purpose"))
    text = request.POST.get("search", "").strip()
    if not text:
        return redirect(f"{reverse('people')}?{urlencode({'purpose': chosen.name})}")
    found = desk.people(purpose=chosen.name, search=text, who=request.user.email)
    if found.total == 1:
        return redirect(f"{reverse('person', args=[found.rows[0].person])}?{urlencode({'purpose': chosen.name})}")
    context = {"found": found, "pages": pages(found), "purpose": chosen, "search": text}
    return render(request, "people/people.html", context)


@needs(SEE_PEOPLE)
@require_safe
def person(request: HttpRequest, token: str) -> HttpResponse:
    desk = the_desk()
    chosen = purposes.choose(desk, request.GET.get("purpose"))
    known = desk.person(token, purpose=chosen.name, who=request.user.email)
    if known is None or not (known.events or known.facts):
        # A token that somebody has and nobody has must look the same from here.
        return render(request, "people/nobody.html", {"token": token, "purpose": chosen}, status=404)
    fetch = _events_of(desk, token, chosen.name)
    rows = fetch(None, STORY_EVENTS)
    at_hand = len(rows) < STORY_EVENTS  # all there are
    shown, before = timelines.page(
        lambda before, limit: rows[:limit] if at_hand or limit <= len(rows) else fetch(before, limit), size=PAGE_EVENTS
    )
    today = clock.today()
    context = {
        "person": profile(known),
        "purpose": chosen,
        "story": story.tell(rows),
        "year": story.year(rows, until=today),
        "year_from": today - story.YEAR,
        "today": today,
        "told_from": len(rows),
        "days": timelines.by_day(shown),
        "before": before,
    }
    return render(request, "people/person.html", context)


@needs(SEE_PEOPLE)
@require_safe
def timeline(request: HttpRequest, token: str) -> HttpResponse:
    desk = the_desk()
    chosen = purposes.choose(desk, request.GET.get("purpose"))
    after = moment(request.GET.get("before"))
    rows, before = timelines.page(_events_of(desk, token, chosen.name), before=after, size=PAGE_EVENTS)
    context = {"token": token, "purpose": chosen, "days": timelines.by_day(rows, after=after), "before": before}
    return render(request, "people/days.html" if request.htmx else "people/older.html", context)


def _events_of(desk: Desk, token: str, purpose: str) -> timelines.Fetch:
    def fetch(before: datetime | None, limit: int) -> list[EventRow]:
        return priced(desk.timeline(token, purpose=purpose, before=before, limit=limit), desk.about.currency)

    return fetch
