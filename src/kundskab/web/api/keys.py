"""Who asks: a read key in the Authorization header, its purposes and its pace."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from kundskab.pipeline.profiles import Asker
from kundskab.pipeline.rates import Rates
from kundskab.web.api.problems import Refused
from kundskab.web.desk import the_desk

REQUESTS_PER_SECOND = 500.0  # for one key

rates = Rates()


class ReadKeyShown(HttpBearer):
    """Authorization: Bearer kr_..."""

    openapi_name = "read key"

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        key = the_desk().read_keys.shown(token)
        if key is None:
            raise Refused(401, "This read key is unknown, revoked or expired; make one with `kundskab keys create`.")
        bucket = f"read key {key.id}"
        wait = rates.wait_seconds(bucket, per_second=REQUESTS_PER_SECOND)
        if wait:
            raise Refused(429, f"This key asks too fast; go on in {wait} s.", retry_after=wait)
        rates.pay(bucket, 1, per_second=REQUESTS_PER_SECOND)
        return key


def asker(request: Any) -> Asker:
    """Who asks, as the audit tells it."""
    key = request.auth
    return Asker(f"{key.name} (read key {key.id})", key.id)


def purpose_of(request: Any, asked: str | None) -> str:
    """The purpose to answer for. Refuses one that the key is not for, and a guess where it has several."""
    purposes = request.auth.purposes
    if asked is None and len(purposes) == 1:
        return str(purposes[0])
    if asked is None:
        raise Refused(422, f"Say for which purpose you ask; this key is for {', '.join(purposes)}.")
    if asked not in purposes:
        raise Refused(403, f"This key is for {', '.join(purposes)}, not for {asked}; make another key for that.")
    return asked
