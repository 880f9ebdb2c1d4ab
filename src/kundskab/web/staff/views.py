"""Coming in, going out, one's own account. The forms themselves are allauth's."""

from __future__ import annotations

from allauth.account import views as allauth
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_safe

from kundskab.web.staff import once
from kundskab.web.staff.rights import OWN_ACCOUNT, needs

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

sign_in = allauth.login
sign_out = needs(OWN_ACCOUNT)(allauth.logout)
change_password = needs(OWN_ACCOUNT)(allauth.password_change)
set_password = needs(OWN_ACCOUNT)(allauth.password_set)
reauthenticate = needs(OWN_ACCOUNT)(allauth.reauthenticate)


@login_not_required
@require_GET  # not HEAD: a preview of the link must not use it up
def sign_in_once(request: HttpRequest, token: str) -> HttpResponse:
    user = once.use(token)
    if user is None:
        return render(request, "staff/link_spent.html", status=410)
    login(request, user, backend=BACKEND)
    return redirect("home")


@needs(OWN_ACCOUNT)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/account.html", {"has_password": request.user.has_usable_password()})
