"""What somebody writes about their own sign-in and about the team: checked here, trusted within."""

from __future__ import annotations

from typing import Any

from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kundskab.web.staff import sealed
from kundskab.web.staff.rights import RIGHTS

ROLES = {
    "owner": _("Owner: everything, settings and team too"),
    "privacy": _("Privacy officer: people, their identifiers and their requests; no settings"),
    "analyst": _("Analyst: persons under their pseudonyms, links, quarantine"),
    "reader": _("Reader: counts, and encounters of their own; never a person"),
}
assert ROLES.keys() == RIGHTS.keys()


class Activation(ActivateTOTPForm):
    """The first code of a new app. Its secret waits in the session sealed, so that none ever lies in the open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        self.secret = _waiting_secret(anew=not self.is_bound)


def _waiting_secret(*, anew: bool) -> str:
    session = _request().session
    if anew or SECRET_SESSION_KEY not in session:
        session[SECRET_SESSION_KEY] = sealed.seal(generate_totp_secret())
    return sealed.unseal(session[SECRET_SESSION_KEY])


def _request() -> HttpRequest:
    from allauth.core import context

    return context.request


class InvitationForm(forms.Form):
    """Somebody new."""

    email = forms.EmailField(label=_("E-mail"), help_text=_("They sign in with it; nothing is sent there."))
    name = forms.CharField(label=_("Name"), max_length=120, required=False, help_text=_("As others here call them."))
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLES.items()), initial="reader", widget=forms.RadioSelect)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=list(ROLES.items()))
