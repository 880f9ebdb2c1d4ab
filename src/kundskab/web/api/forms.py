"""Forms: what to skip, to let her confirm, to ask; and what was asked after all."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from kundskab.profiles import Question
from kundskab.web.api.keys import asker, purpose_of
from kundskab.web.api.people import who_of
from kundskab.web.api.problems import REFUSALS, Refused
from kundskab.web.api.shapes import AskedIn, AskedOut, FormIn, PlanOut, QuestionIn, WeekOut
from kundskab.web.api.telling import told
from kundskab.web.desk import the_desk

COUNTED = "analytics"  # what is learnt from events of forms is analysis

router = Router(tags=["forms"])


@router.post("/forms/plan", response={200: PlanOut, **REFUSALS}, summary="What need this form not ask?")
def plan_form(request: HttpRequest, given: FormIn) -> Any:
    """For each question: skip it, for we know; let her confirm what is old, conflicting or guessed; or ask."""
    plan = the_desk().forms.plan(
        given.form,
        None if given.who is None else who_of(given.who),
        _questions(given.questions),
        purpose=purpose_of(request, given.purpose),
        asker=asker(request),
        signed_in=given.signed_in,
    )
    return told(plan)


@router.post("/forms/asked", response={200: AskedOut, **REFUSALS}, summary="What this form really asked")
def record_asked(request: HttpRequest, given: AskedIn) -> Any:
    """Tell which questions were asked. Those we knew the answer to are counted: nobody should be asked twice."""
    twice = the_desk().forms.asked(
        given.form,
        None if given.who is None else who_of(given.who),
        _questions(given.questions),
        purpose=purpose_of(request, given.purpose),
        asker=asker(request),
        signed_in=given.signed_in,
        shown_at=given.shown_at,
    )
    return {"asked": len(given.questions), "asked_twice": twice}


@router.get("/forms/counts", response={200: WeekOut, **REFUSALS}, summary="How often were people asked twice?")
def read_counts(
    request: HttpRequest,
    week: Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2199, 12, 31))] = None,
) -> Any:
    """The week that holds this day (today's): counts per form and question, of nobody in particular."""
    if COUNTED not in request.auth.purposes:  # type: ignore[attr-defined]
        raise Refused(403, f"This needs a key for {COUNTED}.")
    return the_desk().forms.counts(week)


def _questions(given: list[QuestionIn]) -> list[Question]:
    return [Question(one.name, one.max_age_days, one.always_ask, tuple(one.synonyms)) for one in given]
