"""Who is meant by an identifier, and how much of a person it proves.

A person may hold actors that a public browser key only *claimed* to be hers. Whoever shows such an identifier has
proven nothing: answering him with her facts would let anybody who says "I am Ann" read Ann. So an answer to the
outside covers the actors that verified links join to the identifier asked for, and no others.
"""

from __future__ import annotations

from dataclasses import dataclass

from kundskab.events import identifier_value
from kundskab.pipeline.home import Home
from kundskab.pipeline.permissions import around
from kundskab.types import KundskabError
from kundskab.vault import Tx

VERIFIED = "verified"
KINDS = ("user_id", "anonymous_id", "email", "phone", "person")


@dataclass(frozen=True, slots=True)
class Who:
    """Whom somebody asks about: an identifier, or (kind "person") a token that an answer gave before."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Proven:
    """actors: those joined to the one asked for by verified links.  person: her token, for the audit."""

    person: str
    actor: str
    actors: tuple[str, ...]

    @property
    def token(self) -> str:
        """What to call her to the asker: the person's token when that is proven, else the actor's own."""
        return self.person if self.person in self.actors else self.actor


def proven(home: Home, tx: Tx, who: Who) -> Proven | None:
    """Whom the identifier proves, or None when nobody is known by it. Raises KundskabError for no identifier at all."""
    actor = _actor(home, tx, who)
    if actor is None:
        return None
    person = home.vault.person_of(actor, tx)
    members = home.vault.members(person, tx)
    if _nothing_is_claimed(home, tx, members):
        return Proven(person, actor, tuple(members))
    return Proven(person, actor, tuple(proven_actors(home, tx, actor)))


def _nothing_is_claimed(home: Home, tx: Tx, members: list[str]) -> bool:
    """Whether only verified links join these, which is the common case; then nothing needs to be resolved anew."""
    within = set(members)
    return len(members) == 1 or all(
        link.kind == VERIFIED and {link.a, link.b} <= within for link in home.vault.links_of(tx, members)
    )


def proven_actors(home: Home, tx: Tx, actor: str) -> list[str]:
    """The actors that verified links join to this one, itself among them; sorted."""
    near = around(home, tx, [actor])
    verified = near.resolution.verified_of
    return sorted(other for other in near.actors if verified.get(other) == verified.get(actor)) or [actor]


def _actor(home: Home, tx: Tx, who: Who) -> str | None:
    if who.kind == "person":
        return who.value if home.vault.kinds_of(tx, [who.value]) else None
    value = identifier_value(who.value)
    if who.kind not in KINDS or value is None:
        raise KundskabError(f"{who.value!r} identifies nobody; give an identifier as the events have it.")
    return home.vault.find(who.kind, value, tx)
