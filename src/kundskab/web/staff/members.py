"""What can be done with an account of the team. Each deed is one line in what changed, with the name of who did it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kundskab.types import KundskabError
from kundskab.web.desk import the_desk
from kundskab.web.staff import accounts, once, second_step
from kundskab.web.staff.models import User


@dataclass(frozen=True, slots=True)
class Member:
    """One row of the team's list. may_leave: False for the last owner, who can be neither closed nor made less."""

    id: int
    email: str
    name: str
    role: str
    is_active: bool
    last_seen: datetime | None
    has_password: bool
    has_second_step: bool
    second_step_is_asked: bool
    may_leave: bool


def everybody() -> list[Member]:
    """Open accounts before closed ones, then by e-mail."""
    owners = User.objects.filter(role="owner", is_active=True).count()
    return [_member(user, owners) for user in User.objects.order_by("-is_active", "email")]


def invite(email: str, role: str, name: str, *, by: str) -> User:
    """Make an account without a password: its user comes in by a link. Raises KundskabError when it cannot be made."""
    user = accounts.create(email, role=role, name=name)
    _note(by, "invite", user, role)
    return user


def link_for(user: User, *, by: str) -> str:
    """The path of a link that signs this user in, once. Raises KundskabError for a closed account."""
    if not user.is_active:
        raise KundskabError(f"The account of {user.email} is closed; open it again before making a link.")
    path = once.path_for(user)
    _note(by, "make a link for", user)
    return path


def change_role(user: User, role: str, *, by: str) -> None:
    """Raises KundskabError when nobody would own the workspace any more."""
    if user.role == role:
        return
    with transaction.atomic():
        if role != "owner":
            _refuse_to_lose_the_last_owner(user)
        user.role = role
        user.save(update_fields=["role"])
    _note(by, "change role", user, role)


def close(user: User, *, by: str) -> None:
    """Nobody comes in with this account any more; what was done with it stays written down.

    Raises KundskabError when nobody would own the workspace any more.
    """
    with transaction.atomic():
        _refuse_to_lose_the_last_owner(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
    _note(by, "deactivate", user)


def open_again(user: User, *, by: str) -> None:
    user.is_active = True
    user.save(update_fields=["is_active"])
    _note(by, "activate", user)


def reset_second_step(user: User, *, by: str) -> None:
    second_step.reset(user)
    _note(by, "reset second step", user)


def _refuse_to_lose_the_last_owner(user: User) -> None:
    # The database takes one writer at a time (IMMEDIATE), so two owners cannot take each other away at once.
    others = User.objects.filter(role="owner", is_active=True).exclude(pk=user.pk)
    if user.role == "owner" and user.is_active and not others.exists():
        raise KundskabError(f"{user.email} is the last owner; make somebody else owner first.")


def _member(user: User, owners: int) -> Member:
    return Member(
        id=user.pk,
        email=user.email,
        name=user.name,
        role=user.role,
        is_active=user.is_active,
        last_seen=user.last_login,
        has_password=user.has_usable_password(),
        has_second_step=second_step.steps(user).exists(),
        second_step_is_asked=second_step.is_asked_of(user),
        may_leave=not (user.role == "owner" and user.is_active and owners == 1),
    )


def _note(by: str, action: str, user: User, reason: str | None = None) -> None:
    the_desk().settings.note(by, action, user.email, reason)
