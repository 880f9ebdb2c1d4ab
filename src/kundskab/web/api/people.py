"""People: profile by identifier or token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from kundskab.pipeline.proven import Who
from kundskab.web.api.keys import asker, purpose_of
from kundskab.web.api.problems import Refused
from kundskab.web.api.shapes import Problem, ProfileIn, ProfileOut, WhoIn
from kundskab.web.desk import the_desk

REFUSALS = {(401, 403, 404, 409, 422, 429): Problem}

router = Router(tags=["people"])


@router.post("/profiles/find", response={200: ProfileOut, **REFUSALS}, summary="Who is this?")  # type: ignore[dict-item]
def find_profile(request: HttpRequest, given: ProfileIn) -> Any:
    """The profile behind an identifier. A POST, so that no e-mail address ever stands in an address or a log."""
    purpose = purpose_of(request, given.purpose)
    found = the_desk().profiles.profile(
        who_of(given.who),
        purpose=purpose,
        purposes=request.auth.purposes,  # type: ignore[attr-defined]
        asker=asker(request),
        activity=given.activity,
    )
    if found is None:
        raise nobody()
    return found


def who_of(given: WhoIn) -> Who:
    """The one identifier that was given."""
    named = [(kind, value) for kind, value in given.dict().items() if value is not None]
    if len(named) != 1:
        raise Refused(422, "who: give exactly one of user_id, anonymous_id, email, phone or person.")
    return Who(*named[0])


def nobody() -> Refused:
    return Refused(404, "Nobody is known by this; send an event or a fact about her first, or look at the spelling.")
