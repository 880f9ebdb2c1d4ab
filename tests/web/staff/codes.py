"""The codes that an app would show: for visits with a second step."""

from __future__ import annotations

import time


def code_of(secret: str, *, steps: int = 0) -> str:
    """The code now; steps: half minutes from now."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def wrong_code_for(secret: str) -> str:
    """Six digits that fit neither now nor half a minute off."""
    right = {code_of(secret, steps=step) for step in range(-3, 4)}
    return next(code for number in range(10) if (code := f"{number}" * 6) not in right)


def with_app(user) -> str:
    """Give this user an app and recovery codes; the app's secret."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret
