"""The tracking plan: what is really sent, what was agreed on, and the decisions between them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundskab.types import KundskabError
from kundskab.web.desk import the_desk
from kundskab.web.events import inbox as inboxes
from kundskab.web.events.tabs import tabs
from kundskab.web.staff.rights import SEE_COUNTS, SET_SOURCES, can, needs


@needs(SEE_COUNTS)
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    source = request.GET.get("source") or None
    inbox = inboxes.read(the_desk().plans.inbox(source), source)
    return render(request, "events/plan.html", {"inbox": inbox, "source": source, "tabs": tabs(request)})


@needs(SET_SOURCES)
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    source, action = _named(request)
    strict = request.POST.get("strict") == "yes"
    the_desk().plans.add(source, action, strict=strict, who=request.user.email)
    said = (
        _("“%(action)s” is agreed on, strictly: what differs goes to quarantine.")
        if strict
        else _("“%(action)s” is agreed on.")
    )
    messages.success(request, said % {"action": action})
    return redirect(_back(request))


@needs(SET_SOURCES)
@require_POST
def silence(request: HttpRequest) -> HttpResponse:
    source, action = _named(request)
    again = request.POST.get("again") == "yes"
    the_desk().plans.ignore(source, action, again=again, who=request.user.email)
    said = (
        _("“%(action)s” is noticed again.") if again else _("“%(action)s” is ignored; its events are kept as before.")
    )
    messages.success(request, said % {"action": action})
    return redirect(_back(request))


@needs(SEE_COUNTS)
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, source: str) -> HttpResponse:
    plans = the_desk().plans
    if not any(row.name == source for row in the_desk().sources()):
        raise Http404
    if request.method == "POST":
        return _save(request, source)
    return render(request, "events/plan_text.html", _context(request, source, plans.text(source)))


def _save(request: HttpRequest, source: str) -> HttpResponse:
    if not can(request.user, SET_SOURCES):
        return render(
            request, "events/plan_text.html", _context(request, source, the_desk().plans.text(source)), status=403
        )
    written = request.POST.get("text", "")
    try:
        the_desk().plans.save(source, written, who=request.user.email)
    except KundskabError as problem:
        context = _context(request, source, written) | {"problem": problem}
        return render(request, "events/plan_text.html", context, status=400)
    messages.success(request, _("The plan is kept; it holds for events that come in from now on."))
    return redirect("plan_text", source=source)


def _context(request: HttpRequest, source: str, written: str) -> dict[str, object]:
    return {"source": source, "text": written, "tabs": tabs(request)}


def _named(request: HttpRequest) -> tuple[str, str]:
    source, action = request.POST.get("source"), request.POST.get("action")
    if not source or not action:
        raise BadRequest("a decision names a source and an action")
    return source, action


def _back(request: HttpRequest) -> str:
    only = request.POST.get("only")
    return f"{reverse('plan')}?{urlencode({'source': only})}" if only else reverse("plan")
