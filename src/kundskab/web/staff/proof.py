"""Is it still you? Before a deed that cannot be taken back, whoever sits here proves it once more."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows, reauthenticate_by_password
from allauth.core import ratelimit
from allauth.mfa.base.forms import ReauthenticateForm as CodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

FRESH_SECONDS = 10 * 60
PROVES = ("password", "mfa")
_OWN_FIELDS = ("csrfmiddlewaretoken", "proof_password", "proof_code")
View = Callable[..., HttpResponse]


def is_fresh(request: HttpRequest) -> bool:
    """Whether they proved who they are within ten minutes.

    Somebody who came by a one-time link and has neither password nor second step has nothing to prove it with; the
    link, which is good once and for a day, was the proof.
    """
    if not get_reauthentication_flows(request.user):
        return True
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < FRESH_SECONDS for record in records if record["method"] in PROVES)


def needs_proof(view: View) -> View:
    """Mark a view whose POST is a sensitive deed: without a fresh proof the same form comes back, asking for one.

    What was posted travels along in the page, so that nothing is typed twice and nothing is kept meanwhile.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or is_fresh(request):
            return view(request, *args, **kwargs)
        form = _given(request)
        if form is not None and _holds(request, form):
            return view(request, *args, **kwargs)
        return _ask(request, form)

    return guarded


def _given(request: HttpRequest) -> Form | None:
    """The proof that came with the deed, as the form that judges it."""
    if code := request.POST.get("proof_code"):
        return CodeForm(data={"code": code}, user=request.user)
    if password := request.POST.get("proof_password"):
        return PasswordForm(data={"password": password}, user=request.user)
    return None


def _holds(request: HttpRequest, form: Form) -> bool:
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        form.add_error(None, _("Too many tries; wait a minute."))
        return False
    if not form.is_valid():
        return False
    if isinstance(form, CodeForm):
        form.save()
    else:
        reauthenticate_by_password(request)
    return True


def _ask(request: HttpRequest, form: Form | None) -> HttpResponse:
    problems = [text for errors in form.errors.values() for text in errors] if form else []
    carried = [(name, value) for name, values in request.POST.lists() if name not in _OWN_FIELDS for value in values]
    context = {
        "carried": carried,
        "problem": problems[0] if problems else "",
        "has_password": request.user.has_usable_password(),
        "has_codes": is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]),
    }
    return render(request, "staff/proof.html", context, status=403)
