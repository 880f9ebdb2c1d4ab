"""The permission rule: pure, and the only place where what people said becomes what may be done.

Two answers per actor and purpose, both needed, because rows come in with different reasons:
*granted* serves rows that need the person's consent now; *denied* stops rows that were declared on another basis.

    said about one purpose (d = device, u = user id)           | granted        | denied
    -----------------------------------------------------------+----------------+---------------
    nothing                                                    | nobody         | nobody
    u grants (verified)                                        | u              | nobody
    u grants, later withdraws                                  | nobody         | d u (linked)
    u grants, withdraws, grants again                          | u              | nobody
    u grants and withdraws at the same moment                  | nobody         | d u
    u grants as claimed (a browser says it is u)               | nobody         | nobody
    d grants (verified), d-u linked as claimed                 | d              | nobody
    d grants (verified), d-u linked as verified                | d u            | nobody
    d refuses, u granted before, d-u linked as claimed         | nobody         | d u
    u grants (verified), then a claimed refusal of u           | nobody         | u
    ... then a claimed grant of u                              | nobody         | nobody
    d is shared by u and v, and d refuses                      | (u v as before)| d
    d grants (verified), staff joined d and u by hand          | d              | nobody
    u and v granted, staff joined them, v withdraws            | nobody         | u v
    ... then staff undoes the link                             | u              | v
    u grants, d-u and d-v verified, staff joined u and v       | u              | nobody

Grants spread over verified links only: a public browser key must not forge a yes for somebody else's user id, and a
link that staff made is no proof by the person, so it never widens whom a grant covers: neither does a verified link
that stands only since staff said that two are one. Refusals spread over all links that join: who may be the same human
has said no. Ties: no wins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

GRANT = "grant"
REFUSALS = frozenset({"refuse", "withdraw", "object"})
VERIFIED = "verified"


class Said(Protocol):
    """A statement as far as the rule cares."""

    @property
    def actor(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def status(self) -> str: ...  # grant | refuse | withdraw | object
    @property
    def strength(self) -> str: ...  # verified | claimed
    @property
    def at(self) -> datetime: ...


@dataclass(slots=True)
class Latest:
    """The latest time each kind of statement was made by a group of actors, for one purpose."""

    granted: datetime | None = None  # verified grants
    claimed: datetime | None = None  # claimed grants
    refused: datetime | None = None  # verified refusals
    claimed_refused: datetime | None = None

    def hear(self, said: Said) -> None:
        verified = said.strength == VERIFIED
        if said.status == GRANT and verified:
            self.granted = _later(self.granted, said.at)
        elif said.status == GRANT:
            self.claimed = _later(self.claimed, said.at)
        elif verified:
            self.refused = _later(self.refused, said.at)
        else:
            self.claimed_refused = _later(self.claimed_refused, said.at)


@dataclass(frozen=True, slots=True)
class Bits:
    """granted, denied: sums of the purposes' masks."""

    granted: int = 0
    denied: int = 0


def permission_bits(
    actors: Collection[str],
    *,
    person_of: Mapping[str, str],
    verified_of: Mapping[str, str],
    said: Iterable[Said],
    masks: Mapping[str, int],
) -> dict[str, Bits]:
    """What each actor's rows may be used for, now.

    person_of, verified_of: the person and the verified group of every actor that `said` or `actors` name.
    said: every statement of every member of the persons concerned, in any order.  masks: purpose -> its bit as a mask;
    statements about other purposes are ignored.
    """
    positive: dict[tuple[str, str], Latest] = {}  # (verified group, purpose)
    negative: dict[tuple[str, str], Latest] = {}  # (person, purpose)
    for one in said:
        if one.purpose in masks:
            group = (verified_of if one.status == GRANT else person_of)[one.actor]
            side = positive if one.status == GRANT else negative
            side.setdefault((group, one.purpose), Latest()).hear(one)
    nothing = Latest()
    purposes = {purpose for _, purpose in (*positive, *negative)}
    bits: dict[str, Bits] = {}
    for actor in actors:
        granted = denied = 0
        for purpose in purposes:
            yes = positive.get((verified_of[actor], purpose), nothing)
            no = negative.get((person_of[actor], purpose), nothing)
            granted |= masks[purpose] if is_granted(yes, no) else 0
            denied |= masks[purpose] if is_denied(yes, no) else 0
        bits[actor] = Bits(granted, denied)
    return bits


def is_granted(yes: Latest, no: Latest) -> bool:
    """A verified grant stands, and nobody who may be the same human said no since."""
    return yes.granted is not None and _before(no.refused, yes.granted) and _before(no.claimed_refused, yes.granted)


def is_denied(yes: Latest, no: Latest) -> bool:
    """Somebody who may be the same human said no, and no grant of sufficient strength came after it."""
    verified_no = no.refused is not None and not _after(yes.granted, no.refused)
    either = _later(yes.granted, yes.claimed)
    claimed_no = no.claimed_refused is not None and not _after(either, no.claimed_refused)
    return verified_no or claimed_no


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    if a is None or b is None:
        return a or b
    return max(a, b)


def _before(no: datetime | None, yes: datetime) -> bool:
    return no is None or no < yes


def _after(yes: datetime | None, no: datetime) -> bool:
    return yes is not None and yes > no
