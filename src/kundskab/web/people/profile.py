"""A person's page as plain words: what they allow, which traces are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from kundskab.pipeline.answers import PersonPage
from kundskab.web.people import permissions

KINDS = {
    "user_id": lazy("user id"),
    "anonymous_id": lazy("device"),
    "email": lazy("e-mail"),
    "phone": lazy("phone"),
}


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
class Profile:
    token: str
    events: int
    first_seen: datetime | None
    last_seen: datetime | None
    common_actions: list[tuple[str, int]]
    permissions: list[Permission]
    traces: list[Trace]


def profile(known: PersonPage) -> Profile:
    """A person as the page shows them."""
    return Profile(
        token=known.person,
        events=known.events,
        first_seen=known.first_seen,
        last_seen=known.last_seen,
        common_actions=known.common_actions,
        permissions=[
            Permission(row.purpose, row.allowed, permissions.words(row), permissions.whence(row))
            for row in known.consents
        ],
        traces=[Trace(token, kind_said(kind)) for token, kind in known.actors],
    )


def kind_said(kind: str) -> str:
    """What sort of identifier a token stands for: device, user id, e-mail."""
    return str(KINDS.get(kind, kind.replace("_", " ")))


def traces_said(known: PersonPage) -> str:
    """In one sentence: how many traces we take to be one human."""
    if len(known.actors) == 1:
        return _("One trace only: nothing joins it to another.")
    kinds = [kind_said(kind) for _token, kind in known.actors]
    said = ngettext("%(n)d trace", "%(n)d traces", len(kinds)) % {"n": len(kinds)}
    return _("%(traces)s are believed to be one human. Where that is wrong, it can be undone.") % {"traces": said}
