"""How allauth behaves here: the door is closed to strangers, and a second step keeps its secrets sealed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kundskab.types import KundskabError
from kundskab.web.base.headers import client_address
from kundskab.web.desk import the_desk
from kundskab.web.staff import proof, sealed, second_step
from kundskab.web.staff.models import User


class ClosedDoor(DefaultAccountAdapter):
    """Nobody makes an account from outside, and no greeting is shown on the way in or out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Asked by e-mail, as at sign-in, so that wrong passwords count against the same account."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago has just proved it."""
        return not proof.is_fresh(self.request)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("message_template", args[0] if args else "") in SILENT:
            return
        super().add_message(request, level, *args, **kwargs)


SILENT = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class SecondStep(DefaultMFAAdapter):
    """Codes and passkeys: secrets sealed at rest, and none taken away from somebody who must have one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That did not fit. Codes change every half minute: try the one that is shown now."),
        "cannot_delete_authenticator": _("Your role asks for a second step: add another one before removing this."),
    }

    def get_totp_issuer(self) -> str:
        try:
            return f"Kundskab {the_desk().about.name}"
        except KundskabError:
            return "Kundskab"

    def encrypt(self, text: str) -> str:
        return sealed.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        others = second_step.steps(user).exclude(pk=authenticator.pk)
        return others.exists() or not second_step.is_asked_of(user)
