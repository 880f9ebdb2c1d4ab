"""Read keys: what a company's own server shows to be told about people. The secret is in one answer alone."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from kundskab.types import KundskabError
from kundskab.web.desk import the_desk
from kundskab.web.sources.forms import ReadKeyForm, RotationForm
from kundskab.web.staff.proof import needs_proof
from kundskab.web.staff.rights import SET_SOURCES, needs


@needs(SET_SOURCES)
@require_http_methods(["GET", "HEAD", "POST"])
@needs_proof
@sensitive_variables("secret")
def read_keys(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    form = ReadKeyForm(request.POST or None, purposes=desk.purposes())
    if request.method == "POST" and form.is_valid():
        try:
            secret = desk.read_keys.create(**form.cleaned_data, who=request.user.email)
        except KundskabError as refusal:
            form.add_error("name", str(refusal))
        else:
            return _once(request, secret, form.cleaned_data["name"])
    keys = sorted(desk.read_keys.every(), key=lambda key: (not key.is_valid, key.created_at))
    context = {"keys": keys, "valid": sum(key.is_valid for key in keys), "form": form}
    return render(request, "sources/read_keys.html", context, status=422 if form.errors else 200)


@needs(SET_SOURCES)
@require_POST
@needs_proof
@sensitive_variables("secret")
def rotation(request: HttpRequest, key_id: int) -> HttpResponse:
    form = RotationForm(request.POST)
    if not form.is_valid():
        raise BadRequest("the form was not one of ours")
    days = form.cleaned_data["overlap_days"]
    secret = the_desk().read_keys.rotate(key_id, overlap_days=days, who=request.user.email)
    return _once(request, secret, rotated=True, overlap_days=days)


@needs(SET_SOURCES)
@require_POST
def revocation(request: HttpRequest, key_id: int) -> HttpResponse:
    the_desk().read_keys.revoke(key_id, who=request.user.email)
    messages.success(request, _("The key is revoked. Whoever still shows it is told nothing from now on."))
    return redirect("read_keys")


@sensitive_variables("secret")
def _once(request: HttpRequest, secret: str, name: str = "", **more: object) -> HttpResponse:
    return render(
        request, "sources/key.html", {"secret": secret, "kind": "read", "name": name, "back": "read_keys", **more}
    )
