"""The signs of effort, what each weighs, and the events they are read from: the definition, in one place.

A *flow* is something people want to get through: a form, a checkout, a case at support, a delivery, a search, a look
around. A *pass* is one person going through one flow once. A *sign* of effort is a moment of a pass at which it was
harder than it had to be; a pass without a sign cost no effort that we can see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

PAUSE = timedelta(minutes=30)  # who comes back later than this begins another pass


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of effort.  weight: points each time, or per day of waiting.  at_most: points one of them can give."""

    name: str
    said: str  # "met an error"
    weight: float
    at_most: float = 10.0


SIGNS: Mapping[str, Sign] = {
    sign.name: sign
    for sign in (
        Sign("error", "met an error", 2.0),
        Sign("again", "had to begin again", 1.0),
        Sign("given up", "gave up", 3.0),
        Sign("asked twice", "were asked for what we knew", 2.0),
        Sign("help", "had to ask for help", 2.0),
        Sign("waiting", "waited for an answer", 1.0, at_most=5.0),
        Sign("delivery", "waited for what they ordered", 0.25, at_most=5.0),
        Sign("search", "searched again", 0.5),
        Sign("back", "went back and forth", 0.5),
    )
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of flow, and the actions (lower case, blanks between words) that it is read from.

    opens: the first of these in a pass opens it, later ones are the sign `reopened`.  tells: actions that are signs.
    ends: further actions of the pass.  proof: without one of these the pass is not known to be one.
    named: whether the object tells one flow of the kind from another.  by_case: a pass is an occasion, however long.
    """

    name: str
    said: str  # "forms"
    opens: tuple[str, ...]
    reopened: str | None = None
    tells: Mapping[str, str] = field(default_factory=dict)
    ends: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()
    named: bool = False
    by_case: bool = False

    @property
    def actions(self) -> tuple[str, ...]:
        return (*self.opens, *self.tells, *self.ends)


KINDS: tuple[Kind, ...] = (
    Kind(
        "form",
        "forms",
        named=True,
        opens=("form viewed", "form started"),
        reopened="again",
        tells={"form error": "error", "form abandoned": "given up", "question asked": "asked twice"},
        ends=("form submitted", "form completed"),
    ),
    Kind(
        "checkout",
        "checkouts",
        opens=("checkout started",),
        reopened="again",
        tells={
            "coupon denied": "error",
            "payment failed": "error",
            "payment error": "error",
            "checkout error": "error",
            "checkout abandoned": "given up",
        },
        ends=("checkout step viewed", "checkout step completed", "payment info entered", "order completed"),
        proof=("checkout started", "checkout step viewed", "payment info entered"),
    ),
    Kind(
        "support",
        "cases at support",
        opens=(),
        tells={
            "help requested": "help",
            "support ticket opened": "help",
            "ticket opened": "help",
            "ticket reopened": "help",
            "support ticket answered": "waiting",
            "ticket answered": "waiting",
        },
        ends=("support ticket closed", "ticket closed"),
        by_case=True,
    ),
    Kind(
        "delivery",
        "deliveries",
        opens=("order completed",),
        tells={"order delivered": "delivery", "package delivered": "delivery"},
        proof=("order delivered", "package delivered"),
        by_case=True,
    ),
    Kind(
        "search",
        "searches",
        opens=("products searched", "searched", "search", "site searched"),
        reopened="search",
    ),
    Kind(
        "browsing",
        "looks around",
        opens=(
            "product viewed",
            "product view",
            "view item",
            "page viewed",
            "page view",
            "screen viewed",
            "viewed",
            "view",
        ),
    ),
)

KIND = {kind.name: kind for kind in KINDS}
# What somebody waited for begins with one of these, if it is the step just before the answer.
WAITED_SINCE = ("help requested", "support ticket opened", "ticket opened", "ticket reopened", "order completed")
WAITING = ("waiting", "delivery")
