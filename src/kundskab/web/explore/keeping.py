"""Keeping a question under a name, sharing it as a link, and writing notes on days.

Whoever may see counts may keep and write; everybody who works here sees both; each may take away their own.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from kundskab.web.base import clock
from kundskab.web.desk import the_desk
from kundskab.web.explore import address, question
from kundskab.web.explore.funnels import FUNNEL
from kundskab.web.explore.kinds import TABS, tabs
from kundskab.web.explore.models import Note, SavedQuestion
from kundskab.web.explore.pathways import PATHS
from kundskab.web.explore.retentions import RETENTION
from kundskab.web.staff.rights import SEE_COUNTS, needs

KINDS = {kind.name: kind for kind in (FUNNEL, RETENTION, PATHS)}
_LONGEST = 4000  # signs of an address


class KeepForm(forms.Form):
    kind = forms.ChoiceField(choices=[(name, name) for name, _text in TABS])
    address = forms.CharField(required=False, max_length=_LONGEST)
    name = forms.CharField(max_length=120)
    moving = forms.BooleanField(required=False)  # the newest days each time, instead of these


class NoteForm(forms.Form):
    day = forms.DateField()
    text = forms.CharField(max_length=200)
    back = forms.CharField(required=False, max_length=_LONGEST)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not 1900 < day.year < 2200:
            raise forms.ValidationError(_lazy("Choose a day of this lifetime."))
        return day


@needs(SEE_COUNTS)
@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    kinds = dict(TABS)
    rows = [
        {"saved": each, "kind": kinds.get(each.kind, each.kind), "own": each.by_id == request.user.pk}
        for each in SavedQuestion.objects.select_related("by").order_by("-at")
    ]
    return render(request, "explore/saved.html", {"tabs": tabs(request), "rows": rows, "notes": _all_notes(request)})


@needs(SEE_COUNTS)
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    form = KeepForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A name of up to 120 signs is needed to keep a question."))
        kind = form.cleaned_data.get("kind") or "explore"
        return redirect(f"{reverse(kind)}?{form.cleaned_data.get('address') or ''}")
    said = form.cleaned_data
    kept = SavedQuestion.objects.create(
        name=said["name"],
        kind=said["kind"],
        address=_plain(said["kind"], said["address"], moving=said["moving"]),
        by=request.user,
        at=clock.now(),
    )
    messages.success(request, _("Kept. Its link shows it to everybody who works here."))
    return redirect(f"{reverse('explore_saved')}#kept-{kept.pk}")


@needs(SEE_COUNTS)
@require_safe
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Its own address stays when the pages change; the question is asked anew."""
    kept = get_object_or_404(SavedQuestion, pk=pk)
    name = kept.kind if kept.kind in dict(TABS) else "explore"
    return redirect(f"{reverse(name)}?{kept.address}")


@needs(SEE_COUNTS)
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(SavedQuestion, pk=pk, by=request.user).delete()
    messages.success(request, _("It is kept no longer."))
    return redirect("explore_saved")


@needs(SEE_COUNTS)
@require_POST
def write_note(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        Note.objects.create(day=said["day"], text=said["text"], by=request.user, at=clock.now())
        messages.success(request, _("Noted. Every trend that holds the day shows it."))
    else:
        messages.error(request, _("A note needs a day and up to 200 signs of text."))
    return redirect(f"{reverse('explore')}?{_plain('explore', form.cleaned_data.get('back') or '')}")


@needs(SEE_COUNTS)
@require_POST
def forget_note(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Note, pk=pk, by=request.user).delete()
    messages.success(request, _("The note is gone."))
    return redirect("explore_saved")


def notes_between(request: HttpRequest, since: date, until: date) -> list[dict[str, Any]]:
    """The notes on days up to and including `until`, the earliest first, numbered as the picture numbers them."""
    found = Note.objects.select_related("by").filter(day__gte=since, day__lte=until).order_by("day", "pk")[:40]
    return [{"number": n, "note": note, "own": note.by_id == request.user.pk} for n, note in enumerate(found, 1)]


def _all_notes(request: HttpRequest) -> list[dict[str, Any]]:
    found = Note.objects.select_related("by").order_by("-day", "-pk")[:200]
    return [{"note": note, "own": note.by_id == request.user.pk} for note in found]


def _plain(kind: str, said: str, *, moving: bool = False) -> str:
    """The question that an address asks, in our own words: what somebody else put in is gone."""
    choices = the_desk().explore.choices()
    asked = QueryDict(said[:_LONGEST])
    if kind == "explore":
        parts = question.read(asked, choices, today=clock.today()).said
    else:
        parts = KINDS[kind].read(asked, choices, clock.today()).said
    return address.written(
        {name: value for name, value in parts.items() if not (moving and name in ("since", "until"))}
    )
