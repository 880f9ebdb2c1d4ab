"""Whom do we undervalue? Groups for everybody who may see counts, people for those who may see people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from kundskab.consent.derived import NotComputed
from kundskab.pipeline.foretelling.answers import Finds, GivenToday, GroupFind
from kundskab.segments.names import said as spoken
from kundskab.web.base.asked import number
from kundskab.web.base.paging import pages
from kundskab.web.base.templatetags.say import count, day
from kundskab.web.desk import the_desk
from kundskab.web.people.handles import handle
from kundskab.web.staff.rights import SEE_COUNTS, SEE_PEOPLE, can, needs

KINDS = {
    "segment": _lazy("Segments"),
    "action": _lazy("People who do this"),
    "category": _lazy("People of these categories"),
    "object": _lazy("People of these objects"),
}
GIVEN = {
    "meetings": (_lazy("Meetings with one of us"), _lazy("days with a meeting")),
    "mailings": (_lazy("Mailings"), _lazy("mailings")),
    "discounts": (_lazy("Discounts"), _lazy("%(currency)s off")),
    "waiting": (_lazy("How long they wait for an answer"), _lazy("hours")),
}
MOST = 8  # of a kind; the surest come first


@needs(SEE_COUNTS)
@require_safe
def undervalued(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    try:
        found = desk.undervalued.finds(page=number(request.GET.get("page"), default=1))
    except NotComputed as missing:
        return render(request, "undervalued/empty.html", {"missing": missing})
    names = _segment_names()
    context: dict[str, Any] = {
        "found": found,
        "answer": _answer(found),
        "doubt": _doubt(found),
        "kinds": [(words, _named(found, kind, names)) for kind, words in KINDS.items() if _of(found, kind)],
        "codes": any(one.name == one.group for one in _of(found, "object")),
        "given": _given(found, names),
        "widest_group": max((one.high for one in found.groups), default=1.0),
        "more": _("As of %(day)s.") % {"day": day(found.as_of)},
        "may_walk": can(request.user, SEE_PEOPLE),
    }
    if context["may_walk"]:
        context["rows"] = [(row, handle(row.person), names.get(row.segment or "", "")) for row in found.rows]
        context["meets"] = any(row.met is not None for row in found.rows)
        context["widest"] = max((row.high for row in found.rows), default=1.0)
        context["pages"] = pages(found)
    return render(request, "undervalued/undervalued.html", context)


def _of(found: Finds, kind: str) -> list[GroupFind]:
    return [one for one in found.groups if one.kind == kind][:MOST]


def _named(found: Finds, kind: str, names: dict[str, str]) -> list[tuple[GroupFind, str]]:
    return [(one, _called(one, names)) for one in _of(found, kind)]


def _called(one: GroupFind, names: dict[str, str]) -> str:
    """A segment's name; "Invites friends" for who does that; an object's name."""
    if one.kind == "segment":
        return names.get(one.group, one.group)
    if one.kind == "action":
        said = spoken(one.group)
        return said[:1].upper() + said[1:]
    return one.name or one.group


def _given(found: Finds, names: dict[str, str]) -> list[tuple[str, str, list[tuple[GivenToday, str]], float]]:
    """For each measure that the data have: its words, its unit, the groups with their names, the widest interval."""
    called = {(one.kind, one.group): name for kind in KINDS for one, name in _named(found, kind, names)}
    tables = []
    for measure, (words, unit) in GIVEN.items():
        everybody = [(one, _("All who are undervalued")) for one in found.given if _is(one, measure, "people")]
        groups = [
            (one, called[one.kind, one.group])
            for one in found.given
            if one.measure == measure and (one.kind, one.group) in called
        ]
        told = everybody + sorted(groups, key=lambda each: each[0].ratio)[:MOST]
        if told:
            words, unit = str(words), str(unit) % {"currency": found.currency or ""}
            tables.append((words, unit, told, max(one.high for one, _name in told)))
    return tables


def _is(one: GivenToday, measure: str, kind: str) -> bool:
    return one.measure == measure and one.kind == kind


def _segment_names() -> dict[str, str]:
    try:
        return dict(the_desk().segments.names())
    except NotComputed:
        return {}


def _answer(found: Finds) -> str:
    if not found.total:
        return _("Nobody for sure: what we expect of people is what their spending shows.")
    said = ngettext(
        "From %(n)s of %(of)s customers more is surely to be expected than their spending shows.",
        "From %(n)s of %(of)s customers more is surely to be expected than their spending shows.",
        found.total,
    )
    return said % {"n": count(found.total), "of": count(found.looked_at)}


def _doubt(found: Finds) -> str:
    if not found.total:
        return _("%(n)s customers were looked at.") % {"n": count(found.looked_at)}
    surely = _(
        "“Surely” means: even the cautious end of what people like them bring together is above what customers with "
        "the same spending so far bring. Any single one may bring less."
    )
    return f"{surely} {_earlier(found.earlier)}".strip()


def _earlier(since: GroupFind | None) -> str:
    """What came of those of whom it would have been said before."""
    if since is None:
        return ""
    said = _(
        "Those %(n)s of whom we would have said so a while ago have since brought %(ratio).1f times what the others "
        "brought (between %(low).1f and %(high).1f)."
    )
    told = said % {"n": count(since.persons), "ratio": since.ratio, "low": since.low, "high": since.high}
    return told if since.low > 1 else told + " " + _("So do not lean on it yet.")
