"""What came in: one page, or what to do while nothing has."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kundskab.web.base import clock
from kundskab.web.desk import the_desk
from kundskab.web.home import arrivals, sentences, snippets
from kundskab.web.staff.rights import SEE_COUNTS, needs


@needs(SEE_COUNTS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    came_in = arrivals.read(desk, today=clock.today())
    if not came_in.books.received:
        address = request.build_absolute_uri("/").rstrip("/")
        commands = snippets.all_for(address=address, home=str(settings.HOME), currency=desk.about.currency)
        return render(request, "home/empty.html", commands)
    context = {"came_in": came_in, "changes": arrivals.changes(desk), "news": sentences.news(desk.news(days=7))}
    return render(request, "home/home.html", context)
