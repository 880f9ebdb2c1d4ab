"""Segments written by hand: the list, one of them with who came and went, and the form that writes them."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.forms import formset_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundskab.pipeline.segments.answers import WrittenCard
from kundskab.types import KundskabError
from kundskab.web.base.asked import number
from kundskab.web.base.paging import pages
from kundskab.web.desk import the_desk
from kundskab.web.people.handles import handle
from kundskab.web.segments.forms import ROWS, ConditionForm, WrittenForm, condition_of, rows_of
from kundskab.web.segments.tabs import tabs
from kundskab.web.staff.rights import SEE_COUNTS, SEE_PEOPLE, SET_SEGMENTS, needs


@needs(SEE_COUNTS)
@require_safe
def every(request: HttpRequest) -> HttpResponse:
    return render(
        request, "segments/written.html", {"rows": the_desk().segments.written.every(), "tabs": tabs(request)}
    )


@needs(SEE_COUNTS)
@require_safe
def one(request: HttpRequest, id: str) -> HttpResponse:
    found = the_desk().segments.written.one(id)
    if found is None:
        raise Http404
    text = json.dumps(found.card.when, indent=2, ensure_ascii=False)
    return render(request, "segments/written_one.html", {"found": found, "card": found.card, "text": text})


@needs(SEE_PEOPLE)
@require_safe
def people(request: HttpRequest, id: str) -> HttpResponse:
    left, page = request.GET.get("left") == "yes", number(request.GET.get("page"), default=1)
    found = the_desk().segments.written.one(id, left=left, page=page)
    if found is None:
        raise Http404
    rows = [(row, handle(row.person)) for row in found.rows]
    context = {"found": found, "card": found.card, "rows": rows, "left": left, "pages": pages(found)}
    return render(request, "segments/written_people.html", context)


@needs(SET_SEGMENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _written(request, None)


@needs(SET_SEGMENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, id: str) -> HttpResponse:
    found = the_desk().segments.written.one(id)
    if found is None:
        raise Http404
    return _written(request, found.card)


@needs(SET_SEGMENTS)
@require_POST
def give_up(request: HttpRequest, id: str) -> HttpResponse:
    the_desk().segments.written.give_up(id, who=request.user.email)
    messages.success(request, _("It is given up; who is inside leaves at the next refresh."))
    return redirect("written_segments")


def _written(request: HttpRequest, card: WrittenCard | None) -> HttpResponse:
    """Show the form, count by it, or keep what it says; nothing that was typed is thrown away."""
    desk = the_desk()
    choices = desk.explore.choices()
    form, rows = _forms(request, card, choices.dimensions)
    preview = None
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        try:
            when = condition_of(form, rows)
            preview = desk.segments.written.count(when)
            if "count" not in request.POST:
                id = desk.segments.written.write(
                    form.cleaned_data["name"], when, id=card.id if card else None, who=request.user.email
                )
                messages.success(request, _("It is kept, and computed at the next refresh."))
                return redirect("written_segment", id)
        except KundskabError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "card": card, "form": form, "rows": rows, "preview": preview, "actions": choices.actions,
        "as_json": bool(form["text"].value()),
    }  # fmt: skip
    refused = form.errors or (rows.is_bound and not rows.is_valid())
    if request.htmx and "count" in request.POST:
        return render(request, "segments/counted.html", context)
    return render(request, "segments/write.html", context, status=422 if refused else 200)


def _forms(request: HttpRequest, card: WrittenCard | None, dimensions: Any) -> tuple[WrittenForm, Any]:
    many = formset_factory(ConditionForm, extra=0, min_num=ROWS, max_num=ROWS, absolute_max=ROWS)
    given: dict[str, Any] = {"form_kwargs": {"dimensions": dimensions}, "prefix": "row"}
    if request.method == "POST":
        return WrittenForm(request.POST), many(request.POST, **given)
    if card is None:
        return WrittenForm(), many(initial=[{"kind": "did"}], **given)
    as_rows = rows_of(card.when)
    if as_rows is None:
        text = json.dumps(card.when, indent=2, ensure_ascii=False)
        return WrittenForm(initial={"name": card.name, "text": text}), many(**given)
    together, initial = as_rows
    return WrittenForm(initial={"name": card.name, "together": together}), many(initial=initial, **given)
