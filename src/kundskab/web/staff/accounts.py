"""Making accounts from outside the pages."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kundskab.types import KundskabError
from kundskab.web.staff.models import User
from kundskab.web.staff.rights import RIGHTS


def create(email: str, *, role: str, name: str = "", password: str | None = None) -> User:
    """Make an account. Raises KundskabError with what helps when it cannot be made."""
    if role not in RIGHTS:
        raise KundskabError(f"There is no role {role!r}; choose one of {', '.join(RIGHTS)}.")
    try:
        validate_email(email)
        if password is not None:
            validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise KundskabError(" ".join(error.messages)) from None
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise KundskabError(f"There is already an account for {email}.")
    return User.objects.create_user(email, password, role=role, name=name)
