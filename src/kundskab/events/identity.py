"""Which identifiers an event carries, and which of them are none."""

from __future__ import annotations

import base64
import binascii
import unicodedata
from typing import Any

from kundskab.events.limits import MAX_IDENTIFIER
from kundskab.events.types import Identifier

# What broken code sends where an id should be. One such "person" would swallow thousands.
RESERVED = frozenset({
    "", "0", "-1", "null", "undefined", "none", "nil", "nan", "n/a", "anonymous", "guest", "not_authenticated",
    "true", "false", "[object object]", "00000000-0000-0000-0000-000000000000", "(null)", "<null>", "<nil>", "nobody",
    "unknown", "unidentified", "no_user", "id", "user_id", "userid", "distinct_id", "email", "string", "{}", "[]",
})  # fmt: skip

_INVISIBLE = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
_LONGEST_SIGNATURE = 100  # of base64url signs; an HMAC-SHA256 has 43
_EXACT = 1 << 53  # floats beyond this have lost digits


def identifier_value(value: object) -> str | None:
    """The identifier as text, or None when it is missing, reserved, too long, or no identifier at all.

    Whole numbers become their digits; text is trimmed and brought to NFC so that one name has one spelling.
    """
    if type(value) is str:
        text = value.strip()
        if not text.isascii():
            text = unicodedata.normalize("NFC", text).strip(_INVISIBLE)
    elif type(value) is int and value.bit_length() <= 256:
        text = str(value)
    elif type(value) is float and value.is_integer() and abs(value) <= _EXACT:
        text = str(int(value))
    else:
        return None
    if len(text) > MAX_IDENTIFIER or text.lower() in RESERVED or (not text.isascii() and _folded(text) in RESERVED):
        return None
    return text


def _folded(text: str) -> str:
    """Without what only looks: wide letters made narrow, signs nobody sees left out."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in narrow if unicodedata.category(sign) != "Cf").strip().casefold()


def user_of(raw: dict[str, Any]) -> Identifier | None:
    value = identifier_value(raw.get("userId"))
    return Identifier("user_id", value) if value is not None else None


def anonymous_of(raw: dict[str, Any], header: str | None) -> Identifier | None:
    """The anonymous id of the event, else of the request's `AnonymousId` header."""
    value = identifier_value(raw.get("anonymousId"))
    if value is None and header:
        value = identifier_value(_unpacked(header))
    return Identifier("anonymous_id", value) if value is not None else None


def link_of(
    kind: str, raw: dict[str, Any], user: Identifier | None, anonymous: Identifier | None
) -> tuple[Identifier, Identifier, str] | None:
    """(user, the other identifier, evidence) when the event says that two identifiers are one person."""
    if user is None:
        return None
    if kind == "alias":
        previous = identifier_value(raw.get("previousId"))
        if previous is not None and previous != user.value:
            return user, Identifier("anonymous_id", previous), kind
    return (user, anonymous, kind) if anonymous is not None else None


def signature_of(context: dict[str, Any]) -> str | None:
    """The signature in `context.signature`, that this browser may speak for the event's user id; None without one."""
    given = context.get("signature")
    return given if type(given) is str and 0 < len(given) <= _LONGEST_SIGNATURE else None


def _unpacked(header: str) -> str | None:
    """Rudder's browser client packs the id in base64; an id that is not base64 stands as it is."""
    try:
        return base64.b64decode(header, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return header
