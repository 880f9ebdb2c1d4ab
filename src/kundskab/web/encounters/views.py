"""Whom did we meet? The list, and the form that a hand holding a phone can fill in.

The form is the one page that answers a sender who is not signed in any more: it gives the words back. Losing what a
customer said because a session ran out meanwhile would teach everybody not to write it down.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kundskab.pipeline.encounters import PURPOSE, Meeting, Whom
from kundskab.types import Busy, KundskabError
from kundskab.web.base import clock
from kundskab.web.base.asked import number
from kundskab.web.desk import the_desk
from kundskab.web.encounters.forms import EncounterForm
from kundskab.web.people.purposes import choose
from kundskab.web.staff.rights import MEET_PEOPLE, SEE_PEOPLE, can, needs

WHO_OF_US = "who_of_us"  # the cookie that remembers it on this phone
_YEAR = 365 * 24 * 60 * 60
LISTED = 25

_HOW = _lazy(
    "What is written down here, and what support's files tell. Words are shown as far as the one who said them allows; "
    "who refuses everything leaves none."
)
_HOW_FOR_READERS = _lazy(
    "What is written down here, and what support's files tell. With whom and what was said is for others."
)
_MORE = _lazy("Of us are counted the different names given this month. Who met how many is not for counting.")


@needs(MEET_PEOPLE)
@require_safe
def encounters(request: HttpRequest) -> HttpResponse:
    desk, sees = the_desk(), can(request.user, SEE_PEOPLE)
    # Who may not see persons may not try purposes either: which of them lets a meeting be seen tells who they met.
    purpose = choose(desk, (request.GET.get("purpose") if sees else None) or PURPOSE)
    page = number(request.GET.get("page"), default=1)
    latest = desk.encounters.latest(
        purpose=purpose.name, who=request.user.email, limit=LISTED + 1, skip=(page - 1) * LISTED, words=sees
    )
    context = {
        "latest": latest[:LISTED],
        "page": page,
        "older": page + 1 if len(latest) > LISTED else None,
        "sees": sees,
        "purpose": purpose,
        "month": desk.encounters.this_month(),
        "count": desk.encounters.count(purpose=purpose.name),
        "how": _HOW if sees else _HOW_FOR_READERS,
        "more": _MORE,
    }
    return render(request, "encounters/encounters.html", context)


@needs(MEET_PEOPLE)
@login_not_required  # who is signed out is told so with their words in hand; nothing else is shown or done
@csrf_exempt  # checked below, for the same reason
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new_encounter(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        _refuse_without_right(request)
        return _show(request, EncounterForm.fresh(staff=_remembered(request), person=_person(request.GET, request)))
    form = EncounterForm(request.POST)
    if not request.user.is_authenticated:
        return _show(request, form, signed_out=True, status=403)
    _refuse_without_right(request)
    if _is_stale(request):
        return _show(request, form, again=True, status=403)
    return _log(request, form) if form.is_valid() else _show(request, form, status=422)


def _log(request: HttpRequest, form: EncounterForm) -> HttpResponse:
    desk, asked = the_desk(), form.cleaned_data
    meeting = Meeting(
        id=asked["id"],
        whom=_whom(request, asked["person"], asked["whom"]),
        kind=asked["kind"],
        staff=asked["staff"].strip(),
        at=form.moment(clock.now()),
        words=asked["words"].strip(),
        reading=asked["reading"].strip(),
        research=asked["research"],
    )
    try:
        desk.encounters.log(meeting, who=request.user.email)
    except KundskabError as refusal:
        form.add_error(None, str(refusal))
        return _show(request, form, status=503 if isinstance(refusal, Busy) else 422)
    # The same sentence whoever it was with: a guess at an address must learn nothing from it.
    messages.success(request, _("Thank you. It is kept, as far as the one you met allows it."))
    response = redirect("encounters")
    response.set_cookie(WHO_OF_US, quote(meeting.staff), max_age=_YEAR, httponly=True, samesite="Lax")
    return response


def _show(request: HttpRequest, form: EncounterForm, *, status: int = 200, **why: bool) -> HttpResponse:
    # Who was signed out gets back what they sent themselves; whether it counts is asked when they send it again.
    known = request.user.is_authenticated
    person = form["person"].value() if can(request.user, SEE_PEOPLE) or not known else ""
    notice = the_desk().encounters.notice() if known else ""
    context = {"form": form, "person": person, "notice": notice, **why}
    response = render(request, "encounters/new.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _whom(request: HttpRequest, person: str, text: str) -> Whom:
    """What was typed wins; a token counts only from those who may see persons."""
    if person and not text.strip() and can(request.user, SEE_PEOPLE):
        return Whom("person", person)
    return the_desk().encounters.whom(text)


def _person(asked: dict[str, str], request: HttpRequest) -> str:
    return asked.get("person", "") if can(request.user, SEE_PEOPLE) else ""


def _remembered(request: HttpRequest) -> str:
    """Who of us used this phone last; else who is signed in."""
    return unquote(request.COOKIES.get(WHO_OF_US, "")) or request.user.email.partition("@")[0].capitalize()


def _refuse_without_right(request: HttpRequest) -> None:
    if not can(request.user, MEET_PEOPLE):
        raise PermissionDenied


def _is_stale(request: HttpRequest) -> bool:
    """Whether the form is not of this session: open for long, or sent by another site."""
    return CsrfViewMiddleware(lambda _: HttpResponse()).process_view(request, _as_usual, (), {}) is not None


def _as_usual(request: HttpRequest) -> None:
    """A view without the exemption, for the check to look at."""
