"""The shapes that the API takes and gives; their bounds are the API's promises about size."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

# One line of text: no control characters, no lone surrogates (those never come out of our JSON parser).
Line = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^[^\x00-\x1f\x7f]+$")]
Token = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{12}$")]


class Strict(Schema):
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


class Problem(Schema):
    """Why not (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
