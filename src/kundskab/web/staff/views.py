"""Signing in and out, by password, by a link that works once, by a passkey; and one's own account."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth as passkeys
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from kundskab.web.staff import once, second_step
from kundskab.web.staff.rights import OWN_ACCOUNT, needs

own = needs(OWN_ACCOUNT)


class SecondStep(mfa.AuthenticateView):
    """The second step at sign-in; an account that rests stays closed here too."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = {"email": self.stage.login.user.email}
        if not AxesProxyHandler.is_allowed(request, asked):
            return get_lockout_response(request, asked)
        return super().post(request, *args, **kwargs)


class AddPasskey(webauthn.AddWebAuthnView):
    """A passkey that can sign in by itself: it lives in the device and asks for a finger, a face or a PIN."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": passkeys.begin_registration(self.request.user, True)}
        return context


sign_in = allauth.login
second_step_at_sign_in = SecondStep.as_view()
sign_in_by_passkey = login_not_required(webauthn.login_webauthn)
sign_out = own(allauth.logout)
change_password = own(allauth.password_change)
set_password = own(allauth.password_set)
reauthenticate = own(allauth.reauthenticate)
prove_by_code = own(mfa.reauthenticate)
prove_by_passkey = own(webauthn.reauthenticate_webauthn)
second_steps = own(mfa.index)
add_app = own(totp.activate_totp)
remove_app = own(totp.deactivate_totp)
recovery_codes = own(codes.view_recovery_codes)
new_recovery_codes = own(codes.generate_recovery_codes)
add_passkey = own(AddPasskey.as_view())
remove_passkey = own(webauthn.remove_webauthn)


@login_not_required
@require_GET  # not HEAD: a preview of the link must not use it up
def sign_in_once(request: HttpRequest, token: str) -> HttpResponse:
    user = once.use(token)
    if user is None:
        return render(request, "staff/link_spent.html", status=410)
    record_authentication(request, user, method="link")
    return perform_login(request, Login(user=user))


@login_not_required
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/closed.html", status=403)


@own
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    context = {
        "has_password": request.user.has_usable_password(),
        "has_second_step": second_step.steps(request.user).exists(),
    }
    return render(request, "staff/account.html", context)
