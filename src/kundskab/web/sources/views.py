"""Sources and keys. A secret is in the answer to the request that made it, and nowhere else."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundskab.types import KundskabError
from kundskab.web.base import nav
from kundskab.web.desk import the_desk
from kundskab.web.home.arrivals import DAYS
from kundskab.web.sources.forms import (
    BASES,
    KINDS,
    NO_SIGNAL,
    ON_REFUSAL,
    ChangeForm,
    KeyForm,
    RotationForm,
    SourceForm,
)
from kundskab.web.sources.table import overview
from kundskab.web.staff.proof import needs_proof
from kundskab.web.staff.rights import OWN_ACCOUNT, SET_SOURCES, needs


@needs(OWN_ACCOUNT)
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """To the first page of the settings that this user may open; whoever may open none goes to their own account."""
    tabs = nav.within_settings(request, request.user)
    return redirect(tabs[0]["url"] if tabs else "account")


@needs(SET_SOURCES)
@require_http_methods(["GET", "HEAD", "POST"])
def sources(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    taken = {source.name for source in desk.sources()}
    form = SourceForm(request.POST or None, purposes=desk.purposes(), taken=taken)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            desk.create_source(
                asked["name"],
                label=asked["label"] or asked["name"],
                purposes=asked["purposes"],
                basis=asked["basis"] or None,
                on_refusal=asked["on_refusal"],
                no_signal=asked["no_signal"],
                who=request.user.email,
            )
        except KundskabError as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The source %(name)s is there. Now make a key for it.") % asked)
            return redirect("sources")
    return _overview(request, form, status=422 if form.errors else 200)


@needs(SET_SOURCES)
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, name: str) -> HttpResponse:
    desk = the_desk()
    found = desk.settings.source(name)
    if found is None:
        raise Http404
    form = ChangeForm(request.POST or None, source=found, purposes=desk.purposes())
    if request.method == "POST" and form.is_valid():
        try:
            desk.create_source(name, **form.asked(), who=request.user.email)
        except KundskabError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Changed. It holds for events that come in from now on."))
            return redirect("sources")
    context = {"source": found, "form": form}
    return render(request, "sources/change.html", context, status=422 if form.errors else 200)


@needs(SET_SOURCES)
@require_POST
@needs_proof
@sensitive_variables("secret")
def keys(request: HttpRequest, name: str) -> HttpResponse:
    kind = _checked(KeyForm(request.POST))["kind"]
    secret = the_desk().create_key(name, kind=kind, who=request.user.email)
    return render(request, "sources/key.html", {"source": name, "kind": kind, "secret": secret})


@needs(SET_SOURCES)
@require_POST
@needs_proof
@sensitive_variables("secret")
def rotation(request: HttpRequest, key_id: int) -> HttpResponse:
    days = _checked(RotationForm(request.POST))["overlap_days"]
    secret = the_desk().rotate_key(key_id, overlap_days=days, who=request.user.email)
    return render(request, "sources/key.html", {"secret": secret, "overlap_days": days, "rotated": True})


@needs(SET_SOURCES)
@require_POST
def revocation(request: HttpRequest, key_id: int) -> HttpResponse:
    the_desk().revoke_key(key_id, who=request.user.email)
    messages.success(request, _("The key is revoked. Whoever still uses it is answered 401 from now on."))
    return redirect("sources")


def _overview(request: HttpRequest, form: SourceForm, *, status: int) -> HttpResponse:
    desk = the_desk()
    purposes = desk.purposes()
    context = {
        "sources": overview(desk.sources(), desk.books_by_source(), desk.volumes(days=DAYS)),
        "purposes": purposes,
        "form": form,
        "bases": BASES,
        "kinds": KINDS,
        "on_refusal": ON_REFUSAL,
        "no_signal": NO_SIGNAL,
        "chosen": form.data.getlist("purposes") if form.is_bound else [row.name for row in purposes][:2],
    }
    return render(request, "sources/sources.html", context, status=status)


def _checked(form: Form) -> dict:
    # These forms hold choices and numbers only: what fails here was not sent by our page.
    if not form.is_valid():
        raise BadRequest("the form was not one of ours")
    return form.cleaned_data
