"""One-time sign-in: make a link, use it up."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.urls import reverse

from kundskab.web.base import clock
from kundskab.web.staff.models import LoginLink, User

VALID_FOR = timedelta(hours=24)


def path_for(user: User) -> str:
    """The path of a new link for this user. The token is in the path alone; we keep its hash."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    LoginLink.objects.create(token_hash=_hash(token), user=user, created_at=now, expires_at=now + VALID_FOR)
    return reverse("sign_in_once", args=[token])


def use(token: str) -> User | None:
    """The user whom this link lets in, or None when it is unknown, used, too old, or its user left."""
    now = clock.now()
    # One UPDATE decides, so that two requests with the same link cannot both get in.
    fresh = LoginLink.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=now, user__is_active=True)
    if not fresh.update(used_at=now):
        return None
    return LoginLink.objects.select_related("user").get(token_hash=_hash(token)).user


def forget_ended() -> None:
    """Remove links that let nobody in any more."""
    LoginLink.objects.filter(expires_at__lte=clock.now()).delete()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
