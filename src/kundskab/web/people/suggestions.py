"""Pairs of persons who may be one: shown with what speaks for it, decided by a human."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kundskab.pipeline.linking import Suggestion
from kundskab.web.base.asked import number
from kundskab.web.base.paging import pages
from kundskab.web.desk import the_desk
from kundskab.web.people import purposes
from kundskab.web.people.handles import handle
from kundskab.web.staff.rights import LINK_PEOPLE, needs

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

SIZE = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """One suggestion as the page shows it. words: what is alike, no values."""

    id: int
    a: str
    a_name: str
    b: str
    b_name: str
    of_100: int  # of 100 such pairs, so many are one person
    words: str
    purpose: str


@needs(LINK_PEOPLE)
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    found = desk.linking.suggestions(page=number(request.GET.get("page"), default=1), size=SIZE)
    shown = _shown(desk, found.rows)
    context = {
        "found": found,
        "pairs": [_pair(row) for row in shown],
        "hidden": len(found.rows) - len(shown),
        "pages": pages(found),
        "purpose": purposes.choose(desk, None),
    }
    return render(request, "people/suggestions.html", context)


@needs(LINK_PEOPLE)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Look for pairs now; what was declined or is known is not suggested again."""
    desk = the_desk()
    chosen = purposes.choose(desk, request.POST.get("purpose"))
    desk.linking.find_suggestions(purpose=chosen.name, who=request.user.email)
    waiting = desk.linking.suggestions(size=1).total
    said = ngettext("%(n)d pair waits.", "%(n)d pairs wait.", waiting) % {"n": waiting}
    messages.success(request, _("Looked through everybody. %(said)s") % {"said": said})
    return redirect("suggestions")


@needs(LINK_PEOPLE)
@require_POST
def accept(request: HttpRequest, suggestion: int) -> HttpResponse:
    person = the_desk().linking.accept(suggestion, who=request.user.email)
    said = _("Joined: they are %(name)s (%(token)s) now. It can be undone on their page.")
    messages.success(request, said % {"name": handle(person), "token": person})
    return redirect("suggestions")


@needs(LINK_PEOPLE)
@require_POST
def decline(request: HttpRequest, suggestion: int) -> HttpResponse:
    the_desk().linking.decline(suggestion, who=request.user.email)
    messages.success(request, _("Kept apart: this pair is not suggested again."))
    return redirect("suggestions")


def _shown(desk: Desk, rows: Sequence[Suggestion]) -> list[Suggestion]:
    """Those of which both may still be looked at for the purpose they were found for."""
    known = {row.purpose for row in rows} & {purpose.name for purpose in desk.purposes()}
    seen = {
        name: desk.stories.visible({end for row in rows if row.purpose == name for end in (row.a, row.b)}, purpose=name)
        for name in known
    }
    return [row for row in rows if {row.a, row.b} <= seen.get(row.purpose, set())]


def _pair(row: Suggestion) -> Pair:
    return Pair(
        row.id, row.a, handle(row.a), row.b, handle(row.b), round(100 * row.probability), row.words, row.purpose
    )
