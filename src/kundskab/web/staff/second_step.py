"""The second step at sign-in: of whom it is asked, from when on, and what is done when a phone is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kundskab.pipeline.choices import STRICT_ROLES
from kundskab.types import KundskabError
from kundskab.web.base import clock
from kundskab.web.desk import the_desk
from kundskab.web.staff import sealed
from kundskab.web.staff.models import User
from kundskab.web.staff.rights import OWN_ACCOUNT

# From the first sign-in on: time enough to find a phone, too short to forget it.
GRACE = timedelta(days=7)
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def steps(user: User) -> QuerySet[Authenticator]:
    """The second steps this user has set up; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=KINDS)


def is_asked_of(user: User) -> bool:
    """Whether this user's role must sign in with a second step."""
    try:
        return user.role in the_desk().settings.choices.second_step_roles
    except KundskabError:  # no workspace to ask: the strict answer
        return user.role in STRICT_ROLES


def due_at(user: User) -> datetime | None:
    """When this user must have a second step at the latest, or None: has one, or needs none. The clock starts here."""
    if not is_asked_of(user) or steps(user).exists():
        return None
    if user.second_step_due_at is None:
        user.second_step_due_at = clock.now() + GRACE
        user.save(update_fields=["second_step_due_at"])
    return user.second_step_due_at


def reset(user: User) -> None:
    """Take away every second step and recovery code; where one is asked for, its time to set up begins anew."""
    Authenticator.objects.filter(user=user).delete()
    user.second_step_due_at = None
    user.save(update_fields=["second_step_due_at"])


def seal_again() -> int:
    """Seal every secret with the newest key; the number of secrets that an older one had sealed."""
    count = 0
    for step in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN):
        name = "secret" if step.type == Authenticator.Type.TOTP else "seed"
        if name in step.data and (fresh := sealed.renewed(step.data[name])):
            step.data[name] = fresh
            step.save(update_fields=["data"])
            count += 1
    return count


class SecondStepDue:
    """Says until when a second step is to be set up, and after that opens nothing else to whom it is asked of."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        # A view that strangers reach too, but that asks a right of whom it knows, is no way around.
        is_open = not getattr(view, "login_required", True) and not getattr(view, "right", "")
        if is_open or not request.user.is_authenticated:
            return None
        request.second_step_due_at = due = due_at(request.user)  # type: ignore[attr-defined]
        if due is None or clock.now() < due or getattr(view, "right", "") == OWN_ACCOUNT:
            return None
        return redirect("mfa_index")
