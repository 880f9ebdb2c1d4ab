"""The list of persons, the search, one person, and the older part of their timeline."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kundskab.pipeline.answers import EventRow, PeoplePage
from kundskab.web.base.asked import moment, number
from kundskab.web.base.money import priced
from kundskab.web.base.paging import pages
from kundskab.web.desk import the_desk
from kundskab.web.people import belonging as belongings
from kundskab.web.people import hard, purposes, sieve, story
from kundskab.web.people import timeline as timelines
from kundskab.web.people.handles import handle
from kundskab.web.people.tale import decided, tale
from kundskab.web.staff.rights import SEE_PEOPLE, needs

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

PAGE_EVENTS = 100


@needs(SEE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    chosen = purposes.choose(desk, request.GET.get("purpose"))
    asked = sieve.choose(request.GET, desk.channels(purpose=chosen.name))
    page = number(request.GET.get("page"), default=1)
    found = desk.people(purpose=chosen.name, page=page, wanted=asked.wanted, who=request.user.email)
    return render(request, "people/people.html", _list(desk, found, chosen, asked))


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
    asked = sieve.choose({}, desk.channels(purpose=chosen.name))
    return render(request, "people/people.html", _list(desk, found, chosen, asked) | {"search": text})


def _list(desk: Desk, found: PeoplePage, purpose: purposes.Purpose, asked: sieve.Sieve) -> dict[str, Any]:
    lines = [(row, handle(row.person), story.comes(row)) for row in found.rows]
    return {"found": found, "lines": lines, "pages": pages(found), "purpose": purpose, "sieve": asked}


@needs(SEE_PEOPLE)
@require_safe
def person(request: HttpRequest, token: str) -> HttpResponse:
    desk = the_desk()
    chosen = purposes.choose(desk, request.GET.get("purpose"))
    known = desk.person(token, purpose=chosen.name, who=request.user.email)
    if known is None:
        return render(request, "people/nobody.html", {"token": token, "purpose": chosen}, status=404)
    if not (known.events or known.facts):
        # The status of nobody: for this purpose there is no such page, whoever asks and whatever they make of it.
        return render(request, "people/decided.html", decided(known, token, chosen), status=404)
    rows, before = timelines.page(_events_of(desk, known.person, chosen.name), size=PAGE_EVENTS)
    told = {"chapters": timelines.chapters(rows, before=before), "before": before}
    return render(request, "people/person.html", tale(desk, known, chosen, who=request.user.email) | told)


@needs(SEE_PEOPLE)
@require_safe
def timeline(request: HttpRequest, token: str) -> HttpResponse:
    desk = the_desk()
    chosen = purposes.choose(desk, request.GET.get("purpose"))
    desk.stories.note_reading(token, purpose=chosen.name, who=request.user.email)
    after = moment(request.GET.get("before"))
    rows, before = timelines.page(_events_of(desk, token, chosen.name), before=after, size=PAGE_EVENTS)
    context = {
        "token": token,
        "name": handle(token),
        "purpose": chosen,
        "chapters": timelines.chapters(rows, after=after, before=before),
        "before": before,
    }
    return render(request, "people/chapters.html" if request.htmx else "people/older.html", context)


@needs(SEE_PEOPLE)
@require_safe
def hardship(request: HttpRequest, token: str) -> HttpResponse:
    desk = the_desk()
    chosen = purposes.choose(desk, request.GET.get("purpose"))
    told = hard.hardship(desk, token, purpose=chosen.name, who=request.user.email)
    context = {"token": token, "name": handle(token), "purpose": chosen, "ease": told}
    return render(request, "people/tale/ease.html" if request.htmx else "people/hardship.html", context)


@needs(SEE_PEOPLE)
@require_safe
def belonging(request: HttpRequest, token: str) -> HttpResponse:
    desk = the_desk()
    chosen = purposes.choose(desk, request.GET.get("purpose"))
    told = belongings.belonging(desk, token, purpose=chosen.name, who=request.user.email)
    context = {"token": token, "name": handle(token), "purpose": chosen, "told": told}
    return render(request, "people/tale/segments.html" if request.htmx else "people/belonging.html", context)


def _events_of(desk: Desk, token: str, purpose: str) -> timelines.Fetch:
    def fetch(before: datetime | None, limit: int) -> list[EventRow]:
        return priced(desk.timeline(token, purpose=purpose, before=before, limit=limit), desk.about.currency)

    return fetch
