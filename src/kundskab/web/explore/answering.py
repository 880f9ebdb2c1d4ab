"""Funnel, retention and paths: a question in the address, its answer as words, picture, table, file, and its people."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from kundskab.types import KundskabError
from kundskab.web.base import clock
from kundskab.web.base.asked import number
from kundskab.web.base.paging import pages
from kundskab.web.base.templatetags.say import count
from kundskab.web.desk import the_desk
from kundskab.web.explore import address, plotly, sheet
from kundskab.web.explore.kinds import Kind, tabs
from kundskab.web.people.handles import handle
from kundskab.web.staff.rights import SEE_COUNTS, SEE_PEOPLE, can, needs

View = Callable[[HttpRequest], HttpResponse]


def page(kind: Kind) -> View:
    @needs(SEE_COUNTS)
    @require_safe
    def show(request: HttpRequest) -> HttpResponse:
        desk = the_desk()
        choices = desk.explore.choices()
        if choices.last is None:
            return render(request, "explore/empty.html", {"tabs": tabs(request)})
        asking = kind.read(request.GET, choices, clock.today())
        context = _context(request, kind, asking) | {"choices": choices}
        walks = can(request.user, SEE_PEOPLE)
        try:
            found = desk.behaviour.answer(asking.query)
        except KundskabError as refusal:
            context |= kind.words(asking)
            return render(request, "explore/cannot.html", {**context, "refusal": refusal}, status=400)
        context |= kind.words(asking) | kind.told(found, asking, walks) | {"found": found}
        return render(request, kind.template, context | _drawn(kind, found, asking, walks))

    return show


def people(kind: Kind) -> View:
    @needs(SEE_PEOPLE)
    @require_safe
    def show(request: HttpRequest) -> HttpResponse:
        desk = the_desk()
        asking = kind.read(request.GET, desk.explore.choices(), clock.today())
        context = _context(request, kind, asking)
        try:
            which, did = kind.which(request.GET, asking.query)
            found = desk.behaviour.who(asking.query, page=number(request.GET.get("page"), default=1), **which)
        except KundskabError as refusal:
            return render(request, "explore/cannot.html", {**context, "refusal": refusal}, status=400)
        persons = ngettext("%(n)s person", "%(n)s people", found.total) % {"n": count(found.total)}
        said = _("%(persons)s %(did)s.") % {"persons": persons, "did": did} + asking.only
        rows = [(row, handle(row.person)) for row in found.rows]
        context |= {"found": found, "rows": rows, "pages": pages(found), "said": said}
        return render(request, "explore/persons.html", context)

    return show


def download(kind: Kind) -> View:
    @needs(SEE_COUNTS)
    @require_safe
    def show(request: HttpRequest) -> HttpResponse:
        desk = the_desk()
        asking = kind.read(request.GET, desk.explore.choices(), clock.today())
        try:
            found = desk.behaviour.answer(asking.query)
        except KundskabError as refusal:
            return HttpResponse(f"{refusal}\n", status=400, content_type="text/plain; charset=utf-8")
        return as_file(kind.sheet(found), kind.name, fictitious=desk.about.fictitious)

    return show


def as_file(lines: Any, name: str, *, fictitious: bool) -> HttpResponse:
    """Lines as a file of comma-separated values; of a fictitious company every line says so."""
    written = io.StringIO()
    writer = csv.writer(written)
    for n, line in enumerate(lines):
        writer.writerow([*line, "yes" if n else "fictitious"] if fictitious else line)
    name = sheet.plain_name(name, fictitious=fictitious)
    return HttpResponse(
        written.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _context(request: HttpRequest, kind: Kind, asking: Any) -> dict[str, Any]:
    return {
        "tabs": tabs(request),
        "kind": kind.name,
        "asking": asking,
        "query": asking.query,
        "address": address.written(asking.said),
        "page_url": reverse(kind.name),
        "people_url": reverse(f"{kind.name}_people"),
        "csv_url": reverse(f"{kind.name}_csv"),
        "form": f"explore/asking_{kind.name}.html",
    }


def _drawn(kind: Kind, found: Any, asking: Any, walks: bool) -> dict[str, Any]:
    to_people = reverse(f"{kind.name}_people")

    def link(*of: Any) -> str:
        to = kind.link(asking, *of) if walks else ""
        return f"{to_people}?{to}" if to else ""

    return plotly.figures(lambda theme: kind.figure(found, theme, link))
