"""The shapes that the API takes and gives; their bounds are the API's promises about size."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator

# One line of text: no control characters, no lone surrogates (those never come out of our JSON parser).
Line = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^[^\x00-\x1f\x7f]+$")]
Token = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{12}$")]


class Strict(BaseModel):
    """A body whose misspelt fields are refused rather than passed over."""

    model_config = ConfigDict(extra="forbid")


class WhoIn(Strict):
    """Exactly one of these. person: a token that an earlier answer gave."""

    user_id: Identifier | None = None
    anonymous_id: Identifier | None = None
    email: Identifier | None = None
    phone: Identifier | None = None
    person: Token | None = None


class ProfileIn(Strict):
    """Whose profile, for which purpose. A key for one purpose need not name it."""

    who: WhoIn
    purpose: Line | None = None
    activity: bool = Field(True, description="count what she did too, which takes longer")


class FactOut(Schema):
    name: str
    value: Any
    how: Literal["given", "observed", "inferred"]
    source: str | None
    occurred_at: datetime
    claimed: bool = Field(description="a browser says so of a user id, and nobody signed it")


class ConsentOut(Schema):
    """What holds for one purpose now, and the newest thing said about it (None: nothing ever was)."""

    purpose: str
    allowed: bool
    basis: str
    status: Literal["grant", "refuse", "withdraw", "object"] | None
    since: datetime | None
    source: str | None
    notice_version: str | None


class ActivityOut(Schema):
    """Counts of what she did, as far as the purpose allows. actions: the commonest."""

    events: int
    first_seen: datetime | None
    last_seen: datetime | None
    actions: dict[str, int]


class ProfileOut(Schema):
    """One person, as far as the identifier proves and the purpose allows. person: a token to ask on with."""

    person: str
    purpose: str
    facts: list[FactOut]
    consents: list[ConsentOut]
    activity: ActivityOut | None


class FactsOut(Schema):
    """Every fact that may be used, oldest first: what was corrected stays to be seen."""

    facts: list[FactOut]


class AnswerOut(Schema):
    """What we know of one question. why: of confirm, old, conflicting, inferred or claimed."""

    question: str
    state: Literal["known", "confirm", "unknown"]
    why: str | None
    value: Any
    how: Literal["given", "observed", "inferred"] | None
    source: str | None
    at: datetime | None
    age_days: float | None


class KnownOut(Schema):
    person: str
    answers: list[AnswerOut]


class ConsentsOut(Schema):
    consents: list[ConsentOut]


class SaidIn(Strict):
    """What she said about a purpose. proof: how the company can show it; a grant needs one."""

    purpose: Line | None = None
    status: Literal["grant", "refuse", "withdraw", "object"]
    proof: dict[Line, Any] = Field({}, max_length=20)


class SaidBySomebodyIn(SaidIn):
    who: WhoIn


class LineOut(Schema):
    """One line of an order."""

    object: str | None
    category: str | None
    quantity: float | None
    price: str | None
    object_name: str | None

    @field_validator("price", mode="before")
    @classmethod
    def exact(cls, value: Any) -> Any:
        return None if value is None else str(value)


class EventOut(Schema):
    """Something she did. Money is text, to stay exact."""

    event_id: str
    action: str
    object: str | None
    object_name: str | None
    category: str | None
    quantity: float | None
    value: str | None
    currency: str | None
    channel: str | None
    occasion: str | None
    source: str
    occurred_at: datetime
    received_at: datetime
    lines: list[LineOut]

    @field_validator("value", mode="before")
    @classmethod
    def exact(cls, value: Any) -> Any:
        return None if value is None else str(value)


class EventsOut(Schema):
    """Newest first. next: what to give as `before` to go on; None at the end."""

    events: list[EventOut]
    next: str | None


class QuestionIn(Strict):
    """A question of a form. name: a fact's, in any spelling.  synonyms: further names of facts that answer it.

    max_age_days: older answers are to be confirmed (730 days).  always_ask: whatever we know, ask.
    """

    name: Line
    max_age_days: float | None = Field(None, ge=0, le=36_500, allow_inf_nan=False)
    always_ask: bool = False
    synonyms: list[Line] = Field([], max_length=10)


class FormIn(Strict):
    """who: left out for somebody of whom the form knows nothing.

    signed_in: whether your server knows that it is she. Left out: yes for user_id and person, no for what a visitor may
    have typed (email, phone) or carries in a cookie (anonymous_id).
    """

    form: Line
    who: WhoIn | None = None
    purpose: Line | None = None
    signed_in: bool | None = None
    questions: list[QuestionIn] = Field(min_length=1, max_length=100)


class AskedIn(FormIn):
    """questions: those the form really asked.  shown_at: when, if not just now."""

    shown_at: AwareDatetime | None = None


class PlannedOut(Schema):
    """What to do about one question.

    why: of confirm, old, conflicting, inferred or claimed; of ask, always asked or not signed in.
    """

    question: str
    do: Literal["skip", "confirm", "ask"]
    why: str | None
    value: Any
    how: Literal["given", "observed", "inferred"] | None
    source: str | None
    at: datetime | None
    age_days: float | None


class PlanOut(Schema):
    form: str
    purpose: str
    questions: list[PlannedOut]


class AskedOut(Schema):
    """asked_twice: the questions that need not have been asked."""

    asked: int
    asked_twice: list[str]


class FormCountOut(Schema):
    form: str
    question: str
    planned: int
    skipped: int
    confirmed: int
    asked: int
    asked_twice: int


class WeekOut(Schema):
    """A week of the workspace's clock, Monday to Sunday. No person is in it."""

    first: date
    last: date
    asked: int
    asked_twice: int
    sentence: str
    is_whole: bool
    rows: list[FormCountOut]


class StatusOut(Schema):
    """The books: received = stored + duplicate + refused + quarantined + waiting."""

    workspace: str
    fictitious: bool
    received: int
    stored: int
    duplicate: int
    refused: int
    quarantined: int
    waiting: int
    balanced: bool
    persons: int
    actors: int
    lag_seconds: float
