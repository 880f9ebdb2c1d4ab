"""Read, say, correct, ask, leave: every deed comes back to the one page with a sentence of what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kundskab.pipeline.own.closed import NoEntry
from kundskab.types import Busy, KundskabError
from kundskab.web.base import clock
from kundskab.web.desk import the_desk
from kundskab.web.own.visit import COOKIE, begin, no_entry, visited

if TYPE_CHECKING:
    from kundskab.pipeline.own.door import Visitor


@login_not_required
@require_safe
def enter(request: HttpRequest, link: str) -> HttpResponse:
    try:
        the_desk().own.enter(link)
    except NoEntry as closed:
        return no_entry(request, closed)
    return begin(link)


@require_safe
@visited
def page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _page(request, visitor)


@require_POST
@visited
def say(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    purpose, allow = request.POST.get("purpose", ""), request.POST.get("allow") == "yes"
    try:
        the_desk().own.say(visitor, purpose, allow=allow)
    except Busy:
        raise
    except KundskabError as refused:
        return _page(request, visitor, refused)
    said = _("Thank you: we may use it for %(purpose)s.") if allow else _("Done: no longer for %(purpose)s.")
    return _done(request, said % {"purpose": purpose}, "uses")


@require_POST
@visited
def quiet(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    the_desk().own.leave_alone(visitor)
    return _done(request, _("Done. From now on we use nothing that is yours to decide on."), "uses")


@require_POST
@visited
def correct(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    try:
        the_desk().own.correct(visitor, request.POST.get("name", ""), request.POST.get("value", ""))
    except Busy:
        raise
    except KundskabError as refused:
        return _page(request, visitor, refused)
    return _done(request, _("Thank you, corrected."), "known")


@require_POST
@visited
def ask(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    kind = request.POST.get("kind", "")
    try:
        the_desk().own.ask(visitor, kind, request.POST.get("words", ""))
    except Busy:
        raise
    except KundskabError as refused:
        return _page(request, visitor, refused)
    said = {
        "forget": _(
            "Written down. We stop using everything that is yours to decide on now, and answer within a month."
        ),
        "human": _("Written down. Somebody will answer you."),
    }.get(kind, _("Written down. We answer within a month."))
    return _done(request, said, "asked")


@require_POST
@visited
def copy(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Everything we keep about her, as a file; of an invented company its name says so."""
    desk = the_desk()
    told = orjson.dumps(desk.own.copy(visitor), default=str, option=orjson.OPT_INDENT_2)
    fiction = "-fictitious" if desk.about.fictitious else ""
    name = f"{slugify(desk.about.name) or 'company'}{fiction}-about-you-{clock.today()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(told, content_type="application/json", headers=headers)


@require_POST
@login_not_required
def leave(request: HttpRequest) -> HttpResponse:
    response = render(request, "own/left.html")
    response.delete_cookie(COOKIE, path=reverse("own"))
    return response


def _page(request: HttpRequest, visitor: Visitor, refused: KundskabError | None = None) -> HttpResponse:
    context = {"visitor": visitor, "page": the_desk().own.page(visitor), "refused": refused}
    return render(request, "own/page.html", context, status=422 if refused else 200)


def _done(request: HttpRequest, said: str, section: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(f"{reverse('own')}#{section}")
