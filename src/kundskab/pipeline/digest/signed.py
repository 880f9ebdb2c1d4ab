"""Signed identify: a browser that shows its company's signature is believed for the user id that was signed.

The company's server signs "identify:<userId>" with a server key and hands the signature to the page of the user who is
signed in there; the page sends it along as `context.signature`. A public browser key alone proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from kundskab.pipeline.digest.rows import Arrived
from kundskab.pipeline.home import Home
from kundskab.vault import KeyInfo
from kundskab.vault.signing import signer

TEXT = "identify:{user}"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def believed(home: Home) -> Callable[[Arrived], bool]:
    """Whether what an event says of its user id is proven: by a server key, or by a signature valid when it came."""

    @cache
    def unrevoked() -> dict[bytes, KeyInfo]:  # those that expired meanwhile too: what counts is when the event came
        return home.vault.valid_keys(_LONG_AGO)

    @cache  # a page sends the same signature with every event
    def signed_by(user: str, signature: str) -> KeyInfo | None:
        return signer(unrevoked(), TEXT.format(user=user), signature)

    def of(arrived: Arrived) -> bool:
        event = arrived.event
        if arrived.key == "server":
            return True
        if event.signature is None or event.actor.kind != "user_id":
            return False
        key = signed_by(event.actor.value, event.signature)
        return key is not None and key.created_at <= arrived.received_at and key.is_valid(arrived.received_at)

    return of
