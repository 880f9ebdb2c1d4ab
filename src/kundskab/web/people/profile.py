"""A person's page as plain words: what we hold, where from, what they allow, which traces are theirs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kundskab.pipeline.answers import LinkRow, PersonPage
from kundskab.web.people import permissions

KINDS = {
    "user_id": lazy("user id"),
    "anonymous_id": lazy("device"),
    "email": lazy("e-mail"),
    "phone": lazy("phone"),
}

# Facts that say who somebody is. A page about a pseudonymous person does not show them.
IDENTIFYING = {
    "email", "phone", "name", "first_name", "last_name", "given_name", "family_name", "full_name", "username",
    "user_name", "address", "street", "birthday", "date_of_birth", "birth_date", "national_id", "avatar",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str
    how: str
    source: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Permission:
    purpose: str
    allowed: bool
    words: str
    whence: str


@dataclass(frozen=True, slots=True)
class Trace:
    """One actor: the token of an identifier."""

    token: str
    kind: str


@dataclass(frozen=True, slots=True)
class Link:
    a: str
    b: str
    words: str
    at: datetime
    source: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """withheld: names of facts that we know and that would say who the person is."""

    token: str
    events: int
    first_seen: datetime | None
    last_seen: datetime | None
    common_actions: list[tuple[str, int]]
    facts: list[Fact]
    withheld: list[str]
    permissions: list[Permission]
    traces: list[Trace]
    links: list[Link]


def profile(known: PersonPage) -> Profile:
    """A person as the page shows them."""
    shown = [fact for fact in known.facts if _plain(fact.name) not in IDENTIFYING]
    return Profile(
        token=known.person,
        events=known.events,
        first_seen=known.first_seen,
        last_seen=known.last_seen,
        common_actions=known.common_actions,
        facts=[Fact(fact.name, _value(fact.value), fact.how, fact.source, fact.occurred_at) for fact in shown],
        withheld=[fact.name for fact in known.facts if fact not in shown],
        permissions=[
            Permission(row.purpose, row.allowed, permissions.words(row), permissions.whence(row))
            for row in known.consents
        ],
        traces=[Trace(token, str(KINDS.get(kind, kind.replace("_", " ")))) for token, kind in known.actors],
        links=[Link(link.a, link.b, _why(link), link.at, link.source, link.shared) for link in known.links],
    )


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(name: str) -> str:
    """firstName, First Name and first-name are one name."""
    return re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())).lower()


def _why(link: LinkRow) -> str:
    if link.shared:
        return _("not joined: seen with more than one user id, so it is nobody's alone")
    return _("joined by %(evidence)s, %(kind)s") % {"evidence": link.evidence, "kind": link.kind}
