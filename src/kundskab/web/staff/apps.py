"""What the staff pages listen to: second steps coming and going, and codes that did not fit."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class Staff(AppConfig):
    name = "kundskab.web.staff"

    def ready(self) -> None:
        from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed

        authenticator_added.connect(_added, dispatch_uid="second step added")
        authenticator_removed.connect(_removed, dispatch_uid="second step removed")
        authentication_failed.connect(_did_not_fit, dispatch_uid="code did not fit")


def _added(request: Any, user: Any, authenticator: Any, **_: Any) -> None:
    from allauth.account.internal.flows.login import record_authentication

    # Setting it up took a code or a passkey that fits: that is a fresh proof.
    record_authentication(request, user, method="mfa", id=authenticator.pk, type=authenticator.type)
    _note(user, "add second step", authenticator)


def _removed(user: Any, authenticator: Any, **_: Any) -> None:
    _note(user, "remove second step", authenticator)


def _note(user: Any, action: str, authenticator: Any) -> None:
    from kundskab.web.desk import the_desk

    # The kind alone: a secret or a key's name says nothing that the record needs.
    the_desk().settings.note(user.email, action, user.email, authenticator.type.replace("_", " "))


def _did_not_fit(request: Any, user: Any, **_: Any) -> None:
    """A wrong code counts like a wrong password: five of either and the account rests."""
    from django.contrib.auth.signals import user_login_failed

    user_login_failed.send(sender=__name__, credentials={"email": user.email}, request=request)
