"""What somebody said about a purpose, and how we can show it: one statement of the ledger after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from kundskab.pipeline.stories import Said
from kundskab.web.base.refusals import not_found
from kundskab.web.base.templatetags.say import day, hour, words
from kundskab.web.desk import the_desk
from kundskab.web.people.handles import handle
from kundskab.web.people.told import is_identifying, value
from kundskab.web.staff.rights import SEE_PEOPLE, needs

DECISIONS = {
    "grant": lazy("said yes"),
    "refuse": lazy("said no"),
    "withdraw": lazy("took their yes back"),
    "object": lazy("objected"),
}
# What a proof may hold of the person's surroundings: it proves, and nobody needs to read it to believe it.
KEPT_CLOSED = {"ip", "ip_address", "user_agent", "signature", "cookie"}


@dataclass(frozen=True, slots=True)
class Proof:
    """One statement as the page shows it. more: what else was kept with it, by name."""

    said: str
    how: str
    notice_version: str | None
    notice: str | None
    more: tuple[tuple[str, str], ...]
    withheld: tuple[str, ...]


@needs(SEE_PEOPLE)
@require_safe
def proofs(request: HttpRequest, token: str, purpose: str) -> HttpResponse:
    desk = the_desk()
    if purpose not in {row.name for row in desk.purposes()}:
        return not_found(request)
    said = desk.stories.proofs(token, purpose, who=request.user.email)
    may_be_seen = desk.stories.may_be_seen(token, purpose=purpose)
    context = {"token": token, "name": handle(token), "of_purpose": purpose, "proofs": shown(said, whole=may_be_seen)}
    return render(request, "people/proofs.html", context)


def shown(said: Sequence[Said], *, whole: bool) -> list[Proof]:
    """Statements as sentences. whole: whether what was kept beside them may be read too, or only what was decided."""
    return [
        Proof(
            said=_("On %(day)s at %(hour)s they %(decided)s.")
            % {"day": day(each.at), "hour": hour(each.at), "decided": DECISIONS[each.status]},
            how=_how(each),
            notice_version=each.notice_version,
            notice=each.notice,
            more=tuple((words(name), value(kept)) for name, kept in _flat(each.proof) if whole and not _closed(name)),
            withheld=tuple(name for name, _kept in _flat(each.proof) if whole and _closed(name)),
        )
        for each in said
    ]


def _flat(proof: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Name and value of everything in a proof, whatever holds it: what identifies somebody may lie deeper."""
    for name, kept in proof.items():
        if isinstance(kept, Mapping):
            yield from _flat(kept)
        elif isinstance(kept, list) and any(isinstance(each, Mapping) for each in kept):
            yield from _flat({f"{name} {place}": each for place, each in enumerate(kept, start=1)})
        else:
            yield name, kept


def _closed(name: str) -> bool:
    return name.lower() in KEPT_CLOSED or is_identifying(name)


def _how(said: Said) -> str:
    """Where and how it reached us, and whether it may be believed."""
    if said.recorded_by:
        where = _("To one of us; written down by %(who)s.") % {"who": said.recorded_by}
    elif said.with_event:
        where = _("Through %(source)s, along with something they did.") % {"source": said.source}
    else:
        where = _("Through %(source)s.") % {"source": said.source} if said.source else _("Where, we do not know.")
    if said.believed:
        return where
    return where + " " + _("A browser says so; whether it was them, we cannot be sure.")
