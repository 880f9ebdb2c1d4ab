"""The signed link that opens a customer's own page: made by the company's server, or by staff for one person.

A link is `payload.signature`: the payload is base64url JSON without padding, {"user_id": ..., "until": Unix seconds}
(or "email", or "actor" when we made it ourselves); the signature is that of "own-page:" + payload (vault/signing.py).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from kundskab.events import identifier_value
from kundskab.pipeline.home import Home
from kundskab.pipeline.own.closed import NoEntry
from kundskab.types import KundskabError
from kundskab.vault import signing

LONGEST = timedelta(days=62)  # two months: long enough for a letter, short enough for a lost phone
_NAMED_BY = ("user_id", "email")
_MOST_SIGNS = 2_000


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who holds a good link. actor None: nobody we have heard of yet."""

    kind: str
    value: str  # as the company calls her; empty when we made the link
    actor: str | None
    until: datetime
    source: str  # whose key signed


def enter(home: Home, link: str, now: datetime) -> Visitor:
    """The visitor that a link stands for. Raises NoEntry when it is forged, spoilt, too old or too long-lived."""
    payload, _, signed = link.partition(".")
    told = _read(payload) if len(link) <= _MOST_SIGNS else None
    if told is None:
        raise _spoilt()
    source = _signed_by(home, payload, signed, own="actor" in told, now=now)
    until = datetime.fromtimestamp(told["until"], UTC)
    if until <= now:
        raise NoEntry("This link is no longer valid; ask for a new one where you got it.")
    if until > now + LONGEST:
        raise NoEntry(f"This link would be valid for more than {LONGEST.days} days; it has to be made anew.")
    if "actor" in told:
        return Visitor("actor", "", told["actor"], until, source)
    [(kind, value)] = ((kind, told[kind]) for kind in _NAMED_BY if kind in told)
    return Visitor(kind, value, home.vault.find(kind, value), until, source)


def link_for(home: Home, actor: str, *, days: int, now: datetime) -> str:
    """A link of our own to the page of the person behind an actor; days: 1 to 62."""
    if not 1 <= days <= LONGEST.days:
        raise KundskabError(f"A link can be valid for 1 to {LONGEST.days} days, not for {days}.")
    told = {"actor": actor, "until": int((now + timedelta(days=days)).timestamp())}
    payload = base64.urlsafe_b64encode(orjson.dumps(told)).rstrip(b"=").decode()
    return f"{payload}.{signing.signature(_own_secret(home), _text(payload))}"


def _read(payload: str) -> dict[str, Any] | None:
    """What the link says, when it says it as it should; checked before the signature, believed only after it."""
    try:
        told = orjson.loads(base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):  # orjson's error is a ValueError too
        return None
    if not isinstance(told, dict) or type(told.get("until")) is not int or not 0 <= told["until"] < 1 << 40:
        return None
    named = {kind: identifier_value(told[kind]) for kind in (*_NAMED_BY, "actor") if kind in told}
    if len(named) != 1 or None in named.values():
        return None
    return {"until": told["until"], **named}


def _signed_by(home: Home, payload: str, signed: str, *, own: bool, now: datetime) -> str:
    """The source whose server key signed; only we ourselves may name an actor."""
    if own:
        right = signing.signature(_own_secret(home), _text(payload))
        if hmac.compare_digest(right.encode(), signed.encode("utf-8", "replace")):
            return "staff"
    elif key := home.vault.signer_of(_text(payload), signed, now):
        return key.source
    raise _spoilt()


def _own_secret(home: Home) -> bytes:
    return hmac.digest(home.keys.pairs[0].lookup, b"the customers' own pages", "sha256")


def _text(payload: str) -> str:
    return f"own-page:{payload}"


def _spoilt() -> NoEntry:
    return NoEntry("This link is not complete, or not ours; open it from where you got it, or ask for a new one.")
