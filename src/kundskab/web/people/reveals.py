"""Who somebody is in the world: for a reader with the right and a reason, once, on a page that nobody keeps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kundskab.web.desk import the_desk
from kundskab.web.people import purposes, told
from kundskab.web.people.handles import handle
from kundskab.web.people.profile import kind_said
from kundskab.web.staff.proof import needs_proof
from kundskab.web.staff.rights import REVEAL, needs


@needs(REVEAL)
@needs_proof
@require_POST  # and its answer is the page itself: there is no address at which it could be read again
@never_cache
def reveal(request: HttpRequest, token: str) -> HttpResponse:
    desk = the_desk()
    chosen = purposes.choose(desk, request.POST.get("purpose"))
    reason = request.POST.get("reason", "")
    opened = desk.stories.reveal(token, purpose=chosen.name, reason=reason, who=request.user.email)
    heard = desk.stories.of(token, purpose=chosen.name)
    context = {
        "token": token,
        "name": handle(token),
        "purpose": chosen,
        "reason": " ".join(reason.split()),
        "identifiers": [(kind_said(each.kind), each.value, each.actor) for each in opened],
        "facts": [(fact.name, told.value(fact.now.value)) for fact in heard.told if told.is_identifying(fact.name)],
    }
    response = render(request, "people/revealed.html", context)
    response["Cache-Control"] = "no-store, private"
    return response
