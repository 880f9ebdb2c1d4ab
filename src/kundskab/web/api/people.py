"""People: profile, facts, known answers, events. By identifier in a body, then by the token that the answer gave."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from kundskab.pipeline.proven import Who
from kundskab.profiles import Question
from kundskab.web.api.keys import asker, purpose_of
from kundskab.web.api.places import read_place, write_place
from kundskab.web.api.problems import REFUSALS, Refused
from kundskab.web.api.shapes import EventsOut, FactsOut, KnownOut, Line, ProfileIn, ProfileOut, Token, WhoIn
from kundskab.web.api.telling import told
from kundskab.web.desk import the_desk

MOST_EVENTS = 200

router = Router(tags=["people"])
Purpose = Annotated[Line | None, Query(description="a key for one purpose need not name it")]


@router.post("/profiles/find", response={200: ProfileOut, **REFUSALS}, summary="Who is this?")
def find_profile(request: HttpRequest, given: ProfileIn) -> Any:
    """The profile behind an identifier. A POST, so that no e-mail address ever stands in an address or a log."""
    return _profile(request, who_of(given.who), given.purpose, given.activity)


@router.get("/people/{person}", response={200: ProfileOut, **REFUSALS}, summary="The profile of a token")
def read_profile(request: HttpRequest, person: Token, purpose: Purpose = None, activity: bool = True) -> Any:
    """The same for the token that an answer gave."""
    return _profile(request, Who("person", person), purpose, activity)


@router.get("/people/{person}/facts", response={200: FactsOut, **REFUSALS}, summary="All facts, with their history")
def read_facts(request: HttpRequest, person: Token, purpose: Purpose = None) -> Any:
    """Every fact that may be used for the purpose, oldest first, with source and date."""
    asked_for = purpose_of(request, purpose)
    facts = the_desk().profiles.facts(Who("person", person), purpose=asked_for, asker=asker(request))
    return {"facts": there(facts)}


@router.get("/people/{person}/known", response={200: KnownOut, **REFUSALS}, summary="What need not be asked again")
def read_known(
    request: HttpRequest,
    person: Token,
    question: Annotated[list[Line], Query(min_length=1, max_length=100)],
    purpose: Purpose = None,
    max_age_days: Annotated[float | None, Query(ge=0, le=36_500, allow_inf_nan=False)] = None,
) -> Any:
    """Which of these questions we know the answer to and may use, with source and date."""
    questions = [Question(name, max_age_days) for name in question]
    asked_for = purpose_of(request, purpose)
    found = the_desk().profiles.known(Who("person", person), questions, purpose=asked_for, asker=asker(request))
    token, answers = there(found)
    return {"person": token, "answers": answers}


@router.get("/people/{person}/events", response={200: EventsOut, **REFUSALS}, summary="What she did")
def read_events(
    request: HttpRequest,
    person: Token,
    purpose: Purpose = None,
    before: Annotated[Line | None, Query(description="`next` of the answer before, or a time")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_EVENTS)] = 50,
) -> Any:
    """Her events, newest first, a page at a time."""
    found = the_desk().profiles.events(
        Who("person", person),
        purpose=purpose_of(request, purpose),
        asker=asker(request),
        before=None if before is None else read_place(before),
        limit=limit,
    )
    page = there(found)
    return {"events": page.rows, "next": None if page.next is None else write_place(page.next)}


def _profile(request: HttpRequest, who: Who, purpose: str | None, activity: bool) -> Any:
    found = the_desk().profiles.profile(
        who,
        purpose=purpose_of(request, purpose),
        purposes=request.auth.purposes,  # type: ignore[attr-defined]
        asker=asker(request),
        activity=activity,
    )
    return told(there(found))


def who_of(given: WhoIn) -> Who:
    """The one identifier that was given."""
    named = [(kind, value) for kind, value in given.model_dump().items() if value is not None]
    if len(named) != 1:
        raise Refused(422, "who: give exactly one of user_id, anonymous_id, email, phone or person.")
    return Who(*named[0])


def there(found: Any) -> Any:
    """What was found; refuses when nobody is known by what was asked."""
    if found is None:
        raise Refused(404, "Nobody is known by this; look at the spelling, or send an event about her first.")
    return found
