"""The team: who works here, with which role. Every change is written down, and one owner always stays."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from kundskab.types import KundskabError
from kundskab.web.staff import members
from kundskab.web.staff.forms import ROLES, InvitationForm, RoleForm
from kundskab.web.staff.models import User
from kundskab.web.staff.proof import needs_proof
from kundskab.web.staff.rights import SET_TEAM, needs


@needs(SET_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
@needs_proof
def team(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = members.invite(**form.cleaned_data, by=request.user.email)
        except KundskabError as refusal:
            form.add_error("email", str(refusal))
        else:
            return _link_for(request, user, invited=True)
    context = {"members": members.everybody(), "form": form, "roles": ROLES, "me": request.user}
    return render(request, "staff/team.html", context, status=422 if form.errors else 200)


@needs(SET_TEAM)
@require_POST
@needs_proof
def role(request: HttpRequest, user_id: int) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise BadRequest("the form was not one of ours")
    user = _user(user_id)
    members.change_role(user, form.cleaned_data["role"], by=request.user.email)
    messages.success(request, _("%(who)s is %(role)s from now on.") % {"who": user, "role": user.role})
    return redirect("team")


@needs(SET_TEAM)
@require_POST
@needs_proof
def closing(request: HttpRequest, user_id: int) -> HttpResponse:
    user = _user(user_id)
    members.close(user, by=request.user.email)
    said = _("The account of %(who)s is closed; whoever was signed in with it is out.")
    messages.success(request, said % {"who": user})
    return redirect("team")


@needs(SET_TEAM)
@require_POST
@needs_proof
def opening(request: HttpRequest, user_id: int) -> HttpResponse:
    user = _user(user_id)
    members.open_again(user, by=request.user.email)
    messages.success(request, _("The account of %(who)s is open again.") % {"who": user})
    return redirect("team")


@needs(SET_TEAM)
@require_POST
@needs_proof
def link(request: HttpRequest, user_id: int) -> HttpResponse:
    return _link_for(request, _user(user_id), invited=False)


@needs(SET_TEAM)
@require_POST
@needs_proof
def second_step_reset(request: HttpRequest, user_id: int) -> HttpResponse:
    user = _user(user_id)
    members.reset_second_step(user, by=request.user.email)
    messages.success(request, _("%(who)s has no second step any more, and can set up a new one.") % {"who": user})
    return redirect("team")


@sensitive_variables("path")
def _link_for(request: HttpRequest, user: User, *, invited: bool) -> HttpResponse:
    path = members.link_for(user, by=request.user.email)
    context = {"member": user, "address": request.build_absolute_uri(path), "invited": invited}
    return render(request, "staff/link.html", context)


def _user(user_id: int) -> User:
    return get_object_or_404(User, id=user_id)
