"""Where we made it hard for somebody, in plain words: what they met, when, and whether it is more than usual."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundskab.metrics.effort import Moment, PersonEffort
from kundskab.web.base.templatetags.say import count, day, listed

if TYPE_CHECKING:
    from kundskab.pipeline.desk import Desk

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Hardship:
    """said, doubt: sentences, doubt may be "".  moments: the newest, as sentences.  more: how many are not shown."""

    said: str
    doubt: str
    moments: tuple[str, ...]
    more: int


def hardship(desk: Desk, person: str, *, purpose: str, who: str) -> Hardship:
    """What one person had to go through. who: the reader, for the audit."""
    found = desk.ease.of_person(person, purpose=purpose, who=who)
    moments = tuple(_moment(desk, each) for each in found.moments[:SHOWN])
    return Hardship(_said(found), _doubt(found), moments, len(found.moments) - len(moments))


def _said(found: PersonEffort) -> str:
    if not found.passes:
        return _("We have not seen them try to get through anything yet: no form, no checkout, no matter at support.")
    if not found.moments:
        tries = ngettext("in one attempt", "in %(n)s attempts", found.passes) % {"n": count(found.passes)}
        said = _("Nowhere that we can see: %(tries)s to get through something, all went smoothly.")
        return said % {"tries": tries}
    signs = listed(dict.fromkeys(each.said for each in found.moments))
    tries = ngettext("In one attempt", "In %(n)s attempts", found.passes) % {"n": count(found.passes)}
    times = ngettext("once", "%(n)s times in all", len(found.moments)) % {"n": count(len(found.moments))}
    said = _("%(tries)s to get through something, they %(signs)s: %(times)s.")
    return said % {"tries": tries, "signs": signs, "times": times}


def _doubt(found: PersonEffort) -> str:
    if not found.passes or isnan(found.usual):
        return ""
    # Without a sign their number is what is usual, drawn down a little: say so, or it reads as if something had been.
    pattern = (
        _("%(own)s points of effort each time, where %(usual)s is usual; between %(low)s and %(high)s.")
        if found.moments
        else _(
            "A few smooth attempts prove little: reckoned as %(own)s points of effort each time, where %(usual)s is "
            "usual; between %(low)s and %(high)s."
        )
    )
    said = pattern % {
        "own": _points(found.effort.value), "usual": _points(found.usual), "low": _points(found.effort.low),
        "high": _points(found.effort.high),
    }  # fmt: skip
    if not found.moments:
        return said
    return said + " " + (_("Surely more than usual.") if found.harder else _("That is not surely more than usual."))


def _points(value: float) -> str:
    if isnan(value):
        return "?"
    return f"{value:.2f}" if value < 1 else f"{value:.1f}"


def _moment(desk: Desk, each: Moment) -> str:
    """3 March 2026: met an error, sizes (phone)."""
    flow = desk.ease.name_of(each.flow)
    where = f"{flow} ({each.detail})" if each.detail else flow
    return _("%(day)s: %(sign)s, %(where)s") % {"day": day(each.at), "sign": each.said, "where": where}
