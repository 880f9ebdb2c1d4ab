"""Consents: what somebody allows now, and what she says about it."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from ninja import Router

from kundskab.pipeline.proven import Who
from kundskab.web.api.keys import asker, purpose_of
from kundskab.web.api.people import there, who_of
from kundskab.web.api.problems import REFUSALS, Refused
from kundskab.web.api.shapes import ConsentOut, ConsentsOut, SaidBySomebodyIn, SaidIn, Token
from kundskab.web.desk import the_desk

MOST_PROOF_BYTES = 10_000

router = Router(tags=["consents"])


@router.get("/people/{person}/consents", response={200: ConsentsOut, **REFUSALS}, summary="What she allows")
def read_consents(request: HttpRequest, person: Token) -> Any:
    """What holds now for each purpose of the key."""
    purposes = request.auth.purposes  # type: ignore[attr-defined]
    found = the_desk().profiles.consents(Who("person", person), purposes=purposes, asker=asker(request))
    return {"consents": there(found)}


@router.post("/people/{person}/consents", response={200: ConsentOut, **REFUSALS}, summary="She says yes or no")
def record_consent(request: HttpRequest, person: Token, given: SaidIn) -> Any:
    """Record a grant, refusal, withdrawal or objection, with its proof. It holds for the very next answer."""
    return _record(request, Who("person", person), given)


@router.post("/consents", response={200: ConsentOut, **REFUSALS}, summary="Somebody says yes or no")
def record_consent_of(request: HttpRequest, given: SaidBySomebodyIn) -> Any:
    """The same by identifier; somebody not heard of yet becomes known by it."""
    return _record(request, who_of(given.who), given)


def _record(request: HttpRequest, who: Who, given: SaidIn) -> Any:
    """What holds after it. The company's server says so, hence it counts as verified."""
    if not request.auth.may_record:  # type: ignore[attr-defined]
        raise Refused(403, "This key only reads; make one with --may-record to write consents down.")
    if given.status == "grant" and not given.proof:
        raise Refused(422, 'proof: a grant needs to be shown; say how, for example {"form": "checkout"}.')
    if len(orjson.dumps(given.proof)) > MOST_PROOF_BYTES:
        raise Refused(422, f"proof: at most {MOST_PROOF_BYTES:,} bytes of JSON.")
    found = the_desk().profiles.record_consent(
        who,
        purpose=purpose_of(request, given.purpose),
        status=given.status,
        proof=given.proof,
        asker=asker(request),
    )
    return there(found)
