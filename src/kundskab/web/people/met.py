"""Whom of us they met and what they said: their words as theirs, what we made of it marked as ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.pipeline.encounters import Encounter
from kundskab.web.base.templatetags.say import count, day, listed

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

SHOWN = 5
KINDS = {
    "visit": "on a visit", "call": "on the phone", "letter": "by letter", "shop floor": "in the shop",
    "co-creation": "at a workshop", "chat": "in a chat",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meeting:
    """One encounter. words: theirs.  reading: ours. Both "" where none were kept or the purpose does not allow them."""

    said: str
    words: str
    reading: str


@dataclass(frozen=True, slots=True)
class Meetings:
    """said: one sentence; rows: the newest; more: how many are not shown."""

    said: str
    rows: tuple[Meeting, ...]
    more: int


def meetings(desk: Desk, person: str, *, met: bool, purpose: str, who: str) -> Meetings:
    """The encounters of a person. met: whether there are any; only then is the reader said to have read them."""
    found = desk.encounters.of_person(person, purpose=purpose, who=who) if met else []
    rows = tuple(Meeting(_said(each), each.words or "", each.reading or "") for each in found[:SHOWN])
    return Meetings(_summary(found), rows, len(found) - len(rows))


def _summary(found: Sequence[Encounter]) -> str:
    if not found:
        return _("Nobody of us has written down that we met them. What they say to one of us will stand here.")
    names = listed(dict.fromkeys(each.staff for each in found))
    times = ngettext("once", "%(n)s times", len(found)) % {"n": count(len(found))}
    said = _("They met %(names)s, %(times)s in all; the last time was %(day)s.")
    return said % {"names": names, "times": times, "day": day(found[0].at)}


def _said(each: Encounter) -> str:
    """Karin met them on the phone on 3 March 2026."""
    where = _(KINDS[each.kind]) if each.kind in KINDS else each.kind
    return _("%(staff)s met them %(where)s on %(day)s.") % {"staff": each.staff, "where": where, "day": day(each.at)}
